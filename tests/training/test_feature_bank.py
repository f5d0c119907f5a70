import pytest
import torch
from simple_teacher import SimpleTeacher

from favae_demo.training.feature_bank import CHUNK, FeatureBank, LiveFeatures, NoFeatures

INDEX = torch.tensor([3, 0, 19, 3])


@pytest.fixture(scope="module")
def views() -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (20, 3, 32, 32), dtype=torch.uint8, generator=generator)


def filled(views, budget_mb, folder) -> FeatureBank:
    bank = FeatureBank(SimpleTeacher(), views, budget_mb, folder)
    assert list(bank.fill()) == [CHUNK, len(views)]
    return bank


def test_memory_and_disk_give_the_same_features(views, tmp_path):
    in_memory, on_disk = filled(views, 100, tmp_path / "a"), filled(views, 0, tmp_path / "b")
    assert not (tmp_path / "a").exists()
    for one, other in zip(in_memory.features(INDEX), on_disk.features(INDEX), strict=True):
        assert one.dtype == torch.float32
        assert torch.equal(one, other)
    assert type(in_memory.layers[0]) is not type(on_disk.layers[0])


def test_the_bank_holds_what_the_teacher_gives_but_for_half_precision(views, tmp_path):
    live = LiveFeatures(SimpleTeacher(), views).features(INDEX)
    for stored, exact in zip(filled(views, 100, tmp_path).features(INDEX), live, strict=True):
        torch.testing.assert_close(stored, exact, rtol=1e-3, atol=1e-4)
        assert stored.shape == exact.shape


def test_the_file_on_disk_vanishes_with_the_bank(views, tmp_path):
    bank = filled(views, 0, tmp_path)
    del bank
    assert list(tmp_path.iterdir()) == []


def test_the_plain_vae_has_no_features():
    assert NoFeatures().features(INDEX) == []
