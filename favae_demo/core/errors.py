"""Errors whose message is a sentence that a non-programmer can act on.

The command line prints the message and exits with status 2; the app shows it on screen. Any other exception is a bug and is reported as
such.
"""

from typing import Any


class FavaeError(Exception):
    """Base class of all errors whose message is meant for the user."""


class PartialFailureError(FavaeError):
    """Some tasks of a command failed; the others are done.

    Attributes:
        result: The command's result for the tasks that are done, JSON-serialisable.
    """

    def __init__(self, message: str, result: dict[str, Any]):
        super().__init__(message)
        self.result = result


class ImageError(FavaeError):
    """An image cannot be decoded, or is refused (too large, not an image)."""


class DataError(FavaeError):
    """A dataset is missing, incomplete or cannot be stored."""


class PlanError(DataError):
    """A plan to add data leaves open what some pictures are.

    Attributes:
        pattern: A row of the plan whose role answers it.
        role: A role that may be meant.
    """

    def __init__(self, message: str, pattern: str, role: str):
        super().__init__(message)
        self.pattern, self.role = pattern, role


class DownloadError(FavaeError):
    """A file could not be downloaded, or is not the expected one."""


class CancelledError(DownloadError):
    """The user cancelled the operation."""


class WeightsError(FavaeError):
    """A teacher's weights are missing, damaged or cannot be downloaded."""


class WeightsPendingError(WeightsError):
    """A teacher's weights are being downloaded; the same call succeeds once that is done."""


class CheckpointError(FavaeError):
    """A trained model cannot be loaded, or does not match its teacher."""


class ConfigError(FavaeError):
    """A setting has a value that is not allowed."""


class TrainingError(FavaeError):
    """A training cannot start or continue."""
