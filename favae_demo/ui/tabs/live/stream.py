"""Starts the streams of the Live tab: what plays, and the detector that judges it."""

import random
from pathlib import Path
from typing import Any

import numpy as np

from favae_demo.core.errors import CheckpointError, DataError, ImageError
from favae_demo.data.io.formats import EXTENSIONS
from favae_demo.data.io.levels import TYPE_LEVELS, Levels
from favae_demo.detection.drift import usual_signals
from favae_demo.detection.frame_sources import CameraSource, FrameSource, ImagesSource, VideoSource
from favae_demo.ui import text
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.live.player import Player, Players


def start_stream(
    services: Services,
    players: Players,
    *,
    model: str | None,
    rate: float,
    hold: bool,
    **source_options: Any,
) -> str:
    """Starts a stream and returns its token.

    Args:
        services: The core.
        players: The streams of this server.
        model: Path of the checkpoint, or None.
        rate: False-alarm rate in percent.
        hold: Whether the stream stops at a defect until it is released.
        **source_options: Arguments of `make_source`.

    Raises:
        FavaeError: There is no model, its weights are not here yet, or the source cannot be played.
    """
    model = model or services.first_model(source_options["category"])
    if not model:
        raise CheckpointError(text.page.NO_MODEL)
    # Runs the detector once before the stream starts, so that missing weights are reported here.
    services.detect(model, np.zeros((64, 64, 3), np.uint8), rate / 100)
    source = make_source(services, levels=services.registry.levels(Path(model)), **source_options)
    # Most test pictures have defects, which is no change of camera or light.
    usual = (
        {} if source_options["source"] == "test" else usual_signals(services.registry.detector(Path(model)))
    )
    player = Player(
        source, lambda image, share: services.detect(model, image, share), rate / 100, usual=usual
    )
    player.stream.hold_on_defect = hold
    return players.start(player)


def make_source(
    services: Services,
    *,
    category: str,
    source: str,
    video: str | None,
    folder: list[str] | None,
    pace: float,
    levels: Levels = TYPE_LEVELS,
) -> FrameSource:
    """Returns the frames to play.

    Args:
        services: The core.
        category: Name of the category whose test images play.
        source: A key of `text.live.SOURCES`.
        video: Path of the uploaded video, or None.
        folder: Paths of the uploaded folder's files, or None.
        pace: Images a second, for images.
        levels: Black and white level of images with more than 8 bits.

    Raises:
        FavaeError: Nothing was uploaded, or it cannot be read.
    """
    max_pixels = services.settings.max_pixels
    if source == "camera":
        return CameraSource()
    if source == "video":
        if not video:
            raise ImageError(text.live.NO_VIDEO)
        return VideoSource(Path(video), max_pixels=max_pixels)
    paths = _folder_images(folder) if source == "folder" else _test_images(services, category)
    return ImagesSource(paths, pace, max_pixels=max_pixels, levels=levels)


def _test_images(services: Services, category: str) -> list[Path]:
    """Returns the test images, good and defective ones mixed as on a production line, each time in the same order."""
    paths = [sample.path for sample in services.browsed(category)]
    if not paths:
        raise DataError(text.live.NO_TESTS)
    random.Random(0).shuffle(paths)
    return paths


def _folder_images(files: list[str] | None) -> list[Path]:
    if not files:
        raise DataError(text.live.NO_FOLDER)
    paths = (Path(file) for file in files)
    return sorted(path for path in paths if path.suffix.lower() in EXTENSIONS)
