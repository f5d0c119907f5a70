"""Errors whose text is a sentence that a non-programmer can act on.

The command line prints that sentence and exits with 2; the app shows it on screen. Anything else that is
raised is a bug and is shown as one.
"""

from typing import Any


class FavaeError(Exception):
    """Base of all errors that are meant to be read by the user."""


class PartialFailureError(FavaeError):
    """Some of many tasks failed; the others are done.

    Attributes:
        result: What the command has to tell all the same, ready for JSON.
    """

    def __init__(self, sentence: str, result: dict[str, Any]):
        super().__init__(sentence)
        self.result = result


class ImageError(FavaeError):
    """An image cannot be read, or must not be (too large, not an image)."""


class DataError(FavaeError):
    """A dataset folder lacks what is needed."""


class DownloadError(FavaeError):
    """A file could not be fetched, or is not the one expected."""


class CancelledError(DownloadError):
    """The user stopped what was under way."""


class WeightsError(FavaeError):
    """A teacher's weights are missing, damaged or not reachable."""


class WeightsPendingError(WeightsError):
    """A teacher's weights are being fetched; the same call works once they are here."""


class CheckpointError(FavaeError):
    """A trained model cannot be loaded or does not fit its teacher."""


class ConfigError(FavaeError):
    """A setting is out of its range."""


class TrainingError(FavaeError):
    """A training cannot start or go on."""
