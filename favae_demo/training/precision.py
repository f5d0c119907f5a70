"""Number formats of the training: bfloat16 on GPUs that support it, and float32 for the losses."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields, replace
from typing import Any, TypeVar

import torch
from torch import Tensor

Output = TypeVar("Output", bound=Any)  # a dataclass of tensors and lists of them


def precision(device: torch.device | str) -> AbstractContextManager:
    """Returns a context for bfloat16 autocasting on GPUs that support it; elsewhere for full precision, which is faster on a CPU."""
    if torch.device(device).type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.autocast("cuda", torch.bfloat16)
    return nullcontext()


def single_precision(output: Output) -> Output:
    """Converts the output to float32, since the loss is a sum of about a million squares."""
    return replace(output, **{item.name: _single(getattr(output, item.name)) for item in fields(output)})


def _single(value: Tensor | list[Tensor]) -> Tensor | list[Tensor]:
    return value.float() if isinstance(value, Tensor) else [one.float() for one in value]
