"""The optimisers of a training: Adam for all weights, or Muon for the kernels of convolutions and Adam for the others."""

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.device import one_thread

# A quintic that moves singular values between 0 and 1 towards 1 fast, and leaves them between 0.7 and 1.2 (Jordan et al. 2024, Muon).
QUINTIC = (3.4445, -4.7750, 2.0315)
ROUNDS = 5
MOMENTUM = 0.95
ADAM_SIZE = 0.2  # root mean square of a change by Adam, as a share of the learning rate (arXiv 2502.16982, section 2.2)


def orthogonalise(matrices: Sequence[Tensor]) -> list[Tensor]:
    """Returns matrices with their singular values moved to about 1, by Newton-Schulz iterations.

    They run on the Gram matrices of the shorter sides, which is a third of the work, those of one size together, and in float32:
    `torch.optim.Muon` computes in bfloat16, see `findings/torch-muon-bfloat16.sh`.

    Args:
        matrices: Each m×n, float32. Singular values below about a thousandth of the largest one stay smaller; zeros are returned as they are.
    """
    wide = [one if len(one) <= one.shape[1] else one.T for one in matrices]
    wide = [one / one.norm().clamp(min=torch.finfo(one.dtype).tiny) for one in wide]
    factors: dict[int, Tensor] = {}
    for side in {len(one) for one in wide}:
        places = [place for place, one in enumerate(wide) if len(one) == side]
        grams = torch.stack([wide[place] @ wide[place].T for place in places])
        factors |= dict(zip(places, _inverse_roots(grams), strict=True))
    changed = [factors[place] @ one for place, one in enumerate(wide)]
    return [
        one if len(matrix) <= matrix.shape[1] else one.T
        for one, matrix in zip(changed, matrices, strict=True)
    ]


def _inverse_roots(grams: Tensor) -> Tensor:
    """Returns about the inverse square roots of Gram matrices k×m×m."""
    product = factor = _quintic_factor(grams)
    for _ in range(ROUNDS - 1):
        grams = factor @ grams @ factor
        factor = _quintic_factor(grams)
        product = factor @ product
    return product


def _quintic_factor(grams: Tensor) -> Tensor:
    """Returns the matrices by which the quintic multiplies matrices with these Gram matrices."""
    first, third, fifth = QUINTIC
    factor = torch.baddbmm(grams, grams, grams, beta=third, alpha=fifth)
    factor.diagonal(dim1=-2, dim2=-1).add_(first)
    return factor


@cache
def _pool() -> ThreadPoolExecutor:
    """Returns workers of one thread each: several threads on each of many small matrices would wait for one another longer than they work."""
    return ThreadPoolExecutor(torch.get_num_threads(), initializer=torch.set_num_threads, initargs=(1,))


class Muon(Optimizer):
    """Muon: momentum whose singular values are made alike, so that each direction of a kernel changes by as much.

    A kernel is seen as a matrix with one row for each index of its first axis. Changes are as large as those of Adam, so that both can share
    a learning rate (Liu et al. 2025, "Muon is Scalable for LLM Training", arXiv 2502.16982).

    Args:
        kernels: Weights with two axes or more.
        lr: Learning rate.
        weight_decay: Share of `lr` by which the kernels shrink in a step.
    """

    def __init__(self, kernels: Iterable[Tensor], lr: float, weight_decay: float = 0.0):
        super().__init__(kernels, {"lr": lr, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # which has overloads
        """Changes the kernels by their gradients."""
        pool, threads = _pool(), torch.get_num_threads()
        with one_thread():
            for group in self.param_groups:
                kernels = [kernel for kernel in group["params"] if kernel.grad is not None]
                kernels.sort(key=Tensor.numel)
                shares = [kernels[start::threads] for start in range(threads)]
                list(pool.map(partial(self._change, group["lr"], group["weight_decay"]), shares))

    @torch.no_grad()
    def _change(self, rate: float, weight_decay: float, kernels: Sequence[Tensor]) -> None:
        """Changes some of the kernels, see `step`."""
        changes = orthogonalise([self._ahead(kernel) for kernel in kernels])
        for kernel, change in zip(kernels, changes, strict=True):
            size = ADAM_SIZE * math.sqrt(max(change.shape))
            kernel.mul_(1 - rate * weight_decay)
            kernel.movedim(1, -1).add_(change.reshape(kernel.movedim(1, -1).shape), alpha=-rate * size)

    def _ahead(self, kernel: Tensor) -> Tensor:
        """Takes a kernel's gradient into its momentum, and returns Nesterov's look ahead as a matrix."""
        state, gradient = self.state[kernel], kernel.grad
        assert gradient is not None
        if not state:
            state["momentum"] = torch.zeros_like(kernel)
        momentum = state["momentum"].lerp_(gradient, 1 - MOMENTUM)
        return gradient.lerp(momentum, MOMENTUM).movedim(1, -1).flatten(1)  # as the values lie in memory


def build_optimisers(model: nn.Module, config: TrainConfig) -> dict[str, Optimizer]:
    """Returns the optimisers of a config by name, each of which changes its own part of the weights."""
    kernels = [weight for weight in model.parameters() if weight.ndim > 2 and config.optimiser == "muon"]
    taken = set(map(id, kernels))
    others = [weight for weight in model.parameters() if id(weight) not in taken]
    rate, decay = config.learning_rate, config.weight_decay
    optimisers: dict[str, Optimizer] = {"adam": Adam(others, lr=rate, weight_decay=decay, fused=True)}
    if kernels:
        optimisers["muon"] = Muon(kernels, lr=rate, weight_decay=decay)
    return optimisers
