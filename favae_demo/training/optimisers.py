"""The optimisers of a training: Adam for all weights, or Muon for the kernels of convolutions and Adam for the others."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from favae_demo.config.train_config import TrainConfig

# A quintic that moves singular values between 0 and 1 towards 1 fast, and leaves them between 0.7 and 1.2 (Jordan et al. 2024, Muon).
QUINTIC = (3.4445, -4.7750, 2.0315)
ROUNDS = 5
MOMENTUM = 0.95
ADAM_SIZE = 0.2  # root mean square of a change by Adam, as a share of the learning rate (arXiv 2502.16982, section 2.2)


def orthogonalise(matrix: Tensor) -> Tensor:
    """Returns the matrix with its singular values moved to about 1, by Newton-Schulz iterations.

    They run on the Gram matrix of the shorter side, which is a third of the work, and in float32: `torch.optim.Muon` computes in bfloat16,
    see `findings/torch-muon-bfloat16.sh`.

    Args:
        matrix: m×n, float32. Singular values below about a thousandth of the largest one stay smaller; a matrix of zeros is returned as it is.
    """
    wide = matrix if len(matrix) <= matrix.shape[1] else matrix.T
    wide = wide / wide.norm().clamp(min=torch.finfo(wide.dtype).tiny)
    gram = wide @ wide.T
    one = torch.eye(len(gram), dtype=gram.dtype, device=gram.device)
    first, third, fifth = QUINTIC
    product = one
    for _ in range(ROUNDS):
        factor = first * one + third * gram + fifth * gram @ gram
        product = factor @ product
        gram = factor @ gram @ factor
    changed = product @ wide
    return changed if len(matrix) <= matrix.shape[1] else changed.T


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
        for group in self.param_groups:
            for kernel in group["params"]:
                if kernel.grad is not None:
                    self._change(kernel, kernel.grad, group)

    def _change(self, kernel: Tensor, gradient: Tensor, group: dict[str, float]) -> None:
        state = self.state[kernel]
        momentum = state.setdefault("momentum", torch.zeros_like(kernel)).lerp_(gradient, 1 - MOMENTUM)
        matrix = gradient.lerp(momentum, MOMENTUM).flatten(1)  # Nesterov's look ahead
        size = ADAM_SIZE * math.sqrt(max(matrix.shape))
        kernel.mul_(1 - group["lr"] * group["weight_decay"])
        kernel.add_(orthogonalise(matrix).reshape(kernel.shape), alpha=-group["lr"] * size)


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
