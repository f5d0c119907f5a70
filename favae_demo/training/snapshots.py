"""Snapshots of a training: sample images above their reconstructions, as image files in the run folder."""

import numpy as np
import torch
from torch import Tensor

from favae_demo.config.train_config import TrainConfig
from favae_demo.data.io.images import save_png
from favae_demo.model.favae import to_map_size
from favae_demo.model.network import MethodNetwork
from favae_demo.teacher.teacher import Teacher
from favae_demo.training.batches import TrainingBatch
from favae_demo.training.events import Snapshot
from favae_demo.training.run_folder import RunFolder
from favae_demo.training.state import Progress
from favae_demo.training.views import prepare_images, to_float, to_tensor

SNAPSHOT_IMAGES = 6


@torch.no_grad()
def sample_batch(
    images: np.ndarray,
    config: TrainConfig,
    reference: np.ndarray | None,
    teacher: Teacher | None,
    device: torch.device | str,
) -> TrainingBatch:
    """Converts sample images N×H×W×3 uint8 to the model's input, with the teacher's features if its encoder takes them."""
    x = to_float(to_tensor(prepare_images(images, config, reference)), device)
    features = teacher.features(x) if teacher is not None and config.encoder == "features" else []
    return TrainingBatch(to_map_size(x), features)


@torch.no_grad()
def write_snapshot(
    kind: str, samples: TrainingBatch, model: MethodNetwork, progress: Progress, folder: RunFolder
) -> Snapshot:
    """Writes one image, the samples in the upper row and their reconstructions in the lower one; returns its event."""
    output = model.eval()(samples.images, samples.features)
    rows = [np.concatenate(list(_to_bytes(row)), axis=1) for row in (samples.images, output.image)]
    path = f"snapshots/epoch-{progress.epoch:05d}-{kind.replace(' ', '-')}.png"
    save_png(folder.path / path, np.concatenate(rows, axis=0))
    return Snapshot(progress.epoch, progress.step, kind, path)


def _to_bytes(images: Tensor) -> np.ndarray:
    return images.mul(255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
