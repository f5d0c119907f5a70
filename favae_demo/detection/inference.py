"""Runs an engine on images as the settings of its model ask for: aligned first, or as they are."""

import numpy as np

from favae_demo.config.train_config import TrainConfig
from favae_demo.data.io.images import resize
from favae_demo.data.transforms.alignment import align, put_back
from favae_demo.detection.engines import Engine

BATCH = 16


def run_engine(engine: Engine, images: np.ndarray, config: TrainConfig) -> tuple[np.ndarray, np.ndarray]:
    """Runs an engine as `Engine.run`; if the settings align the parts, maps and reconstructions are moved back to the original images."""
    if not config.align:
        return engine.run(images)
    upright, motions = align(list(images))
    maps, rebuilt = engine.run(upright)
    side = images.shape[1]
    for i, motion in enumerate(motions):
        maps[i] = [put_back(term_map, motion, side) for term_map in maps[i]]
        rebuilt[i] = put_back(rebuilt[i], motion, side, resize(images[i], rebuilt.shape[1]))
    return maps, rebuilt


def batches(images: np.ndarray) -> list[np.ndarray]:
    """Splits images into batches of at most `BATCH`, in order."""
    return [images[i : i + BATCH] for i in range(0, len(images), BATCH)]
