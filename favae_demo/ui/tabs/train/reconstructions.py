"""Strips of images that show how the reconstructions improve during a run."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from favae_demo.core.errors import FavaeError
from favae_demo.data.io.images import decode
from favae_demo.runs import manager
from favae_demo.training.events import Snapshot
from favae_demo.ui import text
from favae_demo.ui.components.strip import CaptionedImage, image_data_url, strip_html
from favae_demo.ui.tabs.train.loss_curves import subsample

MAX_ROWS = 4  # largest number of rows of reconstructions


def reconstructions_html(view: manager.RunView, folder: Path) -> str:
    """Returns HTML with the original images and, below them, their reconstructions after several epochs; one block for each kind of image.

    Args:
        view: The run.
        folder: Its run folder, which contains the snapshots.
    """
    snapshots = [snapshot for snapshot in view.all(Snapshot) if (folder / snapshot.path).is_file()]
    kinds = dict.fromkeys(snapshot.kind for snapshot in snapshots)
    blocks = (_block(kind, [item for item in snapshots if item.kind == kind], folder) for kind in kinds)
    return f'<div class="side-by-side">{"".join(blocks)}</div>' if kinds else ""


def _block(kind: str, snapshots: Sequence[Snapshot], folder: Path) -> str:
    images: list[CaptionedImage] = []
    for snapshot in subsample(snapshots, MAX_ROWS):
        try:
            sheet = decode(folder / snapshot.path)
        except FavaeError:  # the run was deleted in the meantime
            continue
        originals, reconstructions = np.split(sheet, 2)
        if not images:
            images.append(CaptionedImage(image_data_url(originals), text.train.REBUILT_ORIGINAL))
        caption = text.train.REBUILT_ROUND.format(epoch=snapshot.epoch)
        images.append(CaptionedImage(image_data_url(reconstructions), caption))
    return strip_html(
        text.train.REBUILT.format(kind=text.sentences.translate(kind)),
        images,
        [text.train.REBUILT_NOTE],
        "rows",
    )
