"""A generated category that is being rendered: an example at once, and one rendering for all who wait."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from favae_demo.core.errors import DataError
from favae_demo.core.settings import Settings
from favae_demo.data.catalog import data_dir_of, must_be_drawn
from favae_demo.data.io.images import decode, decode_mask
from favae_demo.data.synthetic import drawing
from favae_demo.data.synthetic.drawing import draw, first_example, is_drawn

pytest_plugins = ["few_samples"]
pytestmark = pytest.mark.usefixtures("few_samples")


def test_the_example_is_the_first_defect_of_the_category(tmp_path: Path) -> None:
    example = first_example("sample_bottle", tmp_path)
    assert not is_drawn("sample_bottle", tmp_path)
    list(draw("sample_bottle", tmp_path))
    folder = drawing.sample_dir(tmp_path) / "sample_bottle"
    assert example.key == f"test/{example.defect}/000.png"
    assert np.array_equal(decode(example.path), decode(folder / example.key))
    truth = decode_mask(folder / "ground_truth" / example.defect / "000_mask.png")
    assert np.array_equal(example.mask, truth)


def test_all_who_wait_share_one_rendering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, real = [], drawing.ensure_samples
    monkeypatch.setattr(drawing, "PAUSE", 0.01)
    monkeypatch.setattr(
        drawing, "ensure_samples", lambda *given, **more: begun.append(given) or real(*given, **more)
    )
    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(lambda _: list(draw("sample_pill", tmp_path)), range(4)))
    assert len(begun) == 1
    assert all(one == sorted(one) for one in shares)
    assert is_drawn("sample_pill", tmp_path)
    assert list(draw("sample_pill", tmp_path)) == []
    assert drawing._running == {}


def test_why_it_failed_is_told_to_all_and_the_next_one_tries_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(drawing, "ensure_samples", fail)
        with pytest.raises(OSError, match="no space"):
            list(draw("sample_grid", tmp_path))
    list(draw("sample_grid", tmp_path))
    assert is_drawn("sample_grid", tmp_path)


def test_a_category_of_the_users_own_is_not_drawn(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "data", tmp_path / "models", tmp_path / "runs", tmp_path)
    assert must_be_drawn("sample_screw", settings)
    good = settings.data_dir / "sample_screw" / "train" / "good"
    good.mkdir(parents=True)
    (good / "000.png").write_bytes(first_example("sample_screw", tmp_path).path.read_bytes())
    assert not must_be_drawn("sample_screw", settings)
    assert data_dir_of("sample_screw", settings) == settings.data_dir
    with pytest.raises(DataError, match="no picture"):
        drawing.render_sample("sample_screw", "test/good/777.png")
