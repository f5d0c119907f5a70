"""The optimisers: singular values against an SVD, steps against PyTorch's Muon, and what each of them changes."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

from favae_demo.config.presets import make_config
from favae_demo.training.optimisers import Muon, build_optimisers, orthogonalise


@pytest.mark.parametrize("shape", [(16, 90), (90, 16), (32, 32)])
def test_singular_values_become_alike_and_their_directions_stay(shape):
    matrix = torch.randn(shape)
    left, values, right = torch.linalg.svd(matrix, full_matrices=False)
    found, *_ = orthogonalise([matrix, torch.randn(5, 7)])
    changed = left.T @ found @ right.T
    assert values[0] / values[-1] > 1.5
    assert ((changed.diag() > 0.6) & (changed.diag() < 1.3)).all()
    assert torch.allclose(changed, changed.diag().diag(), atol=1e-3)


def test_matrices_of_one_size_do_not_mix():
    matrices = [torch.randn(6, 9), torch.randn(12, 6), torch.randn(6, 20), torch.randn(4, 4)]
    together = orthogonalise(matrices)
    for matrix, changed in zip(matrices, together, strict=True):
        (alone,) = orthogonalise([matrix])
        assert torch.allclose(changed, alone, atol=1e-5)


def test_a_matrix_of_zeros_stays():
    assert torch.equal(orthogonalise([torch.zeros(4, 9)])[0], torch.zeros(4, 9))


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_steps_are_those_of_pytorch_s_muon(layout):
    """That one takes matrices only, and computes in bfloat16."""
    kernel = nn.Parameter(torch.randn(24, 12, 3, 3).to(memory_format=layout))
    matrix = nn.Parameter(kernel.detach().flatten(1).clone())
    begin = matrix.detach().clone()
    ours = Muon([kernel], lr=0.01, weight_decay=0.1)
    theirs = torch.optim.Muon([matrix], lr=0.01, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    for seed in range(3):
        gradient = torch.randn(24, 12, 3, 3, generator=torch.Generator().manual_seed(seed))
        kernel.grad, matrix.grad = gradient.to(memory_format=layout), gradient.flatten(1)
        ours.step()
        theirs.step()
    change, expected = kernel.detach().flatten(1) - begin, matrix.detach() - begin
    assert (change - expected).norm() < 0.02 * expected.norm()


@pytest.fixture
def threads() -> Iterator[None]:
    """Any number of torch's threads is left as it was."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("count", [2, 9])  # the second is more than there are kernels
def test_kernels_that_threads_share_change_as_by_one_thread(threads, count):
    def changed(threads: int) -> list[Tensor]:
        generator = torch.Generator().manual_seed(0)
        kernels = [nn.Parameter(torch.randn(side, 6, 3, 3, generator=generator)) for side in (4, 8, 8, 16, 5)]
        for kernel in kernels:
            kernel.grad = torch.randn(kernel.shape, generator=generator)
        before = [kernel.detach().clone() for kernel in kernels]
        torch.set_num_threads(threads)
        Muon(kernels, lr=0.01).step()
        assert torch.get_num_threads() == threads
        return [kernel.detach() - old for kernel, old in zip(kernels, before, strict=True)]

    alone, shared = changed(1), changed(count)
    assert all(change.abs().max() > 0 for change in alone)
    assert all(torch.allclose(one, other, atol=1e-6) for one, other in zip(alone, shared, strict=True))


def test_muon_changes_kernels_and_adam_the_others():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))
    names = {id(weight): name for name, weight in model.named_parameters()}

    def changed(**settings):
        optimisers = build_optimisers(model, make_config("quick", **settings))
        return {
            kind: {names[id(weight)] for group in one.param_groups for weight in group["params"]}
            for kind, one in optimisers.items()
        }

    everything = set(names.values())
    assert changed(optimiser="adam") == {"adam": everything}
    assert changed(optimiser="muon") == {"adam": everything - {"0.weight"}, "muon": {"0.weight"}}
