"""FAVAE Demo: visual anomaly detection with a feature-augmented variational autoencoder.

The names below are the public API. They are imported on first use, so that `import favae_demo` is quick and loads no PyTorch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from favae_demo.checkpoints.checkpoint import load_checkpoint
    from favae_demo.checkpoints.model_names import list_models
    from favae_demo.config.presets import make_config
    from favae_demo.config.train_config import TrainConfig
    from favae_demo.detection.detector import Detector
    from favae_demo.evaluation.protocol import evaluate
    from favae_demo.runs.train import train
    from favae_demo.scoring.detection import Detection

__version__ = "0.1.0"
__all__ = [
    "Detection",
    "Detector",
    "TrainConfig",
    "__version__",
    "evaluate",
    "list_models",
    "load_checkpoint",
    "make_config",
    "train",
]

_MODULES = {
    "Detection": "scoring.detection",
    "Detector": "detection.detector",
    "TrainConfig": "config.train_config",
    "evaluate": "evaluation.protocol",
    "list_models": "checkpoints.model_names",
    "load_checkpoint": "checkpoints.checkpoint",
    "make_config": "config.presets",
    "train": "runs.train",
}

if not TYPE_CHECKING:  # a type checker would accept any name

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
