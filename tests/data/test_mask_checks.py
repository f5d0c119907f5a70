"""Masks that cannot be right are named, and count as no ground truth."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from favae_demo.data import mask_checks
from favae_demo.data.io.images import save_png
from favae_demo.data.mask_checks import (
    EMPTY,
    MOST,
    UNREADABLE,
    VANISHES,
    mask_problem,
    mask_remarks,
    with_checked_masks,
)
from favae_demo.data.mask_files import match_masks
from favae_demo.data.mvtec import load_category, load_mask

SIZE = (300, 400)


@pytest.fixture(autouse=True)
def _forget():
    mask_checks._problems.cache_clear()


def mask(share: float = 0.1, size: tuple[int, int] = SIZE) -> np.ndarray:
    found = np.zeros(size, np.uint8)
    found[: round(size[0] * share)] = 255
    return found


def dot() -> np.ndarray:
    found = np.zeros(SIZE, np.uint8)
    found[7, 7] = 255
    return found


def test_each_fault_has_its_words(tmp_path):
    image = tmp_path / "image.png"
    save_png(image, np.zeros(SIZE, np.uint8))
    for found, problem in (
        (mask(), ""),
        (mask(size=(150, 200)), ""),  # of another size and the same shape
        (mask(0), EMPTY),
        (mask(0.6), MOST),
        (dot(), VANISHES),
        (mask(size=(400, 300)), "has another shape (300×400) than its picture (400×300)"),
    ):
        save_png(tmp_path / "mask.png", found)
        assert mask_problem(tmp_path / "mask.png", image) == problem
    (tmp_path / "mask.png").write_bytes(b"\x89PNG")
    assert mask_problem(tmp_path / "mask.png", image) == UNREADABLE


def test_a_turned_photo_and_a_mask_of_its_raw_pixels_differ_in_shape(tmp_path):
    note = Image.Exif()
    note[0x0112] = 6
    Image.new("RGB", (400, 300)).save(tmp_path / "image.jpg", exif=note)
    save_png(tmp_path / "mask.png", mask())
    assert "(400×300) than its picture (300×400)" in mask_problem(
        tmp_path / "mask.png", tmp_path / "image.jpg"
    )
    save_png(tmp_path / "mask.png", np.rot90(mask()).copy())
    assert not mask_problem(tmp_path / "mask.png", tmp_path / "image.jpg")


def build(root: Path, masks: dict[str, np.ndarray], pictures: list[str]) -> Path:
    for name in ("train/good/000.png", "test/good/000.png", *(f"test/stain/{one}" for one in pictures)):
        (root / "cap" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", SIZE[::-1]).save(root / "cap" / name)
    for name, found in masks.items():
        save_png(root / "cap/ground_truth/stain" / name, found)
    return root


def test_faulty_masks_are_no_ground_truth_and_are_named(tmp_path):
    masks = {
        "0_mask.png": mask(),
        "1_mask.png": mask(0),
        "2_mask.png": mask(0),
        "3_mask.png": mask(0),
        "4_mask.png": mask(0.9),
    }
    build(tmp_path, masks, [f"{number}.png" for number in range(6)])
    category = with_checked_masks(load_category(tmp_path, "cap"), tmp_path / "cache")
    stains = [sample for sample in category.test if not sample.is_good]
    assert [sample.has_ground_truth for sample in stains] == [True] + [False] * 5
    assert [sample.mask_problem for sample in stains] == ["", EMPTY, EMPTY, EMPTY, MOST, ""]
    assert not load_mask(stains[4], 16).any()
    empty, most = mask_remarks(category)
    assert empty.startswith("3 masks are left out")
    assert "'1_mask.png' of 'stain' marks nothing" in empty
    assert "1 more" in empty
    assert most.startswith("1 mask is left out")
    text = category.describe()
    assert "4 masks that cannot be used" in text
    assert "1 defect picture without a mask" in text  # that none was found is another matter


def test_masks_are_read_once(tmp_path, monkeypatch):
    build(tmp_path, {"0_mask.png": mask(0)}, ["0.png"])
    category = load_category(tmp_path, "cap")
    checked = with_checked_masks(category, tmp_path / "cache")
    mask_checks._problems.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(mask_checks, "decode_mask", lambda path: pytest.fail("it was read again"))
        assert with_checked_masks(category, tmp_path / "cache") == checked
        assert with_checked_masks(checked, None) == checked
    save_png(tmp_path / "cap/ground_truth/stain/0_mask.png", mask())
    assert not mask_remarks(with_checked_masks(category, tmp_path / "cache"))


@pytest.mark.parametrize(
    ("pictures", "masks", "found"),
    [
        (["0.png"], ["0_mask.png"], {"0.png": "0_mask.png"}),
        (["0.bmp"], ["0.png"], {"0.bmp": "0.png"}),
        (["0.png"], ["0.png", "0_mask.png"], {"0.png": "0.png"}),
        (["0.png", "0.bmp"], ["0.png", "0.bmp"], {"0.png": "0.png", "0.bmp": "0.bmp"}),
        (
            ["0.png", "0.bmp"],
            ["0.png_mask.png", "0.bmp.png"],
            {"0.png": "0.png_mask.png", "0.bmp": "0.bmp.png"},
        ),
        (["0.png", "0.bmp"], ["0.bmp", "0_mask.png"], {"0.png": "0_mask.png", "0.bmp": "0.bmp"}),
        (["1.png"], ["0_mask.png"], {"1.png": None}),
    ],
)
def test_a_mask_is_found_by_name(pictures, masks, found):
    matched = match_masks([Path("test") / one for one in pictures], [Path("truth") / one for one in masks])
    assert {image.name: mask and mask.name for image, (mask, _) in matched.items()} == found
    assert not any(problem for _, problem in matched.values())


def test_a_mask_of_two_pictures_and_two_masks_of_one_are_refused():
    for pictures, masks, words in (
        (["0.png", "0.bmp"], ["0_mask.png"], "several pictures (0.png, 0.bmp)"),
        (["0.jpg"], ["0_mask.png", "0_mask.bmp"], "several masks (0_mask.png, 0_mask.bmp)"),
    ):
        matched = match_masks([Path(one) for one in pictures], [Path(one) for one in masks])
        assert all(words in problem for _, problem in matched.values())


def test_an_ambiguous_mask_is_said(tmp_path):
    build(tmp_path, {"0_mask.png": mask()}, ["0.png", "0.bmp"])
    category = with_checked_masks(load_category(tmp_path, "cap"))
    assert not any(sample.has_ground_truth for sample in category.test if not sample.is_good)
    assert "belongs to several pictures" in mask_remarks(category)[0]
