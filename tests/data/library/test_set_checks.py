"""What the check of a folder finds is said: copies, leaks, damaged files, odd shapes, colours; and the pictures of MVTec AD are recognised."""

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from data_trees import category, image, images
from PIL import Image
from published_trees import photo

from favae_demo.config.categories import CATEGORIES
from favae_demo.core.errors import DataError
from favae_demo.data.io.images import decode, save_png
from favae_demo.data.library import known_mvtec, upload_checks
from favae_demo.data.library.image_facts import ImageFacts
from favae_demo.data.library.importer import add
from favae_demo.data.library.store import (
    Library,
    Origin,
    origin_of,
    other_images_note,
    partial_data_note,
    remarks_of,
    terms_of,
)  # fmt: skip
from favae_demo.data.library.upload import MOST, UploadedImage
from favae_demo.data.mvtec import level_hint, list_categories, load_category


def remarks(source: Path, library: Library, **more: object) -> str:
    said: list[str] = []
    add(source, library, remark=said.append, **more)
    assert remarks_of(source.name, library.data_dir) == said
    return " / ".join(said)


def test_a_copy_between_training_and_test_is_a_leak(library: Library, tmp_path: Path) -> None:
    root = category(tmp_path / "caps", good=6)
    shutil.copy(root / "train/good/003.png", root / "test/good/003.png")
    said = remarks(root, library)
    assert "1 picture for testing is a copy of a training picture (003.png)" in said
    assert (library.data_dir / "caps/test/good/003.png").exists()  # a layout is copied as it is


def test_a_leak_in_own_folders_is_left_out(library: Library, tmp_path: Path) -> None:
    images(tmp_path / "caps/train/ok", 6)
    images(tmp_path / "caps/test/ok", 2, 50)
    images(tmp_path / "caps/test/ng", 2, 80)
    shutil.copy(tmp_path / "caps/train/ok/002.png", tmp_path / "caps/test/ok/x.png")
    said = remarks(tmp_path / "caps", library)
    assert "(x.png)" in said
    assert "left out" in said
    assert load_category(library.data_dir, "caps").counts == {"good": 2, "ng": 2}


def test_damaged_odd_grey_and_hidden_pictures_are_said(library: Library, tmp_path: Path) -> None:
    root = tmp_path / "caps"
    for i in range(8):
        photo(root / f"OK/{i}.png", i)
    photo(root / "NG/1.png", 50)
    (root / "OK/broken.png").write_bytes((root / "OK/1.png").read_bytes()[:200])
    save_png(root / "OK/grey.png", image(60))
    save_png(root / "OK/wide.png", np.repeat(decode(root / "OK/2.png"), 2, axis=1))
    said = remarks(root, library)
    for sentence in ("'broken.png'", "1 picture grey, the others in colour (grey.png)", "another shape"):
        assert sentence in said


def test_files_outside_a_layout_are_counted(library: Library, tmp_path: Path) -> None:
    root = category(tmp_path / "caps")
    images(root / "train/bad", 3, 70)
    said = remarks(root, library)
    assert "3 pictures are left out: 'train/bad/*'" in said


def test_twenty_thousand_pictures_are_taken_and_not_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = [
        ImageFacts((8, 8), str(i), np.full((32, 32), i % 251, np.float16), False, False) for i in range(MOST)
    ]
    monkeypatch.setattr(upload_checks, "read_facts", lambda paths, max_pixels, tick: facts[: len(paths)])
    parts = [UploadedImage(Path(f"{i}.png"), True) for i in range(MOST)]
    report = upload_checks.inspect_parts(parts)
    assert (len(report.good), report.stops) == (MOST, ())
    assert upload_checks.inspect_parts([*parts, parts[0]]).stops == (
        "These are 20,001 pictures; give at most 20,000.",
    )


def fake_table(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Takes the pictures of a folder for those of MVTec AD's bottle."""
    hashes = {known_mvtec.image_hash(decode(path)) for path in folder.glob("*.png")}
    monkeypatch.setattr(known_mvtec, "_hashes", lambda: {"bottle": frozenset(hashes)})


def test_own_pictures_called_bottle_are_the_users_own(library: Library, tmp_path: Path) -> None:
    said = remarks(category(tmp_path / "bottle"), library)
    assert "'my_bottle' keeps the two apart" in said
    assert origin_of("bottle", library.data_dir).licence == ""
    assert terms_of("bottle", library.data_dir).source == "own pictures"
    assert partial_data_note(load_category(library.data_dir, "bottle")) == ""
    assert "other pictures" in other_images_note("MVTec AD", "bottle", library.data_dir)
    assert other_images_note("own pictures", "bottle", library.data_dir) == ""


def test_the_pictures_of_bottle_are_recognised_in_part_and_smaller(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images(tmp_path / "known", 30)
    fake_table(monkeypatch, tmp_path / "known")
    for i in range(3, 12):
        target = library.data_dir / f"bottle/train/good/{i:03}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()
        Image.fromarray(image(i)).resize((40, 40)).save(buffer, "JPEG", quality=85)
        target.write_bytes(buffer.getvalue())
    assert terms_of("bottle", library.data_dir) == Origin("MVTec AD", CATEGORIES["bottle"].licence)
    assert "Partial data" in partial_data_note(load_category(library.data_dir, "bottle"))
    assert other_images_note("MVTec AD", "bottle", library.data_dir) == ""


def test_a_category_without_hashes_is_recognised_by_its_numbers(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    category(library.data_dir / "cable", good=4)  # 4 for training, 3 for testing
    assert not known_mvtec.matches("cable", library.data_dir / "cable")
    monkeypatch.setattr(known_mvtec, "category_info", lambda name: type("Info", (), {"complete": (4, 3)}))
    assert known_mvtec.matches("cable", library.data_dir / "cable")


def test_a_name_without_a_folder_keeps_its_terms(library: Library) -> None:
    assert terms_of("bottle", library.data_dir).source == "MVTec AD"
    assert terms_of("sample_bottle", library.data_dir).licence == "CC0"


def test_a_folder_one_level_off_is_said(tmp_path: Path) -> None:
    category(tmp_path / "set" / "mvtec" / "cap")
    assert "is a category itself" in level_hint(tmp_path / "set/mvtec/cap")
    assert str(tmp_path / "set/mvtec") in level_hint(tmp_path / "set/mvtec/cap")
    assert repr(str(tmp_path / "set/mvtec")) in level_hint(tmp_path / "set")
    assert level_hint(tmp_path / "set/mvtec") == level_hint(tmp_path / "nothing") == ""
    with pytest.raises(DataError, match="is a category itself"):
        load_category(tmp_path / "set/mvtec/cap", "cap")


@pytest.mark.parametrize("name", ["OK", "Good", "normal", "ok_front", "defect-free"])
def test_good_parts_under_another_name(name: str, tmp_path: Path) -> None:
    images(tmp_path / "cap/train" / name, 4)
    images(tmp_path / "cap/test" / name, 2, 50)
    images(tmp_path / "cap/test/dent", 1, 80)
    assert list_categories(tmp_path) == ["cap"]
    found = load_category(tmp_path, "cap")
    assert (len(found.train), found.counts) == (4, {"good": 2, "dent": 1})
    assert found.find("test/good/001.png").path.parent.name == name


def test_pictures_of_two_good_folders_and_of_cameras_have_keys_of_their_own(tmp_path: Path) -> None:
    for folder in ("test/good", "test/OK", "train/good/cam1", "train/good/cam2", "test/dent/cam1"):
        images(tmp_path / "cap" / folder, 2, hash(folder) % 1000)
    images(tmp_path / "cap/ground_truth/dent/cam1", 1)
    found = load_category(tmp_path, "cap")
    keys = [sample.key for sample in found.samples]
    assert len(set(keys)) == len(keys) == 10
    assert found.counts == {"good": 4, "dent": 2}
    assert [found.find(key).key for key in keys] == keys
    assert found.find("test/dent/cam1/000.png").mask_path == tmp_path / "cap/ground_truth/dent/cam1/000.png"
