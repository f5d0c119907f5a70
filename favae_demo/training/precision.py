"""Number formats of the training: bfloat16 where the processor or graphics card computes in it, and float32 for the losses.

A step of `extended` takes 0.6 of the time then; the weights and their updates stay in float32.
"""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields, replace
from typing import Any, TypeVar

import torch
from torch import Tensor

BFLOAT16_INSTRUCTIONS = ("avx512_bf16", "amx_bf16")  # of x86 processors, on which it was measured
Output = TypeVar("Output", bound=Any)  # a dataclass of tensors and lists of them


def has_bfloat16(device: torch.device | str) -> bool:
    """Returns whether a device computes in bfloat16; where it only emulates it, full precision is faster."""
    if torch.device(device).type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    able = torch.cpu.get_capabilities()
    return any(able.get(name, False) for name in BFLOAT16_INSTRUCTIONS)


def precision(device: torch.device | str) -> AbstractContextManager:
    """Returns a context in which the network computes in bfloat16, or one that changes nothing; see `has_bfloat16`."""
    return (
        torch.autocast(torch.device(device).type, torch.bfloat16) if has_bfloat16(device) else nullcontext()
    )


def memory_format(device: torch.device | str) -> torch.memory_format:
    """Returns the layout of tensors in which a step is fastest: convolutions in bfloat16 work on channels, others on planes."""
    return torch.channels_last if has_bfloat16(device) else torch.contiguous_format


def single_precision(output: Output) -> Output:
    """Converts the output to float32, since the loss is a sum of about a million squares."""
    return replace(output, **{item.name: _single(getattr(output, item.name)) for item in fields(output)})


def _single(value: Tensor | list[Tensor]) -> Tensor | list[Tensor]:
    return value.float() if isinstance(value, Tensor) else [one.float() for one in value]
