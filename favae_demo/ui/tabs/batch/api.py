"""The named endpoint `batch`: many pictures at once for a program."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from favae_demo.core.errors import CheckpointError, ConfigError, ImageError
from favae_demo.data.io.image_stream import images
from favae_demo.detection.batch.folder import BatchFolder
from favae_demo.detection.batch.judge import Scale, judge
from favae_demo.detection.batch.table import counts, record, write_csv
from favae_demo.ui import text
from favae_demo.ui.services import Services


def run_batch(
    services: Services, files: Sequence[str] | None, category: str, teacher: str, rate: float
) -> tuple[dict[str, Any], str]:
    """Judges pictures and archives with the newest model of a category and teacher.

    Args:
        services: The core.
        files: Paths of pictures and archives.
        category: Kind of part.
        teacher: `none`, `vgg16`, `vgg19`, `efficientnet-lite0`, `efficientnet-b0`, `resnet18` or `wide-resnet50-2`.
        rate: False-alarm rate, in (0, 1).

    Returns:
        (rows with counts and limit, path of the same as CSV).

    Raises:
        FavaeError: Nothing is given, there is no such model, or the rate is out of its range.
    """
    if not 0 < rate < 1:
        raise ConfigError("The false-alarm rate must be between 0 and 1, as in 0.05.")
    if not files:
        raise ImageError(text.batch.CHOOSE)
    model = services.registry.newest(category, teacher)
    if model is None:
        raise CheckpointError(text.page.NO_MODEL)
    services.registry.await_weights(model.path)
    detector, settings = services.registry.detector(model.path), services.settings
    scale = Scale.of(detector, [rate])
    given = images([Path(file) for file in files])
    rows = [judged.row for judged in judge(detector, scale, given, max_pixels=settings.max_pixels)]
    answers = scale.answers(rows, rate)
    path = BatchFolder.new(settings.cache_dir / "results").path / "results.csv"
    write_csv(path, answers)
    found = {
        "limit": scale.thresholds[0],
        "counts": counts(answers),
        "rows": [record(one) for one in answers],
    }
    return found, str(path)
