"""What the named endpoint `results` does, without the page."""

from dataclasses import asdict
from typing import Any

from favae_demo.core.errors import CheckpointError, DataError
from favae_demo.evaluation import operating_point
from favae_demo.scoring.thresholds import check_rate
from favae_demo.ui import text
from favae_demo.ui.components.measurement import measure
from favae_demo.ui.services import Services


def category_results(services: Services, category: str, teacher: str, rate: float) -> dict[str, Any]:
    """Returns the figures of the newest model of a category and teacher, and its verdicts at a false-alarm rate.

    A model that is not measured yet is measured first.

    Args:
        services: The core.
        category: Kind of part.
        teacher: `none`, `vgg16`, `vgg19`, `efficientnet-lite0`, `efficientnet-b0`, `resnet18` or `wide-resnet50-2`.
        rate: False-alarm rate, in (0, 1).

    Returns:
        What `evaluate --json` gives, with `rate`, `limit`, `limit_supported`, `confusion` and `by_kind`.

    Raises:
        CheckpointError: There is no such model.
        ConfigError: The rate is not between 0 and 1.
        DataError: There are no test images.
    """
    check_rate(rate)
    model, data = services.registry.newest(category, teacher), services.category(category)
    if model is None:
        raise CheckpointError(text.page.NO_MODEL)
    if data is None or not data.test:
        raise DataError(text.results.NO_TESTS)
    measured, config = measure(services, model, data), model.card.config
    threshold = model.card.good_scores.threshold(rate)
    about = {"category": category, "teacher": teacher, "preset": config.preset, "seed": config.seed}
    counts = {"n_good": measured.n_good, "n_defect": measured.n_defect, "reasons": measured.reasons}
    return (
        about
        | measured.figures
        | counts
        | {
            "seconds": round(measured.seconds, 2),
            "rate": rate,
            "limit": threshold.value,
            "limit_supported": threshold.supported,
            "good_pictures_missing": threshold.support.missing,
            "confusion": asdict(operating_point.confusion(measured, threshold.value)),
            "by_kind": [asdict(row) for row in operating_point.by_kind(measured, threshold.value)],
        }
    )
