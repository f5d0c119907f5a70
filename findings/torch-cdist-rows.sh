#!/usr/bin/env bash
# torch.cdist computes distances exactly for up to 25 rows and by a matrix product above. With 26 rows the distance of a row
# to itself is no longer 0, so that a nearest-neighbour score depends on how many images are scored together.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, torch 2.13.0+cpu
#   expected: 0 as the distance of every row to itself
#   observed: largest distance of a row to itself: {25: 0.0, 26: 0.1530931144952774}; 26 rows without a matrix product: 0.0
source "$(dirname "$0")/lib.sh"
install_torch
install numpy==2.4.6

python <<'PY'
import torch

from finding import report

torch.manual_seed(0)
features = torch.randn(26, 512) + 10  # activations that are not centred
selves = {rows: torch.cdist(features[:rows], features[:rows]).diagonal().max().item() for rows in (25, 26)}
exact = torch.cdist(features, features, compute_mode="donot_use_mm_for_euclid_dist").diagonal().max().item()
report(
    "torch",
    "0 as the distance of every row to itself",
    f"largest distance of a row to itself: {selves}; 26 rows without a matrix product: {exact}",
    selves[25] == 0 and selves[26] > 0.01 and exact == 0,
)
PY
