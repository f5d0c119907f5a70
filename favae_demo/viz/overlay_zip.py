"""A ZIP of overlays, written to disk image by image."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import cv2
import numpy as np

from favae_demo.core.files import atomic_path
from favae_demo.scoring.detection import Detection
from favae_demo.viz.overlay import overlay

_QUALITY = (cv2.IMWRITE_JPEG_QUALITY, 88)
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\\\x00-\x1f]')  # what Windows refuses


def write_overlays(path: Path, answers: Iterable[Detection]) -> Iterator[int]:
    """Writes one JPEG an answer, in the folders that its name speaks of; yields how many are written.

    The file is there once the iterator has ended; if it is given up before, nothing stays.

    Args:
        path: The ZIP file.
        answers: Named answers, drawn one at a time.
    """
    taken: set[str] = set()
    with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
        for count, found in enumerate(answers, start=1):
            archive.writestr(entry_name(found.name, taken), jpeg(overlay(found)))
            yield count


def jpeg(image: np.ndarray) -> bytes:
    """An H×W×3 uint8 RGB image as JPEG, in a quality in which outlines stay clean."""
    return cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), _QUALITY)[1].tobytes()


def entry_name(name: str, taken: set[str]) -> str:
    """A path inside the ZIP for an image: its own with the ending of a JPEG, and a number where that is taken.

    Args:
        name: The image's name, perhaps with folders.
        taken: Names in small letters that are in use; the new one is added.
    """
    parts = [_NOT_IN_NAMES.sub("_", part) for part in PurePosixPath(name).parts if part not in ("/", "..")]
    path = PurePosixPath(*(parts or ["picture"]))
    stem, number = path.with_suffix("") if path.suffix else path, 1
    new = f"{stem}.jpg"
    while new.lower() in taken:
        number += 1
        new = f"{stem} ({number}).jpg"
    taken.add(new.lower())
    return new
