"""Models of earlier versions, calibrated anew: the same as a training today would make of the same network."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import run_json

from favae_demo.checkpoints.checkpoint import load_checkpoint, save_checkpoint
from favae_demo.cli.main import main
from favae_demo.core.errors import CheckpointError, DataError
from favae_demo.core.settings import Settings
from favae_demo.runs.renewal import RENEWED, renewed, renewed_config

pytest_plugins = ["trained_widget"]

MODEL = "widget-none-quick"


def write_other(settings: Settings, name: str, **changes: object) -> Path:
    """A copy of the model whose card differs."""
    checkpoint = load_checkpoint(settings.checkpoint_dir / f"{MODEL}.safetensors")
    path = settings.checkpoint_dir / f"{name}.safetensors"
    save_checkpoint(path, replace(checkpoint, card=replace(checkpoint.card, **changes)))
    return path


def test_a_renewed_model_is_what_a_training_makes_today(
    widget_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    today = load_checkpoint(widget_settings.checkpoint_dir / f"{MODEL}.safetensors").card
    earlier = write_other(
        widget_settings,
        "earlier",
        config=replace(today.config, top_share=0.2, image_score="max"),
        calibration=replace(
            today.calibration, ranges={}, scales=dict.fromkeys(today.calibration.scales, 2.0)
        ),
    )
    (figures,) = run_json(capsys, "renew", earlier, "--out", tmp_path / "new")["renewed"].values()
    card = load_checkpoint(tmp_path / "new" / earlier.name).card
    assert card.calibration == today.calibration
    assert card.config == today.config
    assert (card.training["steps"], card.data) == (today.training["steps"], today.data)
    assert figures["pixel_auroc"] == card.metrics["pixel_auroc"] == today.metrics["pixel_auroc"]


def test_what_follows_from_pictures_and_training_stays(widget_settings: Settings) -> None:
    config = load_checkpoint(widget_settings.checkpoint_dir / f"{MODEL}.safetensors").card.config
    own = replace(config, mask_score=not config.mask_score, weight_bits=8, blur=7.0, epochs=3)
    new = renewed_config(own)
    assert (new.mask_score, new.weight_bits, new.epochs) == (own.mask_score, 8, 3)
    assert (new.blur, "blur" in RENEWED) == (config.blur, True)


def test_what_cannot_be_renewed_is_a_sentence(widget_settings: Settings, tmp_path: Path) -> None:
    model = widget_settings.checkpoint_dir / f"{MODEL}.safetensors"
    with pytest.raises(CheckpointError, match="Renew the model that it came from"):
        renewed(write_other(widget_settings, "v2", revision={"number": 2}), widget_settings)
    with pytest.raises(CheckpointError, match="'mine' any more"):
        renewed_config(replace(load_checkpoint(model).card.config, preset="mine"))
    fewer = shutil.copytree(widget_settings.data_dir, tmp_path / "fewer")
    (fewer / "widget" / "train" / "good" / "000.png").unlink()
    with pytest.raises(DataError, match="12 good pictures of widget, and 11 are here"):
        renewed(model, replace(widget_settings, data_dir=fewer))


def test_one_that_cannot_be_renewed_does_not_stop_the_others(
    widget_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    arguments = ["renew", "gone", MODEL, "--out", str(tmp_path / "new"), "--json"]
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert "Not renewed: gone" in printed.err
    (path,) = json.loads(printed.out.splitlines()[-1])["renewed"]
    assert load_checkpoint(Path(path)).card.category == "widget"
