import shutil
from pathlib import Path

import numpy as np
import pytest

from favae_demo.core.errors import DataError
from favae_demo.data.io.images import decode, resize, save_png
from favae_demo.data.mvtec import Sample, list_categories, load_category, load_mask, require_training

IMAGE = np.zeros((4, 4, 3), np.uint8)


@pytest.fixture
def copy(tiny_mvtec: Path, tmp_path: Path) -> Path:
    """A copy of the generated data that a test may damage."""
    return Path(shutil.copytree(tiny_mvtec, tmp_path / "data"))


def test_index_of_a_complete_category(tiny_mvtec):
    widget = load_category(tiny_mvtec, "widget")
    assert len(widget.train) == 12
    assert all(sample.is_good and sample.split == "train" for sample in widget.train)
    assert widget.counts == {"good": 4, "scratch": 4, "spot": 4}
    assert widget.defects == ("scratch", "spot")
    assert len(widget.samples) == 24
    assert all((sample.mask_path is None) == sample.is_good for sample in widget.samples)
    assert all(sample.has_ground_truth for sample in widget.samples)
    assert widget.test[4].mask_path == tiny_mvtec / "widget/ground_truth/scratch/000_mask.png"
    assert widget.describe() == (
        "12 good parts for training; 12 test pictures: 4 good, 8 with defects (scratch 4, spot 4)."
    )


def test_keys_find_their_sample(tiny_mvtec):
    widget = load_category(tiny_mvtec, "widget")
    assert widget.test[4].key == "test/scratch/000.png"
    assert [widget.find(sample.key) for sample in widget.samples] == list(widget.samples)
    with pytest.raises(DataError, match=r"no picture 'test/good/99\.png'"):
        widget.find("test/good/99.png")


def test_masks_are_exact(tiny_mvtec):
    widget = load_category(tiny_mvtec, "widget")
    masks = np.stack([load_mask(sample, 96) for sample in widget.test])
    assert masks.shape == (12, 96, 96)
    assert masks.dtype == bool
    assert not masks[:4].any()
    red = np.array([decode(sample.path) == (150, 30, 30) for sample in widget.test[8:]]).all(axis=-1)
    np.testing.assert_array_equal(masks[8:], red)
    half = np.stack([load_mask(sample, 48) for sample in widget.test])
    np.testing.assert_allclose(half.mean((1, 2))[8:], masks.mean((1, 2))[8:], rtol=0.2)


def test_natural_order_without_hidden_files_and_other_things(tmp_path):
    folder = tmp_path / "part" / "train" / "good"
    for name in ("10.png", "9.PNG", "x2.jpg", ".hidden.png", "1.png"):
        save_png(folder / name, IMAGE)
    (folder / "notes.txt").write_text("no picture")
    (folder / "folder.png").mkdir()
    names = [sample.path.name for sample in load_category(tmp_path, "part").train]
    assert names == ["1.png", "9.PNG", "10.png", "x2.jpg"]


def test_masks_without_the_suffix_and_missing_ones(copy):
    truth = copy / "widget" / "ground_truth"
    (truth / "spot" / "000_mask.png").rename(truth / "spot" / "000.png")
    (truth / "spot" / "001_mask.png").unlink()
    shutil.rmtree(truth / "scratch")
    widget = load_category(copy, "widget")
    assert widget.find("test/spot/000.png").mask_path == truth / "spot" / "000.png"
    without = [sample for sample in widget.test if not sample.has_ground_truth]
    assert [sample.key for sample in without] == [f"test/scratch/00{i}.png" for i in range(4)] + [
        "test/spot/001.png"
    ]
    assert widget.describe().endswith("; 5 defect pictures without a mask.")
    assert not any(load_mask(sample, 16).any() for sample in without)


def test_incomplete_categories_are_accepted_and_described(copy):
    shutil.rmtree(copy / "widget" / "ground_truth")
    shutil.rmtree(copy / "widget" / "test" / "good")
    assert load_category(copy, "widget").describe() == (
        "12 good parts for training; 8 test pictures: none good, 8 with defects (scratch 4, spot 4); "
        "8 defect pictures without a mask."
    )
    shutil.rmtree(copy / "widget" / "test" / "spot")
    shutil.rmtree(copy / "widget" / "train")
    scratched = load_category(copy, "widget")
    assert scratched.train == ()
    assert scratched.describe().startswith("No training pictures; 4 test pictures: none good")
    shutil.rmtree(copy / "widget" / "test")
    (copy / "widget" / "train" / "good").mkdir(parents=True)
    assert load_category(copy, "widget").describe() == "No training pictures; no test pictures."


def test_list_categories(copy):
    (copy / "empty").mkdir()
    (copy / "part10" / "train" / "good").mkdir(parents=True)
    (copy / "part9" / "test").mkdir(parents=True)
    (copy / ".trash" / "test").mkdir(parents=True)
    assert list_categories(copy) == ["part9", "part10", "widget"]
    assert list_categories(copy / "nowhere") == []


@pytest.mark.parametrize("name", ["gadget", "", ".", "..", "../data/widget", "widget/", "widget/test", "\0"])
def test_unknown_names_and_ways_out_are_refused(copy, name):
    with pytest.raises(DataError, match=r"There is no category .* there are widget\.$"):
        load_category(copy, name)


def test_an_absolute_name_is_refused(copy):
    with pytest.raises(DataError, match="There is no category"):
        load_category(copy, str(copy / "widget"))


def test_no_category_at_all(tmp_path):
    with pytest.raises(DataError, match="there are none"):
        load_category(tmp_path, "widget")


def test_require_training(copy):
    require_training(load_category(copy, "widget"), 12)
    with pytest.raises(DataError, match="has 12 good training pictures, but training needs at least 13"):
        require_training(load_category(copy, "widget"), 13)
    shutil.rmtree(copy / "widget" / "train")
    with pytest.raises(DataError, match="has no good training pictures"):
        require_training(load_category(copy, "widget"))


def test_samples_are_values():
    assert Sample(Path("a.png"), "test", "good") == Sample(Path("a.png"), "test", "good", None)


@pytest.mark.mvtec
def test_real_categories(mvtec_dir):
    assert {"bottle", "grid", "pill", "screw", "toothbrush"} <= set(list_categories(mvtec_dir))
    assert load_category(mvtec_dir, "bottle").describe() == (
        "209 good parts for training; 83 test pictures: 20 good, 63 with defects "
        "(broken large 20, broken small 22, contamination 21)."
    )
    masks = np.stack([load_mask(sample, 128) for sample in load_category(mvtec_dir, "bottle").test])
    assert masks.any((1, 2)).tolist() == [False] * 20 + [True] * 63


@pytest.mark.mvtec
@pytest.mark.parametrize("name", ["bottle", "grid", "pill", "screw", "toothbrush"])
def test_full_size_originals_agree_with_the_small_ones(mvtec_dir, name):
    originals = mvtec_dir.parent / "mvtec_full_size"
    if not originals.is_dir():
        pytest.skip(f"there are no full-size originals in {originals}")
    small, full = load_category(mvtec_dir, name), load_category(originals, name)
    for sample in full.samples:
        twin = small.find(sample.key)
        size = 128
        difference = resize(decode(sample.path), size).astype(int) - resize(decode(twin.path), size)
        assert np.abs(difference).mean() < 2
        mine, theirs = load_mask(sample, size), load_mask(twin, size)
        assert (mine ^ theirs).mean() < 0.005
