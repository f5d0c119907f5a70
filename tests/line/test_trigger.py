"""Which pictures of a stream are judged."""

import numpy as np
import pytest

from favae_demo.line.sources.trigger import PictureTrigger, TriggerOptions


def trigger(**values) -> PictureTrigger:
    return PictureTrigger(TriggerOptions(name="left", model="m", **values))


def wanted(trigger: PictureTrigger, times: list[float], levels: list[int] | None = None) -> list[float]:
    """Returns the times of the pictures that are judged; levels are their grey values."""
    images = [np.full((48, 64, 3), level, np.uint8) for level in levels or [0] * len(times)]
    return [
        time
        for time, image in zip(times, images, strict=True)
        if trigger.is_due(time) and trigger.is_wanted(image, time)
    ]


def test_all_are_judged_by_default() -> None:
    assert wanted(trigger(), [0.0, 0.01, 0.02]) == [0.0, 0.01, 0.02]


def test_one_every_so_many_milliseconds() -> None:
    tenths = [i / 10 for i in range(20)]
    assert wanted(trigger(every_ms=500), tenths) == [0, 0.5, 1, 1.5]
    assert wanted(trigger(every_ms=100), [0, 1, 1.05, 1.1]) == [0, 1, 1.1]  # a pause is not made up for


def test_a_jitter_does_not_halve_the_pace() -> None:
    rng = np.random.default_rng(0)
    times = list(np.arange(1000) * 0.1 + rng.uniform(-0.02, 0.02, 1000))
    assert len(wanted(trigger(every_ms=100), times)) > 980


def test_a_change_counts_from_the_last_judged_picture() -> None:
    levels = [100, 110, 120, 130, 131, 0]  # it darkens and brightens slowly, too
    assert wanted(trigger(change=0.1), list(range(6)), levels) == [0, 3, 5]


def test_a_moving_part_is_awaited() -> None:
    levels = [0, 0, 60, 120, 180, 180, 180, 90, 0, 0]
    assert wanted(trigger(change=0.1), list(range(10)), levels) == [0, 2, 3, 4, 7, 8]
    assert wanted(trigger(change=0.1, still=True), list(range(10)), levels) == [1, 5, 9]


def test_noise_is_no_change() -> None:
    rng = np.random.default_rng(0)
    found = trigger(change=0.01)
    images = rng.normal(128, 20, (20, 480, 640, 1)).clip(0, 255).astype(np.uint8).repeat(3, 3)
    assert [found.is_wanted(image, 0) for image in images] == [True] + 19 * [False]
    images[0, 100:200, 100:200] = 255  # a part of 100 × 100 pixels
    assert found.is_wanted(images[0], 0)


def test_still_needs_change() -> None:
    with pytest.raises(ValueError, match="`still` needs `change`"):
        trigger(still=True)
