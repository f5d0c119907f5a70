"""The report made on the page: the tab's numbers, progress, files that end, and sentences for what is missing."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from favae_demo.cli.main import main
from favae_demo.core.errors import CheckpointError, ConfigError
from favae_demo.core.files import read_json
from favae_demo.core.settings import Settings
from favae_demo.detection.registry import Registry
from favae_demo.ui import text
from favae_demo.ui.components import report_panel
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.results.view import ThresholdChoice, load_view

pytest_plugins = ["trained_widget"]
FIGURES = ("pixel_auroc", "image_auroc", "aupro", "pixel_ap", "f1_max")


@pytest.fixture
def here(widget_settings: Settings) -> Services:
    return Services(widget_settings, Registry(widget_settings))


def model_of(services: Services) -> str:
    return str(services.registry.newest("widget", "none").path)


def test_tab_report_and_command_line_have_the_same_numbers(
    here: Services, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    model = model_of(here)
    made = report_panel.run_report(here, "widget", "none", 0.07)
    result = load_view(here, "widget", model).results["none"]
    page = made.page.read_text(encoding="utf-8")
    written = dict(re.findall(r'data-figure="(\w+)" data-value="([^"]*)"', page))
    out = tmp_path / "report.zip"
    assert main(["report", "--checkpoint", model, "--rate", "0.07", "--out", str(out), "--json"]) == 0
    printed = tmp_path / "printed.json"
    printed.write_text(capsys.readouterr().out.splitlines()[-1])
    own = read_json(printed)
    tab = result.measured.figures | {"limit": result.threshold(ThresholdChoice(7)).value}
    for name in (*FIGURES, "limit"):
        assert tab[name] == made.record[name] == own[name] == float(written[name])
    assert {key: own[key] for key in made.record} == made.record


def test_the_progress_leads_to_both_files(here: Services) -> None:
    steps = list(report_panel.make_report(here, "widget", model_of(here), 0.2))
    assert all(made is None for _, made in steps[:-1])
    shares = [int(share) for html, _ in steps[:-1] for share in re.findall(r'valuenow="(\d+)"', html)]
    assert len(shares) == len(steps) - 1 >= 5
    assert shares == sorted(shares)
    html, made = steps[-1]
    assert "Widget, VAE" in html
    assert made.page.name == "widget-none-quick-report.html"
    assert made.archive.suffix == ".zip"
    assert made.summary.name == "widget-none-quick-summary.html"
    for path in (made.summary, made.page, made.archive):
        assert path.stat().st_size > 10_000
        assert here.settings.cache_dir / "results" in path.parents


@pytest.mark.parametrize(("category", "model"), [(None, "a"), ("widget", None), ("widget", "")])
def test_without_a_model_one_sentence_says_so(
    category: str | None, model: str | None, here: Services
) -> None:
    with pytest.raises(CheckpointError, match=text.report.CHOOSE):
        next(report_panel.make_report(here, category, model, 0.05))


def test_what_cannot_be_made_is_refused(here: Services, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no trained model"):
        report_panel.run_report(here, "widget", "vgg19", 0.05)
    with pytest.raises(CheckpointError, match="no model file"):
        list(report_panel.make_report(here, "widget", str(tmp_path / "gone.safetensors"), 0.05))
    with pytest.raises(ConfigError, match="between 0 and 1"):
        report_panel.run_report(here, "widget", "none", 5)


def test_a_model_without_its_data_gets_a_report_that_says_so(here: Services, tmp_path: Path) -> None:
    away = replace(here.settings, data_dir=tmp_path / "nothing")
    made = report_panel.run_report(Services(away, Registry(away)), "widget", "none", 0.05)
    assert "not on this machine" in made.sentences[1]
    assert made.record["pixel_auroc"] is not None
    assert not made.record["measured_now"]


def test_data_added_meanwhile_are_measured_anew(here: Services, tmp_path: Path) -> None:
    shutil.copytree(here.settings.data_dir, tmp_path / "grown")
    settings = replace(here.settings, data_dir=tmp_path / "grown")
    services = Services(settings, Registry(settings))
    before = report_panel.run_report(services, "widget", "none", 0.2).record
    spots = tmp_path / "grown" / "widget" / "test" / "spot"
    shutil.copy(spots / "000.png", spots / "extra.png")
    after = report_panel.run_report(services, "widget", "none", 0.2).record
    assert (before["n_defect"], after["n_defect"]) == (8, 9)
