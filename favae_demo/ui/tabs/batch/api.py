"""The named endpoint `batch`: judges many images in one call."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from favae_demo.core.errors import CheckpointError, ImageError
from favae_demo.core.held_files import hold
from favae_demo.data.io.image_stream import images
from favae_demo.detection.batch.folder import BatchFolder
from favae_demo.detection.batch.judge import Scale, judge
from favae_demo.detection.batch.table import counts, record, write_csv
from favae_demo.scoring.thresholds import check_rate
from favae_demo.ui import text
from favae_demo.ui.services import Services


def run_batch(
    services: Services, files: Sequence[str] | None, category: str, teacher: str, rate: float
) -> tuple[dict[str, Any], str]:
    """Judges images and archives of images with the newest model of a category and teacher.

    Args:
        services: The core.
        files: Paths of images and archives.
        category: Name of the category.
        teacher: `none`, `vgg16`, `vgg19`, `efficientnet-lite0`, `efficientnet-b0`, `resnet18` or `wide-resnet50-2`.
        rate: False-alarm rate, in (0, 1).

    Returns:
        The rows with counts and threshold as a mapping for JSON, and the path of the rows as CSV.

    Raises:
        FavaeError: No file is given, there is no such model, or the rate is out of range.
    """
    check_rate(rate)
    if not files:
        raise ImageError(text.batch.CHOOSE)
    model = services.registry.newest(category, teacher)
    if model is None:
        raise CheckpointError(text.page.NO_MODEL)
    services.registry.await_weights(model.path)
    detector, settings = services.registry.detector(model.path), services.settings
    scale = Scale.of(detector, [rate])
    paths = [Path(file) for file in files]
    with hold(paths):
        judged = judge(detector, scale, images(paths), max_pixels=settings.max_pixels)
        rows = [one.row for one in judged]
    answers = scale.answers(rows, rate)
    path = BatchFolder.new(settings.cache_dir / "results").path / "results.csv"
    write_csv(path, answers)
    result = {
        "limit": scale.thresholds[0],
        "limit_supported": scale.support[0].is_enough,
        "good_pictures_missing": scale.support[0].missing,
        "counts": counts(answers),
        "rows": [record(answer) for answer in answers],
    }
    return result, str(path)
