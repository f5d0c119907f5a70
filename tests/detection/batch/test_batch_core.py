"""A batch: rows, verdicts under any rate, what is kept on disk, and the job beside the page."""

import csv
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from batch_archives import LEFT_OUT, hostile_zip
from ended_batches import ended
from waiting import await_true

from favae_demo.core.errors import ConfigError
from favae_demo.core.held_files import is_held
from favae_demo.core.settings import Settings
from favae_demo.data.io.image_stream import Given, images
from favae_demo.data.io.images import decode
from favae_demo.detection.batch import jobs
from favae_demo.detection.batch.folder import BatchFolder, remove_old_batches
from favae_demo.detection.batch.jobs import BatchManager
from favae_demo.detection.batch.judge import (
    GOOD,
    NOT_JUDGED,
    BatchRow,
    BatchVerdict,
    JudgedFile,
    Scale,
    judge,
)
from favae_demo.detection.batch.table import counts, record, sort_verdicts, write_csv
from favae_demo.detection.detector import Detector
from favae_demo.detection.registry import Registry

pytest_plugins = ["trained_widget"]


def png(image: np.ndarray) -> bytes:
    """Returns an RGB image as the content of a PNG file."""
    return cv2.imencode(".png", image[:, :, ::-1])[1].tobytes()


RATES = (0.2, 0.05)


@pytest.fixture(scope="module")
def detector(widget_model: Path) -> Detector:
    return Detector.load(widget_model, Settings.from_env())


@pytest.fixture(scope="module")
def steps(detector: Detector, tiny_mvtec: Path, tmp_path_factory) -> list[JudgedFile]:
    path = tmp_path_factory.mktemp("batch") / "all.zip"
    hostile_zip(path, tiny_mvtec / "widget")
    return list(judge(detector, Scale.of(detector, RATES), images([path])))


def test_scores_are_those_of_single_images_to_the_last_digit(
    steps: list[JudgedFile], detector: Detector, tiny_mvtec: Path
) -> None:
    alone = detector.detect([decode(tiny_mvtec / "widget" / "test" / "spot" / "000.png")], rate=0.2)[0]
    row = next(step.row for step in steps if step.row.name == "line/b/000.png")
    assert row.score == alone.score
    assert row.areas[0] == max((region.area for region in alone.regions), default=0)
    assert row.milliseconds > 0


def test_what_cannot_be_judged_says_why_and_the_rest_is_done(steps: list[JudgedFile]) -> None:
    rows = {step.row.name: step.row for step in steps}
    assert [row.number for row in rows.values()] == list(range(1, len(rows) + 1))
    for name, words in LEFT_OUT.items():
        assert rows[name].score is None
        assert words in rows[name].reason
    assert sum(row.score is not None for row in rows.values()) == 4


def test_a_rate_changes_the_verdicts_without_the_model(detector: Detector, tiny_mvtec: Path) -> None:
    scale = Scale.of(detector, RATES)
    rows = [step.row for step in judge(detector, scale, images([tiny_mvtec / "widget" / "test" / "spot"]))]
    images_of = [decode(path) for path in sorted((tiny_mvtec / "widget" / "test" / "spot").iterdir())]
    for rate in RATES:
        fresh = detector.detect(images_of, rate=rate)
        assert [one.verdict for one in scale.answers(rows, rate)] == [one.verdict for one in fresh]
        largest = [max((r.area for r in one.regions), default=0.0) for one in fresh]
        assert [one.area for one in scale.answers(rows, rate)] == pytest.approx(largest, abs=2e-3)
    assert scale.thresholds[0] < scale.thresholds[1]
    assert [one.is_enough for one in scale.support] == [True, False]
    assert {one.images for one in scale.support} == {12}
    assert [one.support for one in scale.answers(rows, RATES[1])] == [scale.support[1]] * len(rows)


def answers() -> list[BatchVerdict]:
    rows = [
        BatchRow(1, "b", 2.0, (0.1,)),
        BatchRow(2, "A", 9.0, (0.3,)),
        BatchRow(3, "c", reason="broken"),
        BatchRow(4, "d", 5.0, (0.0,)),
    ]
    return [BatchVerdict(row, 5.0, row.areas[0] if row.areas else 0.0) for row in rows]


@pytest.mark.parametrize(
    ("order", "names"),
    [("given", "bAcd"), ("high", "Adbc"), ("low", "bdAc"), ("area", "Abcd"), ("name", "Abcd")],
)
def test_order(order: str, names: str) -> None:
    assert "".join(one.row.name for one in sort_verdicts(answers(), order=order)) == names


def test_filter_and_counts() -> None:
    assert [one.row.name for one in sort_verdicts(answers(), GOOD)] == [
        "b",
        "d",
    ]  # at the limit is good still
    assert [one.row.name for one in sort_verdicts(answers(), NOT_JUDGED)] == ["c"]
    assert counts(answers()) == {"good": 2, "defect": 1, "not judged": 1}


def test_csv_opens_in_a_spreadsheet_and_holds_no_formula(tmp_path: Path) -> None:
    rows = [
        BatchRow(1, '=HYPERLINK("x")', 1 / 3, (0.25,), 12.34),
        BatchRow(2, "größe,1.png", reason="-broken"),
    ]
    given = [BatchVerdict(row, 5.0, 0.25) for row in rows]
    write_csv(tmp_path / "results.csv", given)
    assert (tmp_path / "results.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert first["name"] == '\'=HYPERLINK("x")'
    assert float(first["score"]) == 1 / 3  # to the last digit
    assert float(first["multiple"]) == 1 / 3 / 5.0
    assert (first["verdict"], first["largest region"]) == ("good", "0.25")
    assert (second["name"], second["remark"], second["score"]) == ("größe,1.png", "'-broken", "")
    assert record(given[1])["limit"] is None


def test_what_is_kept_shows_the_answer_again(
    steps: list[JudgedFile], detector: Detector, tmp_path: Path
) -> None:
    folder, scale = BatchFolder.new(tmp_path), Scale.of(detector, RATES)
    for step in steps:
        folder.keep(step)
    step = next(step for step in steps if step.row.name == "line/b/000.png")
    again = folder.detection(step.row.number, step.row.score, scale, RATES[0], step.row.name)
    assert np.array_equal(again.map, step.detection.map)
    assert again.regions == step.detection.regions
    assert (again.verdict, again.threshold) == (step.detection.verdict, step.detection.threshold)
    assert np.abs(again.image.astype(int) - step.detection.image).mean() < 4
    wider = folder.detection(step.row.number, step.row.score, scale, RATES[1])
    assert wider.threshold == scale.thresholds[1]
    assert max(decode(folder.thumbnail(step.row.number)).shape) == 96


def test_old_batches_are_swept_and_young_ones_stay(tmp_path: Path) -> None:
    old, young = BatchFolder.new(tmp_path), BatchFolder.new(tmp_path)
    (tmp_path / "saved.png").touch()
    for path in (old.path, tmp_path / "saved.png"):
        os.utime(path, (0, 0))
    remove_old_batches(tmp_path)
    assert not old.path.exists()
    assert young.path.exists()
    assert (tmp_path / "saved.png").exists()


def test_darker_pictures_are_told_from_the_first_on(detector: Detector, tiny_mvtec: Path) -> None:
    good = decode(tiny_mvtec / "widget" / "test" / "good" / "000.png")
    given = [Given(f"{i}.png", 0.0, png(good if i < 30 else good // 2)) for i in range(60)]
    scale = Scale.of(detector, RATES)
    (drift,) = scale.drifts([step.row for step in judge(detector, scale, given)])
    assert "darker" in drift.sentence
    assert (drift.first, drift.last, drift.is_over) == ("30.png", "59.png", False)


@pytest.fixture
def batches(widget_settings: Settings, tmp_path: Path) -> BatchManager:
    return BatchManager(Registry(widget_settings), tmp_path / "results")


@pytest.fixture
def model(widget_settings: Settings) -> Path:
    return widget_settings.checkpoint_dir / "widget-none-quick.safetensors"


def test_a_batch_belongs_to_its_owner_and_is_found_again(
    batches: BatchManager, model: Path, tiny_mvtec: Path
) -> None:
    source = tiny_mvtec / "widget" / "test"
    batch = ended(batches.start("me", model, "Widget", [source], RATES))
    assert (batch.count, batch.judged, batch.share, batch.problem, batch.stopped) == (12, 12, 1.0, "", False)
    assert batches.of("me") is batch
    assert batches.of("you") is None
    assert batches.of("") is None
    other = ended(batches.start("you", model, "Widget", [source / "good"], RATES))
    assert batches.of("me") is batch
    assert batches.of("you") is other
    assert batch.folder.path.parent == other.folder.path.parent
    assert batch.folder.path != other.folder.path


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, tiny_mvtec: Path) -> Iterator[threading.Event]:
    """Sources that go on for ever once two pictures are read; the event lets them end."""
    content, gate = (tiny_mvtec / "widget" / "test" / "good" / "000.png").read_bytes(), threading.Event()

    def endless(_: object) -> Iterator[Given]:
        for number in range(10_000):
            if number >= 2 and gate.wait(0.02):
                return
            yield Given(f"{number}.png", min(number / 100, 0.99), content)

    monkeypatch.setattr(jobs, "images", endless)
    yield gate
    gate.set()


def test_stop_keeps_what_was_done_and_a_second_batch_waits(batches: BatchManager, model: Path, slow) -> None:
    batch = batches.start("me", model, "Widget", [], RATES)
    with pytest.raises(ConfigError, match="still running"):
        batches.start("me", model, "Widget", [], RATES)
    others = [batches.start(name, model, "Widget", [], RATES) for name in "ab"]
    with pytest.raises(ConfigError, match="Other visitors"):
        batches.start("c", model, "Widget", [], RATES)
    await_true(lambda: batch.count >= 3)
    batch.stop()
    assert ended(batch).stopped
    assert len(list(batch.folder.path.glob("*-small.jpg"))) == batch.count
    for one in others:
        one.stop()
        ended(one)


def test_a_session_has_one_batch_at_a_time_whatever_owners_it_names(
    batches: BatchManager, model: Path, slow
) -> None:
    batch = batches.start("me", model, "Widget", [], RATES, session="s")
    with pytest.raises(ConfigError, match="still running"):
        batches.start("somebody else", model, "Widget", [], RATES, session="s")
    batch.stop()
    ended(batch)
    again = batches.start("somebody else", model, "Widget", [], RATES, session="s")
    again.stop()
    ended(again)


def test_a_batch_holds_its_uploads_and_results_while_it_runs(
    batches: BatchManager, model: Path, slow, tmp_path: Path
) -> None:
    upload = tmp_path / "part.png"
    upload.touch()
    batch = batches.start("me", model, "Widget", [upload], RATES)
    await_true(lambda: batch.count)
    assert is_held(upload)
    assert is_held(batch.folder.path / "000001-small.jpg")
    batch.stop()
    ended(batch)
    await_true(lambda: not is_held(upload))


def test_a_missing_model_and_a_full_disk_are_said(
    batches: BatchManager, model: Path, tiny_mvtec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tiny_mvtec / "widget" / "test" / "good"
    assert (
        "deleted"
        in ended(batches.start("a", model.with_name("gone.safetensors"), "W", [source], RATES)).problem
    )

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(BatchFolder, "keep", full)
    assert "disk is full" in ended(batches.start("b", model, "W", [source], RATES)).problem
