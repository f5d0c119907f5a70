#!/usr/bin/env bash
# torchmetrics takes scores outside [0, 1] for logits and applies a sigmoid before it ranks them. In float32 everything above
# 17 becomes 1, so the AUROC of an anomaly score from 20 to 90 is 0.5. It decides anew for every batch: a batch within
# [0, 1] stays as it is and is compared with squashed ones. There is no warning.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, torchmetrics 1.9.0, scikit-learn 1.9.1, torch 2.13.0+cpu
#   expected: AUROC 0.964 for scores of 20 to 90, and 1 where every defect scores higher than every good image
#   observed: 0.500 for scores of 20 to 90; 0.000 for a batch of good images in [0, 1] and one of defects above
source "$(dirname "$0")/lib.sh"
install_torch
install torchmetrics==1.9.0 scikit-learn==1.9.1 numpy==2.4.6

python <<'PY'
import torch
from sklearn.metrics import roc_auc_score
from torchmetrics.classification import BinaryAUROC

from finding import report


def auroc(batches):
    metric = BinaryAUROC()
    for scores, labels in batches:
        metric.update(scores, labels)
    return metric.compute().item()


scores = torch.cat([torch.linspace(20, 60, 50), torch.linspace(50, 90, 50)])
labels = torch.tensor([0] * 50 + [1] * 50)
good, defect = torch.linspace(0.8, 0.99, 10), torch.linspace(1.1, 1.3, 10)  # every defect scores higher
batches = [(good, torch.zeros(10, dtype=torch.int)), (defect, torch.ones(10, dtype=torch.int))]
high, mixed = auroc([(scores, labels)]), auroc(batches)
true = roc_auc_score(labels, scores)
report(
    "torchmetrics scikit-learn torch",
    f"AUROC {true:.3f} for scores of 20 to 90, and 1 where every defect scores higher than every good image",
    f"{high:.3f} for scores of 20 to 90; {mixed:.3f} for a batch of good images in [0, 1] and one of defects above",
    high == 0.5 and true > 0.9 and mixed < 0.5,
)
PY
