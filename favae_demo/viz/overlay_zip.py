"""A ZIP file of overlays, written image by image."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import cv2
import numpy as np

from favae_demo.core.file_names import comparison_key, portable_name
from favae_demo.core.files import atomic_path
from favae_demo.scoring.detection import Detection
from favae_demo.viz.overlay import overlay

_QUALITY = (cv2.IMWRITE_JPEG_QUALITY, 88)
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\\\x00-\x1f]')  # not allowed on Windows


def write_overlays(path: Path, detections: Iterable[Detection]) -> Iterator[int]:
    """Writes one JPEG per detection, with the folders of its name; yields the number written so far.

    The file exists once the iterator is exhausted; if it is closed earlier, nothing remains.

    Args:
        path: The ZIP file.
        detections: Detections with names; they are drawn one at a time.
    """
    taken: set[str] = set()
    with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
        for count, detection in enumerate(detections, start=1):
            archive.writestr(entry_name(detection.name, taken), jpeg(overlay(detection)))
            yield count


def jpeg(image: np.ndarray) -> bytes:
    """Encodes an H×W×3 uint8 RGB image as JPEG, at a quality that keeps outlines sharp."""
    return cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), _QUALITY)[1].tobytes()


def entry_name(name: str, taken: set[str]) -> str:
    """Returns a path inside the ZIP for an image: its own with the suffix `.jpg`, and a number if it is already used.

    Args:
        name: Name of the image, possibly with folders.
        taken: Used paths, as from `comparison_key`; the new one is added.
    """
    parts = [
        portable_name(_NOT_IN_NAMES.sub("_", part))
        for part in PurePosixPath(name).parts
        if part not in ("/", "..")
    ]
    path = PurePosixPath(*(parts or ["picture"]))
    stem, number = path.with_suffix("") if path.suffix else path, 1
    new = f"{stem}.jpg"
    while comparison_key(new) in taken:
        number += 1
        new = f"{stem} ({number}).jpg"
    taken.add(comparison_key(new))
    return new
