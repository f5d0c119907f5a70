"""Generated sample parts: exact masks, the folder's layout, and that a killed or doubled run does no harm."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from favae_demo.core.errors import DataError
from favae_demo.data.synthetic import SAMPLE_CATEGORIES, ensure_samples, render_part, writer

pytest_plugins = ["few_samples"]
DEFECTS = [(category, defect) for category, part in SAMPLE_CATEGORIES.items() for defect in part.defects]


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("category", SAMPLE_CATEGORIES)
def test_a_good_part_is_the_same_each_time_and_differs_between_seeds(category):
    image, mask = render_part(category, 5)
    again, _ = render_part(category, 5)
    other, _ = render_part(category, 6)
    assert image.shape == (256, 256, 3)
    assert image.dtype == np.uint8
    assert mask.shape == (256, 256)
    assert not mask.any()
    assert np.array_equal(image, again)
    assert np.abs(image.astype(int) - other).mean() > 1


@pytest.mark.parametrize(("category", "defect"), DEFECTS)
def test_outside_the_mask_the_damaged_part_equals_the_good_one(category, defect):
    good, _ = render_part(category, 40)
    damaged, mask = render_part(category, 40, defect)
    again, same_mask = render_part(category, 40, defect)
    assert np.array_equal(damaged, again)
    assert np.array_equal(mask, same_mask)
    assert np.array_equal(damaged[~mask], good[~mask])  # to the last bit, sensor noise included
    change = np.abs(damaged.astype(int) - good).max(-1)
    assert (change[mask] > 3).mean() > 0.5  # and most of the mask is visibly changed
    assert 12 <= mask.sum() < 0.15 * mask.size


@pytest.mark.parametrize("category", SAMPLE_CATEGORIES)
def test_there_are_enough_images_and_no_part_is_shown_twice(category):
    shots = list(writer._shots(category, seed=0))
    folders = [shot.path.rsplit("/", 1)[0] for shot in shots]
    assert folders.count("train/good") >= 120
    assert folders.count("test/good") >= 20
    assert len(SAMPLE_CATEGORIES[category].defects) >= 3
    assert all(folders.count(f"test/{defect}") >= 10 for defect in SAMPLE_CATEGORIES[category].defects)
    assert len({shot.seed for shot in shots}) == len(shots)
    assert not {shot.seed for shot in shots} & {shot.seed for shot in writer._shots(category, seed=1)}


def test_the_folder_has_mvtec_layout_with_masks_and_a_licence_note(few_samples, tmp_path):
    shares = []
    data_dir = ensure_samples("sample_pill", tmp_path, progress=shares.append)
    folder = data_dir / "sample_pill"
    defects = SAMPLE_CATEGORIES["sample_pill"].defects
    expected = [f"train/good/{i:03}.png" for i in range(4)] + [f"test/good/{i:03}.png" for i in range(2)]
    expected += [f"test/{defect}/000.png" for defect in defects]
    expected += [f"ground_truth/{defect}/000_mask.png" for defect in defects]
    assert files(folder) == sorted([*expected, "README.txt"])
    for defect in defects:
        mask = cv2.imread(str(folder / f"ground_truth/{defect}/000_mask.png"), cv2.IMREAD_UNCHANGED)
        assert mask.shape == (256, 256)
        assert set(np.unique(mask)) == {0, 255}
    stored = cv2.imread(str(folder / "train/good/002.png"))[..., ::-1]
    assert np.array_equal(stored, render_part("sample_pill", 2)[0])
    for note in (data_dir / "README.txt", folder / "README.txt"):
        assert "generated sample parts" in note.read_text()
        assert "CC0" in note.read_text()
    assert f"v{writer.VERSION}" in data_dir.parts
    assert shares[-1] == 1.0
    assert shares == sorted(shares)


def test_a_second_call_renders_nothing(few_samples, tmp_path, monkeypatch):
    first = ensure_samples("sample_grid", tmp_path)
    monkeypatch.setattr(writer, "render_part", lambda *_: pytest.fail("rendered again"))
    assert ensure_samples("sample_grid", tmp_path) == first


def test_a_cancelled_run_leaves_nothing_and_the_next_one_completes(few_samples, tmp_path):
    def cancel(share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensure_samples("sample_grid", tmp_path, progress=cancel)
    assert not any("sample_grid" in path.name for path in tmp_path.rglob("*"))
    assert len(files(ensure_samples("sample_grid", tmp_path) / "sample_grid")) == 4 + 2 + 2 * 4 + 1


def test_a_killed_process_leaves_no_half_category(few_samples, tmp_path, monkeypatch):
    code = (
        "import os, sys; from pathlib import Path; from favae_demo.data.synthetic import ensure_samples\n"
        "ensure_samples('sample_grid', Path(sys.argv[1]), progress=lambda share: os._exit(9) if share > 0.02 else None)"
    )
    project = Path(writer.__file__).parents[3]
    assert (
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=project, check=False).returncode == 9
    )
    leftovers = list((tmp_path / "sample_parts").glob(".sample_grid.*.tmp"))
    assert len(leftovers) == 1
    assert not list(tmp_path.rglob("sample_grid"))
    folder = ensure_samples("sample_grid", tmp_path) / "sample_grid"
    assert len(files(folder)) == 4 + 2 + 2 * 4 + 1
    assert leftovers[0].exists()  # it might belong to a run at work …

    now = time.time()
    monkeypatch.setattr(writer.time, "time", lambda: now + writer.ABANDONED + 60)
    ensure_samples("sample_grid", tmp_path, seed=1)
    assert not leftovers[0].exists()  # … but not for ever


def test_two_calls_at_once_both_get_the_whole_category(few_samples, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(lambda _: ensure_samples("sample_grid", tmp_path), range(2)))
    assert folders[0] == folders[1]
    assert len(files(folders[0] / "sample_grid")) == 4 + 2 + 2 * 4 + 1
    assert not list(tmp_path.rglob("*.tmp"))


def test_unknown_names_are_refused_in_plain_words(tmp_path):
    with pytest.raises(DataError, match="sample_bottle"):
        ensure_samples("bottle", tmp_path)
    with pytest.raises(DataError, match="stain"):
        render_part("sample_pill", 0, "rust")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("category", SAMPLE_CATEGORIES)
def test_comparing_pixels_with_the_mean_image_does_not_solve_it(category):
    def small(image: np.ndarray) -> np.ndarray:
        return cv2.resize(image, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)

    good = np.stack([small(render_part(category, seed)[0]) for seed in range(12)])
    mean, deviation = good.mean(0), good.std(0) + 2.5
    scores, labels = [], []
    for defect in SAMPLE_CATEGORIES[category].defects:
        image, mask = render_part(category, 20_000, defect)
        scores.append((np.abs(small(image) - mean) / deviation).mean(-1).ravel())
        labels.append(small(mask.astype(np.uint8) * 255).ravel() > 127)
    assert roc_auc_score(np.concatenate(labels), np.concatenate(scores)) < 0.95
