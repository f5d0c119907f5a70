"""Fitting a method that takes no steps: one pass over the features of all good images of the training."""

import json
from collections.abc import Generator
from dataclasses import asdict

import torch

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.device import images_per_pass
from favae_demo.model.network import MethodNetwork
from favae_demo.model.networks import build_network
from favae_demo.teacher.teacher import Teacher
from favae_demo.training.events import Event, Preparing, Started
from favae_demo.training.feature_bank import fit_standardisation
from favae_demo.training.run_folder import RunFolder
from favae_demo.training.state import Clock, Progress, save_tensors
from favae_demo.training.views import Split, prepare_images, to_float, to_tensor


@torch.no_grad()
def fit(
    config: TrainConfig,
    category: str,
    split: Split,
    teacher: Teacher | None,
    folder: RunFolder,
    *,
    device: torch.device | str = "cpu",
) -> Generator[Event, None, str]:
    """Fits a network to the good images of a training, and writes it to `folder.best`; a run that was interrupted begins anew.

    The arguments are those of `loop.train`.

    Returns:
        Why it ended: `fitted`.
    """
    clock = Clock()
    folder.rewind(0)
    yield Started(
        category, config.teacher, config.preset, len(split.train), len(split.held_out), len(split.train), 0
    )
    network = build_network(config, teacher.channels if teacher else ()).to(device)
    if teacher is not None and (config.standardise or network.observes):
        images = to_tensor(prepare_images(split.train, config, split.reference))
        teacher.to(device)
        fit_standardisation(teacher, images if config.standardise else None, device)
        done = 0
        for part in images.split(images_per_pass(*images.shape[2:])) if network.observes else ():
            network.observe(teacher.features(to_float(part, device)))
            done += len(part)
            yield Preparing("features", done, len(images))
    network.fit()
    save_best(folder, network, teacher)
    save_tensors(folder.last, {}, {"progress": json.dumps(asdict(Progress(seconds=clock.seconds)))})
    return "fitted"


def save_best(folder: RunFolder, network: MethodNetwork, teacher: Teacher | None) -> None:
    """Writes the weights of a network and the teacher's standardisation to `folder.best`."""
    tensors = {f"model.{name}": value for name, value in network.state_dict().items()}
    if teacher is not None:
        tensors |= {f"teacher.{name}": value for name, value in teacher.standardisation().items()}
    save_tensors(folder.best, tensors)
