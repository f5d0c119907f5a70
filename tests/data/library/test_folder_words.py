"""Folders that people named themselves: what the words say is taken, and what they leave open is asked."""

import re
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from data_trees import image, images
from image_writers import heic
from PIL import Image
from published_trees import marks, mask, photo

from favae_demo.core.errors import DataError, PlanError
from favae_demo.data.io.images import decode, decode_mask, save_png
from favae_demo.data.library.import_plan import make_plan
from favae_demo.data.library.importer import add, plan_import
from favae_demo.data.library.listing import Listing
from favae_demo.data.library.store import Library
from favae_demo.data.mvtec import GOOD, load_category


def roles(*paths: str) -> dict[str, str]:
    """Role by file."""
    plan = make_plan(Listing("caps", tuple(sorted(paths))))
    return {path: row.role for _, row in plan.rows() for path in row.files}


GOOD_AND_BAD = {
    "OK and NG": ("OK/1.png", "NG/1.png", "good", "defect:NG"),
    "small letters": ("ok/1.png", "ng/1.png", "good", "defect:ng"),
    "normal and anomaly": ("Normal/1.jpg", "Anomaly/1.jpg", "good", "defect:Anomaly"),
    "good and a kind": ("good/1.bmp", "scratch/1.bmp", "good", "defect:scratch"),
    "two levels": ("caps/v1/IO/1.png", "caps/v1/NIO/1.png", "good", "defect:NIO"),
    "three levels": ("a/b/c/GOOD/1.png", "a/b/c/Bad/1.png", "good", "defect:Bad"),
    "a split above": ("train/ok/1.png", "test/defective/1.png", "train", "defect:defective"),
    "a split below": ("ok/train/1.png", "ng/test/1.png", "train", "defect:ng"),
    "validation": ("val/normal/1.png", "val/dent/1.png", "test", "defect:dent"),
    "file names": ("OK_001.png", "NG_001.png", "good", "defect:NG"),
    "file names, no line": ("ok1.png", "ng1.png", "good", "defect:ng"),
    "file names, at the end": ("001_good.png", "001_bad.png", "good", "defect:bad"),
    "lookout": ("normal-1.jpg", "anomaly-1.jpg", "good", "defect:anomaly"),
    "cameras below": ("OK/cam1/1.png", "NG/cam1/1.png", "good", "defect:NG"),
    "German folders": ("Gut/1.png", "Ausschuss/1.png", "good", "defect:Ausschuss"),
    "German, short": ("i.O./1.png", "n.i.O./1.png", "good", "defect:n.i.O."),
    "German, umlaut": ("Gutteile/1.png", "Beschädigt/1.png", "good", "defect:Beschädigt"),
    "German, umlaut of a Mac": ("gut/1.png", "bescha\u0308digt/1.png", "good", "defect:bescha\u0308digt"),
    "German, sharp s": ("fehlerfrei/1.png", "AUSSCHUß/1.png", "good", "defect:AUSSCHUß"),
    "German splits": ("Training/gut/1.png", "Prüfung/Kratzer/1.png", "train", "defect:Kratzer"),
    "German file names": ("gut_1.png", "schlecht_1.png", "good", "defect:schlecht"),
    "German file names, short": ("1_i.O..png", "1_n.i.O..png", "good", "defect:n.i.O"),
    "negated": ("001_ok.png", "001_not_ok.png", "good", "defect:not_ok"),
    "negated, at the start": ("no defect 1.png", "defect 1.png", "good", "defect:defect"),
    "spaces": (" OK /1.png", "NOT OK/1.png", "good", "defect:NOT OK"),
    "nouns beside the word": ("Gute Teile/1.png", "Bilder Ausschuss/1.png", "good", "defect:Bilder Ausschuss"),
    "numbers beside the word": ("01_good/1.png", "02_bad parts/1.png", "good", "defect:02_bad parts"),
    "nouns and splits": ("train_images/ok/1.png", "test_images/ng/1.png", "train", "defect:ng"),
    "a kind below": ("good/1.png", "defects/Delle tief/1.png", "good", "defect:Delle tief"),
    "a camera below": ("good/1.png", "defects/left/1.png", "good", "defect:defects"),
    "a day below": ("good/1.png", "NG/2024-01-02/1.png", "good", "defect:NG"),
    "with and without": ("ohne Defekt/1.png", "mit Defekt/1.png", "good", "defect:mit Defekt"),
    "German, negated": ("1_gut.png", "1_nicht gut.png", "good", "defect:nicht gut"),
    "golden samples": ("Golden Sample/1.png", "Reject 2/1.png", "good", "defect:Reject 2"),
    "defect-free": ("defect-free/1.png", "Defect/1.png", "good", "defect:Defect"),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD_AND_BAD)
def test_words_for_good_and_bad(name: str) -> None:
    good, bad, good_role, bad_role = GOOD_AND_BAD[name]
    assert roles(good, bad) == {good: good_role, bad: bad_role}


UNCLEAR = {
    "a negated defect": ("1_not_broken.png", "2_not_broken.png", "other/1.png"),
    "two unknown folders": ("fine/1.png", "other/1.png"),
    "good and an unknown folder": ("good/1.png", "monday/1.png"),
    "reference and tested": ("1_temp.png", "1_test.png", "2_temp.png", "2_test.png"),
    "masks for some only": ("images/1.png", "images/2.png", "masks/1.png"),
    "two endings": ("1.jpg", "1.png", "2.jpg", "2.png"),
}


@pytest.mark.parametrize("name", UNCLEAR)
def test_what_is_in_doubt_is_asked(name: str) -> None:
    assert "ask" in roles(*UNCLEAR[name]).values()
    assert "good" not in [
        role for path, role in roles(*UNCLEAR[name]).items() if not path.startswith("good/")
    ]


def test_one_folder_without_a_sign_holds_good_parts() -> None:
    assert set(roles("a/1.png", "a/2.png").values()) == {"good"}
    assert set(roles("cam1/1.png", "cam2/1.png").values()) == {"good"}


def test_a_name_for_masks_counts_only_with_its_picture() -> None:
    assert roles("label_1.png", "label_2.png") == {"label_1.png": "good", "label_2.png": "good"}
    assert roles("a/1.png", "a/1_mask.png") == {"a/1.png": "by-mask:good", "a/1_mask.png": "mask"}


@pytest.mark.parametrize(
    "views",
    [
        ("2024-01-02", "2024-01-03"),
        ("20240102", "31.1.24 10-15"),
        ("top", "bottom"),
        ("Kamera 1", "Kamera 2"),
    ],
)
def test_days_sides_and_cameras_are_no_parts_of_their_own(
    views: tuple[str, ...], library: Library, tmp_path: Path
) -> None:
    for start, view in enumerate(views):
        images(tmp_path / "caps" / view / "OK", 6, start * 100)
        images(tmp_path / "caps" / view / "NG", 2, start * 100 + 50)
    assert add(tmp_path / "caps", library) == ["caps"]
    assert len(load_category(library.data_dir, "caps").train) == 12


@pytest.mark.parametrize("numbers", [("12345678", "12345679"), ("20249901", "30240101"), ("101", "102")])
def test_numbers_of_products_are_parts_of_their_own(numbers: tuple[str, ...], tmp_path: Path) -> None:
    for number in numbers:
        images(tmp_path / "caps" / number / "OK", 6)
        images(tmp_path / "caps" / number / "NG", 2, 50)
    assert tuple(category.name for category in plan_import(tmp_path / "caps").categories) == numbers


def test_what_systems_hide_is_no_picture(tmp_path: Path) -> None:
    images(tmp_path / "caps/ok", 6)
    for folder in ("@eaDir", ".thumbnails", "$RECYCLE.BIN"):
        images(tmp_path / "caps" / folder, 1, 50)
    (tmp_path / "caps/ok/Thumbs.db").write_bytes(b"x")
    assert [(row.role, len(row.files)) for _, row in plan_import(tmp_path / "caps").rows()] == [("good", 6)]


@pytest.mark.parametrize(("picture_ending", "mask_ending"), [("jpg", "png"), ("png", "jpg"), ("bmp", "PNG")])
def test_a_mask_beside_its_picture_is_no_defect_whatever_the_folder_is_called(
    picture_ending: str, mask_ending: str, library: Library, tmp_path: Path
) -> None:
    images(tmp_path / "caps/good", 6)
    for i in range(3):
        (tmp_path / "caps/bad").mkdir(exist_ok=True)
        Image.fromarray(image(50 + i)).save(tmp_path / f"caps/bad/{i}.{picture_ending}")
        marked = np.zeros(image(0).shape[:2], np.uint8)
        marked[5:20, 10:30] = 255
        Image.fromarray(marked).save(tmp_path / f"caps/bad/{i}.{mask_ending}")
    add(tmp_path / "caps", library)
    test = load_category(library.data_dir, "caps").test
    assert [sample.mask_path is not None for sample in test] == [True] * 3


def test_photos_that_share_a_name_stay_what_their_folder_says(tmp_path: Path) -> None:
    images(tmp_path / "caps/good", 6)
    for ending, start in (("jpg", 50), ("bmp", 60)):
        for i in range(3):
            (tmp_path / "caps/bad").mkdir(exist_ok=True)
            Image.fromarray(image(start + i)).save(tmp_path / f"caps/bad/{i}.{ending}")
    assert {row.role: len(row.files) for _, row in plan_import(tmp_path / "caps").rows()} == {
        "good": 6, "defect:bad": 6,
    }  # fmt: skip


def test_archives_inside_are_named(library: Library, tmp_path: Path) -> None:
    images(tmp_path / "caps/ok", 6)
    packed = shutil.make_archive(str(tmp_path / "caps/ng"), "zip", tmp_path / "caps/ok")
    said: list[str] = []
    add(tmp_path / "caps", library, remark=said.append)
    assert any("1 archive ('ng.zip')" in sentence for sentence in said)
    (tmp_path / "only").mkdir()
    shutil.move(packed, tmp_path / "only")
    for work in (lambda: add(tmp_path / "only", library), lambda: plan_import(tmp_path / "only")):
        with pytest.raises(DataError, match="but 1 archive"):
            work()


def test_umlauts_of_a_mac_make_the_same_kind(library: Library, tmp_path: Path) -> None:
    images(tmp_path / "caps/gut", 6)
    images(tmp_path / "caps/bescha\u0308digt", 2, 50)
    add(tmp_path / "caps", library)
    assert load_category(library.data_dir, "caps").counts == {"besch\u00e4digt": 2}


def test_several_parts_are_several_categories(library: Library, tmp_path: Path) -> None:
    for start, part in enumerate(("bolts", "nuts")):
        images(tmp_path / "all" / part / "OK", 6, start * 100)
        images(tmp_path / "all" / part / "NG", 2, start * 100 + 50)
    said: list[str] = []
    assert add(tmp_path / "all", library, remark=said.append) == ["bolts", "nuts"]
    assert [sentence.partition(":")[0] for sentence in said] == [
        "bolts",
        "nuts",
    ]  # not the same sentence twice
    assert load_category(library.data_dir, "nuts").counts == {"NG": 2}


def test_the_sentence_names_the_folders(library: Library, tmp_path: Path) -> None:
    images(tmp_path / "caps" / "good", 6)
    images(tmp_path / "caps" / "monday", 3, 50)
    with pytest.raises(PlanError, match=re.escape("'monday/*' (3)")) as error:
        add(tmp_path / "caps", library)
    assert error.value.pattern == "monday/*"
    assert add(tmp_path / "caps", library, roles={"monday": "defect"}) == ["caps"]
    assert load_category(library.data_dir, "caps").counts == {"monday": 3}


def test_roles_of_some_files_of_a_row_and_wrong_ones(tmp_path: Path) -> None:
    images(tmp_path / "caps", 8)
    plan = plan_import(tmp_path / "caps", roles={"00[0-2].png": "defect:dent", "007.png": "skip"})
    assert Counter({row.role: len(row.files) for _, row in plan.rows()}) == {
        "defect:dent": 3,
        "skip": 1,
        "good": 4,
    }
    for given, reason in {("x", "good"): "No pictures match 'x'", ("*", "great"): "no role 'great'"}.items():
        with pytest.raises(DataError, match=reason):
            plan_import(tmp_path / "caps", roles=dict([given]))


def test_cameras_in_ok_and_ng_do_not_overwrite_each_other(library: Library, tmp_path: Path) -> None:
    for camera in (1, 2):
        images(tmp_path / f"caps/OK/cam{camera}", 5, camera * 100)
        images(tmp_path / f"caps/NG/cam{camera}", 2, camera * 100 + 50)
    add(tmp_path / "caps", library)
    found = load_category(library.data_dir, "caps")
    assert (len(found.train), found.counts) == (10, {"NG": 4})
    assert {sample.path.name for sample in found.test} >= {"cam1_000.png", "cam2_000.png"}


def test_many_good_parts_are_split_and_stored_like_uploads(library: Library, tmp_path: Path) -> None:
    for i in range(40):
        save_png(tmp_path / f"caps/OK_{i:03}.png", np.repeat(image(i, 64), 20, axis=1))
    images(tmp_path / "caps", 0)
    for i in range(4):
        photo(tmp_path / f"caps/NG_{i:03}.jpg", 100 + i)
    add(tmp_path / "caps", library)
    found = load_category(library.data_dir, "caps")
    assert (len(found.train), found.counts) == (35, {GOOD: 5, "NG": 4})
    assert decode(found.train[0].path).shape[1] == 1024
    assert {sample.path.suffix for sample in found.samples} == {".png"}


def test_pictures_and_masks_of_one_name_lie_in_one_folder(library: Library, tmp_path: Path) -> None:
    for i in range(8):
        photo(tmp_path / f"tiles/{i}.jpg", i)
        mask(tmp_path / f"tiles/{i}.png", i, empty=i < 6)
    add(tmp_path / "tiles", library)
    found = load_category(library.data_dir, "tiles")
    assert (len(found.train), found.counts) == (6, {"defect": 2})
    assert (decode_mask(found.test[1].mask_path) == marks(7)).all()


def test_masks_under_another_folder_and_what_fits_nothing(library: Library, tmp_path: Path) -> None:
    images(tmp_path / "caps/OK", 6)
    images(tmp_path / "caps/NG", 3, 50)
    for name in ("000", "001", "999"):
        mask(tmp_path / f"caps/masks/{name}.png", int(name) % 2)
    said: list[str] = []
    add(tmp_path / "caps", library, remark=said.append)
    test = load_category(library.data_dir, "caps").test
    assert [sample.mask_path is not None for sample in test] == [True, True, False]
    assert any("1 mask fits no picture" in sentence and "masks/999.png" in sentence for sentence in said)


def test_masks_without_a_telling_name_are_not_learned(library: Library, tmp_path: Path) -> None:
    images(tmp_path / "caps", 8)
    for i in range(3):
        mask(tmp_path / f"caps/x{i}.png", i)
    with pytest.raises(DataError, match=r"look like masks \(x0\.png"):
        add(tmp_path / "caps", library)


def test_only_the_defects_are_named(library: Library, tmp_path: Path) -> None:
    images(tmp_path / "caps", 8)
    photo(tmp_path / "caps/NG_1.png", 90)
    said: list[str] = []
    add(tmp_path / "caps", library, remark=said.append)
    found = load_category(library.data_dir, "caps")
    assert (len(found.train), found.counts) == (8, {"NG": 1})
    assert any("the others are taken as good parts" in sentence for sentence in said)


def colour(seed: int) -> np.ndarray:
    """A picture as phones take them: H×W×3."""
    return np.dstack([image(seed), image(seed) // 2, 255 - image(seed)])


def test_phone_pictures_of_good_and_bad_parts_in_one_folder(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "phone"
    source.mkdir()
    for number in range(12):
        label = "NG" if number % 4 == 0 else "OK"
        lying = np.ascontiguousarray(np.rot90(colour(number), 1))
        (source / f"{label}_IMG_{2000 + number}.HEIC").write_bytes(heic(lying, orientation=6))
    assert add(source, library) == ["phone"]
    found = load_category(library.data_dir, "phone")
    assert (len(found.train), found.counts) == (9, {"NG": 3})
    upright = [decode(sample.path).astype(int) for sample in found.train]
    right = [colour(number) for number in range(12) if number % 4]
    assert max(min(np.abs(one - other).max() for other in right) for one in upright) <= 2


def test_masks_that_leave_no_good_parts_are_named(library: Library, tmp_path: Path) -> None:
    for i in range(6):
        photo(tmp_path / f"caps/{i}.png", i)
        mask(tmp_path / f"caps/{i}_mask.png", i)
    with pytest.raises(DataError, match="No usable pictures of good parts: 6 with a mask that marks"):
        add(tmp_path / "caps", library)
