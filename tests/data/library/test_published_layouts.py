"""Published data sets are understood as they come: roles, labels and masks, without an option."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from published_trees import LAYOUTS, marks

from favae_demo.data.io.images import decode_mask
from favae_demo.data.library.importer import add, plan_import
from favae_demo.data.library.store import Library
from favae_demo.data.mvtec import GOOD, load_category


@pytest.mark.parametrize("above", [0, 1, 2])
@pytest.mark.parametrize("name", LAYOUTS)
def test_roles_labels_and_masks_are_right(name: str, above: int, library: Library, tmp_path: Path) -> None:
    source = tmp_path / "source"
    right = LAYOUTS[name](source.joinpath(*["folder"] * above))
    assert sorted(add(source, library)) == sorted(right)
    for category, (train, good, defects, masks) in right.items():
        found = load_category(library.data_dir, category)
        assert len(found.train) == train
        assert found.counts == ({GOOD: good} if good else {}) | defects
        assert sum(sample.mask_path is not None for sample in found.test) == masks
        assert not found.train[0].path.is_symlink()


@pytest.mark.parametrize("name", [name for name in LAYOUTS if name != "casting"])
def test_each_defect_has_its_own_mask(name: str, library: Library, tmp_path: Path) -> None:
    LAYOUTS[name](tmp_path / "source")
    checked = 0
    for category in add(tmp_path / "source", library):
        for sample in load_category(library.data_dir, category).test:
            if sample.mask_path is None:
                continue
            found = decode_mask(sample.mask_path)
            fitting = [seed for seed in range(16) if (found == marks(seed)).all()]
            if name == "MVTec LOCO":  # two masks a picture
                fitting = [seed for seed in range(16) if (found == marks(seed) | marks(seed + 8)).all()]
            number = int(
                "".join(letter for letter in sample.path.stem.rpartition("_")[2] if letter.isdigit()) or 0
            )
            number = NUMBER.get(name, lambda sample, number: number)(sample, number)
            assert number % 16 in fitting
            checked += 1
    assert checked >= 2


NUMBER = {
    "MVTec AD 2": lambda sample, number: int(sample.path.stem[:3]),
    "KolektorSDD2": lambda sample, number: number % 10000,
    "DAGM": lambda sample, number: number if number <= 8 else number - 8,
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_an_archive_and_a_look_say_the_same(name: str, library: Library, tmp_path: Path) -> None:
    LAYOUTS[name](tmp_path / "source")
    packed = shutil.make_archive(str(tmp_path / "packed" / "source"), "zip", tmp_path, "source")
    folder, archive = plan_import(tmp_path / "source"), plan_import(Path(packed))
    assert not folder.questions
    assert folder.layout == archive.layout
    rows = [{(row.pattern, row.role, len(row.files)) for _, row in plan.rows()} for plan in (folder, archive)]
    assert rows[0] == rows[1]
    assert name.split()[0].lower() in f"{folder.layout} {folder.paper}".lower()


def test_a_published_file_is_copied_byte_by_byte(library: Library, tmp_path: Path) -> None:
    LAYOUTS["BTAD"](tmp_path / "source")
    add(tmp_path / "source", library)
    for path in (tmp_path / "source" / "01").rglob("*.bmp"):
        inner = path.relative_to(tmp_path / "source" / "01").as_posix().replace("/ok/", "/good/")
        assert (library.data_dir / "01" / inner).read_bytes() == path.read_bytes()
    assert np.array_equal(decode_mask(library.data_dir / "01/ground_truth/ko/0001_mask.png"), marks(1))
