"""The Batch tab's handlers and texts, without a browser."""

import csv
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest
from batch_archives import LEFT_OUT, hostile_zip
from ended_batches import ended

from favae_demo.core.errors import CheckpointError, ConfigError, DataError, ImageError
from favae_demo.core.settings import Settings
from favae_demo.detection.batch.jobs import Batch, BatchManager
from favae_demo.detection.batch.judge import BatchRow
from favae_demo.detection.drift import Drift
from favae_demo.ui import text
from favae_demo.ui.choices import RECOMMENDED_RATE
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.batch import downloads, tab
from favae_demo.ui.tabs.batch.api import run_batch
from favae_demo.ui.tabs.batch.view import PAGE_ROWS, TableControls, drift_html, render_page, state_html

pytest_plugins = ["trained_widget"]
HERE = "127.0.0.1"
WIDE = 20


@pytest.fixture(scope="module")
def done(services: Services, app_settings: Settings, tiny_mvtec: Path, tmp_path_factory) -> Batch:
    """A batch of a hostile archive, judged."""
    path = tmp_path_factory.mktemp("batch") / "all.zip"
    hostile_zip(path, tiny_mvtec / "widget")
    batches = BatchManager(services.registry, app_settings.cache_dir / "results")
    model = services.model_choices("widget")[0][1]
    return ended(tab.start_batch(services, batches, "me", "widget", model, [path]))


def names(html: str) -> list[str]:
    return re.findall(r"<button[^>]*>([^<]*)</button>", html)


def test_the_table_names_every_file_with_verdict_or_reason(done: Batch) -> None:
    drawn = render_page(done, TableControls(rate=WIDE))
    assert {*names(drawn.table)} >= {
        "line/a/000.png",
        "line/b/000.png",
        "line/c/000.png",
        "=1+1.png",
        "../evil.png",
    }
    assert len(names(drawn.table)) == 4 + len(LEFT_OUT)
    for reason in ("hidden file", "damaged", "a mask", "unsafe path", "not a picture"):
        assert reason in drawn.table
    assert f"not judged: {len(LEFT_OUT)}" in drawn.summary
    assert render_page(done, TableControls(show="not judged")).table.count("<button") == len(LEFT_OUT)
    assert (
        names(render_page(done, TableControls(show="defect", order="high", rate=WIDE)).table)[0]
        == "line/c/000.png"
    )


def test_markup_in_a_file_name_is_escaped(done: Batch) -> None:
    done._rows.append(BatchRow(99, "<img src=x onerror=alert(1)>.png", reason="<b>"))
    table = render_page(done, TableControls()).table
    done._rows.pop()
    assert "<img src=x" not in table
    assert "&lt;img src=x" in table


def test_drifts_are_listed_up_to_some_and_without_markup() -> None:
    drift = Drift("<b>1</b>.png", "9.png", {"brightness": -3.0})
    drawn = drift_html([drift] * 5)
    assert drawn.count("darker") == 3
    assert "2 more times" in drawn
    assert "&lt;b&gt;1" in drawn
    assert drift_html([]) == ""


def test_the_threshold_follows_the_rate_and_few_held_out_images_are_reported(done: Batch) -> None:
    wide, recommended = (
        render_page(done, TableControls(rate=WIDE)).summary,
        render_page(done, TableControls(rate=RECOMMENDED_RATE)).summary,
    )
    assert "Only 12 good pictures" in recommended
    assert "Only" not in wide


def test_pages_of_rows(done: Batch) -> None:
    before = done.rows
    done._rows[:] = [BatchRow(number, f"{number}.png", reason="x") for number in range(1, PAGE_ROWS * 2 + 2)]
    first, last = render_page(done, TableControls()), render_page(done, TableControls(page=9))
    done._rows[:] = before
    assert (first.page, first.pages, len(names(first.table))) == (0, 3, PAGE_ROWS)
    assert (last.page, names(last.table)) == (2, [f"{PAGE_ROWS * 2 + 1}.png"])


def test_what_is_on_screen_is_not_sent_again(done: Batch) -> None:
    first = tab.result_updates(done, TableControls(), ())
    again = tab.result_updates(done, TableControls(), first[-1])
    assert first[2].startswith("<table")
    assert again[1:3] == [gr.skip(), gr.skip()]


def test_the_state_of_a_batch_in_words(done: Batch) -> None:
    assert "done. 14 files" in state_html(done)
    done.running, done.share = True, 0.25
    assert 'aria-valuenow="25"' in state_html(done)
    done.running, done.share, done.stopped = False, 1.0, True
    assert "stopped" in state_html(done)
    done.stopped = False
    assert state_html(None) == ""


def test_opening_a_row_gives_its_verdict_and_image(done: Batch) -> None:
    spot = next(row for row in done.rows if row.name == "line/c/000.png")
    verdict, image = downloads.open_row(done, spot.number, WIDE)
    assert "Defect" in verdict
    assert "line/c/000.png" in verdict
    assert image.shape[2] == 3
    broken = next(row for row in done.rows if row.name == "line/broken.png")
    verdict, image = downloads.open_row(done, broken.number, WIDE)
    assert "damaged" in verdict
    assert image is None
    for batch, number in ((None, 1), (done, 999)):
        with pytest.raises(ConfigError, match="not kept"):
            downloads.open_row(batch, number, WIDE)


def test_csv_and_zip_hold_what_is_on_screen(done: Batch) -> None:
    with downloads.write_batch_csv(done, WIDE).open(encoding="utf-8-sig", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert rows["line/c/000.png"]["verdict"] == "defect"
    assert "'=1+1.png" in rows
    steps = list(downloads.write_batch_zip(done, WIDE))
    assert steps[0][1] is None
    with zipfile.ZipFile(steps[-1][1]) as archive:
        assert sorted(archive.namelist()) == [
            "=1+1.jpg",
            "line/a/000.jpg",
            "line/b/000.jpg",
            "line/c/000.jpg",
        ]
    for nothing in (downloads.write_batch_csv, lambda *args: next(downloads.write_batch_zip(*args))):
        with pytest.raises(ConfigError, match="nothing"):
            nothing(None, WIDE)


def test_sources_are_uploads_and_a_local_path(services: Services, tmp_path: Path) -> None:
    assert tab.collect_sources(services, ["a.png"], "", HERE) == [Path("a.png")]
    assert tab.collect_sources(services, ["a.png"], None, HERE) == [
        Path("a.png")
    ]  # a hidden field has no value
    assert tab.collect_sources(services, None, str(tmp_path), HERE) == [tmp_path]
    with pytest.raises(ImageError, match="Choose"):
        tab.collect_sources(services, [], " ", HERE)
    with pytest.raises(ImageError, match="no file or folder"):
        tab.collect_sources(services, [], str(tmp_path / "gone"), HERE)
    with pytest.raises(DataError, match="computer the app runs on"):
        tab.collect_sources(services, [], str(tmp_path), "10.0.0.7")


def test_no_local_path_is_read_where_training_is_off(
    services: Services, app_settings: Settings, tmp_path: Path
) -> None:
    locked = replace(services, settings=replace(app_settings, training="off"))
    for files in ([], ["a.png"]):  # a program may fill the field that the page hides
        with pytest.raises(DataError, match="computer the app runs on"):
            tab.collect_sources(locked, files, str(tmp_path), HERE)


def test_a_batch_without_a_model_is_refused(services: Services, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no trained model"):
        tab.start_batch(
            services, BatchManager(services.registry, tmp_path), "me", "nothing", None, [tmp_path]
        )


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"files": []}, ImageError), ({"teacher": "vgg19"}, CheckpointError), ({"rate": 3.0}, ConfigError)],
)
def test_the_endpoint_refuses_bad_arguments(
    changes: dict, error: type, services: Services, spot: Path
) -> None:
    order = {"files": [str(spot)], "category": "widget", "teacher": "none", "rate": 0.05} | changes
    with pytest.raises(error):
        run_batch(services, **order)


def test_the_area_of_a_region_in_words() -> None:
    assert [text.formatting.area(share) for share in (0, 0.0001, 0.123)] == [
        "none",
        "< 0.1\u00a0%",
        "12.3\u00a0%",
    ]


def test_a_row_that_is_open_can_be_spoken_about(done: Batch, tiny_mvtec: Path, tmp_path: Path) -> None:
    rows = {row.name: row for row in done.rows}
    shown = downloads.spoken_of(done, rows["line/c/000.png"].number, WIDE)
    assert shown is not None
    assert (shown.name, shown.model, shown.found.is_defect) == ("000.png", str(done.model), True)
    with zipfile.ZipFile(done.sources[0]) as archive:
        assert shown.image == archive.read("line/c/000.png")
    assert downloads.spoken_of(done, 0, WIDE) is None
    moved = replace(done, sources=(tmp_path / "gone.zip",))
    with pytest.raises(ConfigError, match="not here any more"):
        downloads.spoken_of(moved, rows["line/c/000.png"].number, WIDE)
