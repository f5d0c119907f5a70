"""A series of images that has changed is seen, from where it changed; an unchanged one is not."""

import numpy as np
import pytest

from favae_demo.detection.drift import LIMITS, WINDOW, DriftMonitor, Usual, find_drifts

USUAL = {"score": Usual(-1.0, 0.5, 200), "brightness": Usual(4.0, 0.1, 200)}


def series(*parts: tuple[int, float, float]) -> list[tuple[str, dict[str, float]]]:
    """Images named by their numbers from 1; a part is its length and the shift of score and brightness in spreads."""
    rng, images = np.random.default_rng(3), []
    for length, score, brightness in parts:
        for noise in rng.standard_normal((length, 2)).tolist():
            values = {"score": -1 + 0.5 * (noise[0] + score), "brightness": 4 + 0.1 * (noise[1] + brightness)}
            images.append((str(len(images) + 1), values))
    return images


def test_unchanged_images_raise_no_alarm():
    assert find_drifts(USUAL, series((2000, 0.0, 0.0))) == []


@pytest.mark.parametrize(
    ("score", "brightness", "changes", "words"),
    [(0.0, -2.0, ["brightness"], "darker"), (2.5, 0.0, ["score"], "higher scores"),
     (1.8, 4.0, ["brightness", "score"], "brighter, higher scores")],
)  # fmt: skip
def test_a_change_is_seen_within_a_window_and_from_where_it_began(score, brightness, changes, words):
    images = series((300, 0.0, 0.0), (WINDOW, score, brightness))
    (drift,) = find_drifts(USUAL, images)
    assert list(drift.changes) == changes
    assert abs(int(drift.first) - 301) <= 3
    assert (drift.last, drift.is_over) == ("320", False)
    assert drift.sentence.startswith(f"The pictures since {drift.first} differ")
    assert drift.sentence.endswith(f": {words}.")


def test_a_drift_ends_where_the_images_are_as_before():
    drifts = find_drifts(USUAL, series((40, 0, 0), (60, 3, 0), (100, 0, 0), (60, 0, -3)))
    assert [drift.is_over for drift in drifts] == [True, False]
    assert abs(int(drifts[0].first) - 41) <= 3
    assert 100 < int(drifts[0].last) <= 100 + WINDOW
    assert f"from {drifts[0].first} to {drifts[0].last}" in drifts[0].sentence
    assert abs(int(drifts[1].first) - 201) <= 3


def test_one_defect_in_four_is_no_drift():
    images = series((400, 0, 0))
    for _, values in images[::4]:
        values["score"] += 20
    assert find_drifts(USUAL, images) == []


def test_fewer_good_images_need_a_larger_change():
    limits = [limit for _, limit in LIMITS]
    assert limits == sorted(limits, reverse=True)
    assert Usual(0, 1, 500).limit == limits[-1]
    assert Usual(0, 1, LIMITS[0][0] - 1).limit == float("inf")  # too few show nothing


def test_what_an_older_model_does_not_know_is_not_watched():
    monitor = DriftMonitor({"score": USUAL["score"]})
    for name, values in series((WINDOW, 0, 9)):
        assert monitor.add(name, values) is None
