"""Settings of a training that takes a second or two on the generated `widget`."""

from dataclasses import replace

from favae_demo.config.presets import make_config
from favae_demo.config.train_config import TrainConfig

SMALL = {"width": 0.05, "latent": 8, "views": 0, "batch_size": 4, "weight_average": 0.0}


def small_config(**changes: object) -> TrainConfig:
    """Returns the preset `quick` of a plain VAE with a small network and two epochs; `changes` override its fields."""
    return replace(make_config("quick", "widget", teacher="none"), **(SMALL | {"epochs": 2} | changes))
