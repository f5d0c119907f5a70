#!/usr/bin/env bash
# A training is resumed from a file: safetensors stores tensors contiguously, so the moments of Adam come back in another memory layout than the
# channels-last weights. Adam with fused=True on the CPU then pairs each weight with the moment of another one, without a word; plain Adam
# updates rightly.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, torch 2.13.0+cpu, safetensors 0.8.0
#   expected: a resumed training makes the steps of an uninterrupted one, with both
#   observed: largest difference of a weight after three steps of 0.01: {'plain': 0.0, 'fused': 0.037}
source "$(dirname "$0")/lib.sh"
install_torch
install numpy==2.4.6 safetensors==0.8.0

python <<'PY'
import torch
from safetensors.torch import load, save

from finding import report


def trained(fused: bool, resumed: bool) -> torch.Tensor:
    torch.manual_seed(0)
    layer = torch.nn.Conv2d(4, 8, 3).to(memory_format=torch.channels_last)
    gradients = [
        torch.randn_like(layer.weight, memory_format=torch.preserve_format) for _ in range(6)
    ]
    optimiser = torch.optim.Adam([layer.weight], lr=0.01, fused=fused)
    for step, gradient in enumerate(gradients):
        if step == 3 and resumed:
            state = optimiser.state_dict()
            slots = {name: value.contiguous() for name, value in state["state"][0].items()}
            state["state"] = {0: load(save(slots))}
            optimiser = torch.optim.Adam([layer.weight], lr=0.01, fused=fused)
            optimiser.load_state_dict(state)
        layer.weight.grad = gradient
        optimiser.step()
    return layer.weight.detach()


off = {
    name: round(float((trained(fused, True) - trained(fused, False)).abs().max()), 3)
    for name, fused in (("plain", False), ("fused", True))
}
report(
    "torch safetensors",
    "a resumed training makes the steps of an uninterrupted one, with both",
    f"largest difference of a weight after three steps of 0.01: {off}",
    off["plain"] == 0 and off["fused"] > 0.01,
)
PY
