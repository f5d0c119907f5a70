"""Number formats of the training: bfloat16 on GPUs that support it, and float32 for the losses."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import torch

from favae_demo.model.favae import Output


def precision(device: torch.device | str) -> AbstractContextManager:
    """Returns a context for bfloat16 autocasting on GPUs that support it; elsewhere for full precision, which is faster on a CPU."""
    if torch.device(device).type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.autocast("cuda", torch.bfloat16)
    return nullcontext()


def single_precision(output: Output) -> Output:
    """Converts the output to float32, since the loss is a sum of about a million squares."""
    return replace(
        output,
        image=output.image.float(),
        features=[value.float() for value in output.features],
        mean=output.mean.float(),
        log_variance=output.log_variance.float(),
    )
