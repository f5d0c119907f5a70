"""The Results tab's files for other programs."""

import zipfile
from pathlib import Path

import pytest

from favae_demo.core.errors import CheckpointError
from favae_demo.ui.components import export_panel
from favae_demo.ui.services import Services


def test_the_archive_holds_a_folder_with_graph_thresholds_and_example(services: Services) -> None:
    (model,) = services.registry.models("widget")
    archive, error = export_panel.pack(services, model.path, "onnx")
    assert error < 1e-4
    with zipfile.ZipFile(archive) as packed:
        names = {Path(name).name for name in packed.namelist()}
        folders = {Path(name).parts[0] for name in packed.namelist()}
    assert names >= {"favae.onnx", "model.json", "run.py", "check.npz"}
    assert folders == {"widget-none-quick-onnx"}
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]


def test_a_model_that_is_gone_is_said(services: Services, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError):
        export_panel.pack(services, tmp_path / "gone.safetensors", "onnx")
