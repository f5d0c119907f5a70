"""The part of a picture that the viewer shows at its file's own resolution."""

import base64
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from favae_demo.data.io.images import decode, save_png
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.detect.detail import cut, detail, read_area
from favae_demo.ui.tabs.detect.view import DetectOptions, judge_own_image

pytest_plugins = ["trained_widget"]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of 1200×600 pixels, each column in a grey of its own."""
    path = tmp_path_factory.mktemp("pictures") / "large.png"
    columns = np.linspace(0, 255, 1200).astype(np.uint8)
    save_png(path, np.broadcast_to(columns[None, :, None], (600, 1200, 3)).copy())
    return path


def test_a_part_has_the_pixels_of_its_file(services: Services, widget_model: Path, large: Path) -> None:
    shown = judge_own_image(services, str(widget_model), str(large), DetectOptions())
    assert shown.detection.image.shape[1] < 1200  # what the panes show is reduced
    found = detail(services, shown, DetectOptions(), "0.25 0.5 0.5 1")
    pixels, result = (
        decode(base64.b64decode(found[name].partition(",")[2])) for name in ("picture", "result")
    )
    assert (found["box"], found["width"], pixels.shape) == ((0.25, 0.5, 0.5, 1.0), 300, (300, 300, 3))
    assert np.abs(pixels.astype(int) - decode(large)[300:, 300:600]).max() < 8
    assert (result != pixels).any()
    gone = replace(shown, path=large.with_name("gone.png"))
    assert detail(services, gone, DetectOptions(), "0 0 1 1") is None


def test_a_large_part_is_reduced_and_small_ones_cover_whole_pixels() -> None:
    image = np.zeros((400, 800, 3), np.uint8)
    part, box = cut(image, (0, 0, 1, 1), side=200)
    assert (part.shape, box) == ((100, 200, 3), (0, 0, 1, 1))
    part, box = cut(image, (0.501, 0.5, 0.502, 0.501))
    assert part.shape == (1, 2, 3)
    assert box == (400 / 800, 200 / 400, 402 / 800, 201 / 400)


@pytest.mark.parametrize(
    "text", ["", "0 0 1", "0 0 0 1", "0.5 0 0.2 1", "-1 0 1 1", "0 0 1 2", "a b c d", "nan 0 1 1"]
)
def test_what_is_no_area_is_not_cut(text: str) -> None:
    assert read_area(text) is None
