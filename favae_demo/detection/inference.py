"""Runs an engine on images in the pose of the training, and moves what it gives back to the images as they are."""

import numpy as np

from favae_demo.config.train_config import TrainConfig
from favae_demo.data.transforms.pose import images_from_pose, maps_from_pose, to_pose
from favae_demo.detection.engines import Engine


def run_engine(
    engine: Engine, images: np.ndarray, config: TrainConfig, reference: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Runs an engine as `Engine.run`, in the pose of the training; maps and reconstructions are moved back to the original images.

    Args:
        engine: Runs the networks.
        images: N×H×W×3 uint8 RGB, of the settings' shape.
        config: Settings of the training.
        reference: Mean image by which the training's images were registered; None if they were not.
    """
    posed, motions = to_pose(images, upright=config.align, reference=reference)
    maps, rebuilt = engine.run(posed)
    if motions is not None:
        maps_from_pose(maps, motions, images.shape[1:3], upright=config.align)
        images_from_pose(rebuilt, motions, images)
    return maps, rebuilt
