"""Whether a training needs pictures that somebody wants to delete."""

from favae_demo.errors import DataError
from favae_demo.settings import Settings
from favae_demo.training import job


def check_unused(category: str, settings: Settings) -> None:
    """Checks that no training is reading a category.

    Raises:
        DataError: One is.
    """
    run = job.find_running(settings)
    if run is not None and job.info(run, settings).category == category:
        raise DataError(
            f"A training is using {category!r} just now; stop it, or wait until it is done, and try again."
        )
