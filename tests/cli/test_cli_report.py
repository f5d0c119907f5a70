"""`report` on the command line: the file, the numbers, and bad input as one sentence."""

import zipfile
from pathlib import Path

import pytest
from command_line import refusal, run_json

from favae_demo.cli.main import main
from favae_demo.core.settings import Settings

pytest_plugins = ["trained_widget"]


def test_the_report_has_the_numbers_of_evaluate(
    widget_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    model = widget_settings.checkpoint_dir / "widget-none-quick.safetensors"
    measured = run_json(capsys, "evaluate", "--checkpoint", "widget-none-quick")
    out = tmp_path / "new" / "report.html"
    found = run_json(capsys, "report", "--checkpoint", model, "--rate", 0.2, "--out", out)
    for name in ("pixel_auroc", "image_auroc", "aupro", "pixel_ap", "f1_max", "n_good", "n_defect"):
        assert found[name] == measured[name]
    assert found["found"] + found["missed"] == 8
    assert found["bytes"] == out.stat().st_size
    assert found["remarks"] == []
    page = out.read_text(encoding="utf-8")
    assert f'data-figure="pixel_auroc" data-value="{measured["pixel_auroc"]}"' in page


def test_a_zip_is_written_and_missing_data_are_said(
    widget_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "empty").mkdir()
    found = run_json(
        capsys,
        "report",
        "--checkpoint",
        "widget-none-quick",
        "--data",
        tmp_path / "empty",
        "--out",
        tmp_path / "r.zip",
    )
    assert "not on this machine" in found["remarks"][0]
    assert not found["measured_now"]
    with zipfile.ZipFile(tmp_path / "r.zip") as packed:
        assert "report.html" in packed.namelist()


def test_a_summary_is_written_instead(
    widget_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = run_json(capsys, "report", "--checkpoint", "widget-none-quick", "--summary", "--rate", 0.2)
    page = (tmp_path / "summary.html").read_text(encoding="utf-8")
    assert found["report"] == "summary.html"
    assert f'data-figure="pixel_auroc" data-value="{found["pixel_auroc"]}"' in page
    assert [path.name for path in tmp_path.glob("*.html")] == ["summary.html"]


def test_people_read_the_answer_and_the_remarks(
    widget_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    model = widget_settings.checkpoint_dir / "widget-none-quick.safetensors"
    arguments = ["report", "--checkpoint", str(model), "--out", str(tmp_path / "r.html")]
    assert main(arguments) == 0
    assert "of 8 defects found" in capsys.readouterr().out
    (tmp_path / "empty").mkdir()
    assert main([*arguments, "--data", str(tmp_path / "empty")]) == 0
    printed = capsys.readouterr()
    assert "could not be measured" in printed.out
    assert printed.err.count("not on this machine") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "report.pdf"], ".html or .zip"),
        (["--summary", "--out", "report.zip"], "A summary is written as .html"),
        (["--rate", "3"], "between 0 and 1"),
        (["--category", "gizmo"], "no category 'gizmo'"),
    ],
)
def test_bad_input_gets_one_sentence(
    arguments: list[str],
    words: str,
    widget_settings: Settings,
    capsys: pytest.CaptureFixture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    model = widget_settings.checkpoint_dir / "widget-none-quick.safetensors"
    assert words in refusal(capsys, "report", "--checkpoint", model, *arguments)
    assert list(tmp_path.glob("report*")) == []
    assert "no model file" in refusal(capsys, "report", "--checkpoint", tmp_path / "gone.safetensors")
