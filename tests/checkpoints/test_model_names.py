from pathlib import Path

import pytest

from favae_demo.checkpoints.checkpoint import load_checkpoint
from favae_demo.checkpoints.model_names import list_models, model_path
from favae_demo.core.errors import CheckpointError
from favae_demo.core.settings import SHIPPED_CHECKPOINTS

SHIPPED = "sample_bottle-efficientnet-lite0-extended"


def test_own_models_are_listed_beside_the_shipped_ones(project_settings):
    (project_settings.checkpoint_dir / "widget-none-quick.safetensors").touch()
    (project_settings.checkpoint_dir / "notes.txt").touch()
    names = list_models()
    assert names == sorted(names)
    assert {SHIPPED, "widget-none-quick"} <= set(names)
    assert "notes" not in names
    assert list_models("widget-*", project_settings.checkpoint_dir) == ["widget-none-quick"]


def test_an_own_model_comes_before_a_shipped_one_of_its_name(project_settings):
    assert model_path(SHIPPED) == SHIPPED_CHECKPOINTS / f"{SHIPPED}.safetensors"
    own = project_settings.checkpoint_dir / f"{SHIPPED}.safetensors"
    own.touch()
    assert model_path(SHIPPED) == own


def test_a_path_is_never_looked_up_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert model_path(Path(SHIPPED)) == Path(SHIPPED)
    assert model_path(f"./{SHIPPED}") == Path(SHIPPED)
    assert model_path(f"{SHIPPED}.safetensors") == Path(f"{SHIPPED}.safetensors")
    Path(SHIPPED).touch()  # a file of that name in the working folder
    assert model_path(SHIPPED) == Path(SHIPPED)


def test_an_unknown_name_is_refused_by_the_reader():
    with pytest.raises(CheckpointError, match="There is no model file at no-such-model"):
        load_checkpoint("no-such-model")
