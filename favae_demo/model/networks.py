"""The network of each method."""

from collections.abc import Sequence

from favae_demo.config.train_config import TrainConfig
from favae_demo.model.anogan import AnoGan
from favae_demo.model.autoencoder import AutoEncoder, SsimAutoEncoder
from favae_demo.model.dagmm import Dagmm
from favae_demo.model.deep_svdd import DeepSvdd
from favae_demo.model.favae import Favae
from favae_demo.model.network import MethodNetwork
from favae_demo.model.padim import Padim
from favae_demo.model.patchcore import PatchCore

NETWORKS: dict[str, type[MethodNetwork]] = {
    "favae": Favae,
    "ae": AutoEncoder,
    "ae-ssim": SsimAutoEncoder,
    "deep-svdd": DeepSvdd,
    "anogan": AnoGan,
    "dagmm": Dagmm,
    "padim": Padim,
    "patchcore": PatchCore,
}


def build_network(config: TrainConfig, teacher_channels: Sequence[int]) -> MethodNetwork:
    """Returns the network that a training's settings describe, with random weights."""
    return NETWORKS[config.method].from_config(config, teacher_channels)
