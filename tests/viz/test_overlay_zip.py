"""The ZIP of overlays: one picture an answer, names that stay apart, whole or not there."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from favae_demo.scoring.detection import Detection
from favae_demo.viz.overlay_zip import entry_name, write_overlays


def test_each_overlay_is_in_its_folder(detection: Detection, tmp_path: Path) -> None:
    names = ["a/000.png", "b/000.png", "b/000.bmp"]
    path = tmp_path / "overlays.zip"
    assert list(write_overlays(path, (replace(detection, name=name) for name in names))) == [1, 2, 3]
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["a/000.jpg", "b/000.jpg", "b/000 (2).jpg"]
        with Image.open(io.BytesIO(archive.read("a/000.jpg"))) as image:
            assert image.format == "JPEG"
            assert min(image.size) >= 96


def test_given_up_it_leaves_nothing(detection: Detection, tmp_path: Path) -> None:
    writing = write_overlays(tmp_path / "overlays.zip", iter([detection, detection]))
    next(writing)
    writing.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.png", "a.jpg"), ("x/a:b?.png", "x/a_b_.jpg"), ("../../a.png", "a.jpg"), ("", "picture.jpg"), ("A.png", "A (2).jpg")],
)  # fmt: skip
def test_names(name: str, expected: str) -> None:
    assert entry_name(name, {"a.jpg"} if name == "A.png" else set()) == expected
