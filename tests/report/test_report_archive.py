"""The ZIP: everything a colleague asks for next, with the numbers of the page."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from report_cases import model_of, report_on, without
from report_page import Page

from favae_demo.checkpoints.card import Card
from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import Settings
from favae_demo.report import archive
from favae_demo.report.charts import SCORE_COLUMNS
from favae_demo.report.html import render
from favae_demo.report.report_data import ReportData

pytest_plugins = ["trained_widget"]


@pytest.fixture
def data(widget_settings: Settings) -> ReportData:
    return report_on(widget_settings)


@pytest.fixture
def packed(data: ReportData, tmp_path: Path) -> zipfile.ZipFile:
    archive.write(data, tmp_path / "report.zip")
    return zipfile.ZipFile(tmp_path / "report.zip")


def test_scores_are_exact(packed: zipfile.ZipFile, data: ReportData) -> None:
    rows = list(csv.DictReader(io.StringIO(packed.read("scores.csv").decode())))
    assert tuple(rows[0]) == SCORE_COLUMNS
    assert [row["picture"] for row in rows] == list(data.measured.keys)
    assert [float(row["score"]) for row in rows] == data.measured.scores.tolist()
    assert {float(row["limit"]) for row in rows} == {data.threshold.value}
    called = [row["verdict"] == "defect" for row in rows]
    assert called == [float(row["multiple"]) > 1 for row in rows]
    assert called == data.measured.verdicts(data.threshold.value).tolist()
    assert {row["limit supported"] for row in rows} == {str(data.threshold.supported)}
    assert {row["kind"] for row in rows} == {"good", "scratch", "spot"}


def test_an_image_that_is_not_judged_is_called_neither(data: ReportData) -> None:
    highest = data.measured.scores == data.measured.scores.max()
    aside = replace(data, measured=replace(data.measured, not_judged=highest))
    rows = list(csv.DictReader(io.StringIO(archive.scores_csv(aside))))
    assert [row["verdict"] == "not judged" for row in rows] == highest.tolist()
    page = Page(render(aside, []))
    counts = {name: int(page.values[name]) for name in ("unjudged_defects", "unjudged_goods")}
    assert counts == {
        "unjudged_defects": sum(highest & aside.measured.labels),
        "unjudged_goods": sum(highest & ~aside.measured.labels),
    }
    assert "not judged." in page.text


def test_page_and_record_say_the_same(packed: zipfile.ZipFile, data: ReportData) -> None:
    record = json.loads(packed.read("report.json"))
    values = Page(packed.read("report.html").decode()).values
    assert {name: float(values[name]) for name in data.figures} == {n: record[n] for n in data.figures}
    assert float(values["limit"]) == record["limit"] == data.threshold.value
    assert record["measured_now"]
    assert record["limit_supported"] == (record["good_pictures_missing"] == 0) == data.threshold.supported


def test_charts_and_examples_are_images(packed: zipfile.ZipFile, data: ReportData) -> None:
    names = packed.namelist()
    assert len(names) == len(set(names))
    charts = {Path(name).stem for name in names if name.startswith("charts/")}
    assert charts == {"scores", "image_roc", "image_pr", "pixel_roc", "pixel_pr"}
    assert all(f"charts/{one}.{kind}" in names for one in charts for kind in ("png", "svg", "csv"))
    examples = [name for name in names if name.startswith("examples/")]
    assert len(examples) == 4 * len(data.examples) > 0
    for name in names:
        if name.endswith(".png"):
            with Image.open(io.BytesIO(packed.read(name))) as image:
                assert image.format == "PNG"
                assert max(image.size) >= 288  # 96 pixels, three times as large
        if name.endswith(".svg"):
            assert b"<svg" in packed.read(name)


def test_the_card_is_the_models(packed: zipfile.ZipFile, widget_settings: Settings) -> None:
    card = read_card(model_of(widget_settings))
    assert Card.from_json(packed.read("model-card.json").decode()) == card
    words = packed.read("model-card.md").decode()
    assert f"| `seed` | {card.config.seed} |" in words
    assert f"{card.metrics['pixel_auroc']:.4f}" in words


def test_without_images_the_rest_is_packed(widget_settings: Settings, tmp_path: Path) -> None:
    archive.write(report_on(without(widget_settings, tmp_path / "none", "test")), tmp_path / "r.zip")
    with zipfile.ZipFile(tmp_path / "r.zip") as packed:
        assert set(packed.namelist()) == {
            "report.html", "summary.html", "report.json", "scores.csv", "model-card.md", "model-card.json",
        }  # fmt: skip
        assert len(packed.read("scores.csv").decode().splitlines()) == 1


@pytest.mark.parametrize("name", ["report.pdf", "report", "folder.zip"])
def test_a_file_of_another_kind_is_refused(name: str, data: ReportData, tmp_path: Path) -> None:
    (tmp_path / "folder.zip").mkdir()
    with pytest.raises(ConfigError, match=r"\.html or \.zip"):
        archive.write(data, tmp_path / name)


def test_a_place_that_cannot_be_written_gets_a_sentence(data: ReportData, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        archive.write(data, tmp_path / "file" / "report.html")
