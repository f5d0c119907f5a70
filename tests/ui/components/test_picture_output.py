"""What the page hands out as a picture: the picture itself, in a file that nobody reads half of."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from favae_demo.ui.components.picture_output import ENCODINGS, PictureOutput, PictureSlider


@pytest.fixture
def image() -> np.ndarray:
    """A picture with soft colours that differ, H×W×3."""
    rows, columns = np.mgrid[:40, :30]
    return np.stack([rows * 5, columns * 7, 200 - rows * 3], 2).astype(np.uint8)


def read(path: str) -> np.ndarray:
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB"))


def test_a_png_holds_every_value_and_is_named_as_one() -> None:
    image = np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)
    sent = PictureOutput(format="png").postprocess(image)
    assert sent.path.endswith(".png")
    with Image.open(sent.path) as opened:
        assert opened.format == "PNG"
    np.testing.assert_array_equal(read(sent.path), image)


@pytest.mark.parametrize("encoding", sorted(ENCODINGS))
def test_every_encoding_shows_the_colours(encoding: str, image: np.ndarray) -> None:
    sent = PictureOutput(format=encoding).postprocess(image)
    with Image.open(sent.path) as opened:
        assert opened.format == encoding.upper()
    assert np.abs(read(sent.path).astype(int) - image).mean() < 4


def test_a_picture_that_is_there_already_is_not_written_again(image: np.ndarray) -> None:
    output = PictureOutput(format="jpeg")
    first = Path(output.postprocess(image).path)
    os.utime(first, (0, 0))
    before = first.stat()
    assert output.postprocess(image).path == str(first)
    assert first.stat().st_ino == before.st_ino
    assert first.stat().st_mtime > 1e9  # still in use, so a clean-up leaves it
    first.write_bytes(b"as a reader sees it")
    output.postprocess(image)
    assert first.read_bytes() == b"as a reader sees it"
    first.unlink()
    assert Path(output.postprocess(image).path).stat().st_size == before.st_size


def test_a_slider_shows_both_pictures(image: np.ndarray) -> None:
    left, right = PictureSlider(format="png").postprocess((image, image[::-1])).root
    np.testing.assert_array_equal(read(left.path), image)
    np.testing.assert_array_equal(read(right.path), image[::-1])
    assert PictureSlider().postprocess(None) is None


def test_files_and_nothing_at_all_are_left_to_gradio(tmp_path: Path, image: np.ndarray) -> None:
    Image.fromarray(image).save(tmp_path / "part.png")
    assert PictureOutput().postprocess(str(tmp_path / "part.png")).path == str(tmp_path / "part.png")
    assert PictureOutput(format="png").postprocess(None) is None
