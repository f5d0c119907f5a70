"""Room on the disk: how much there is, whether it is enough, and sizes in words."""

import shutil
from pathlib import Path

from favae_demo.core.errors import DataError

SPARE_BYTES = 200 << 20  # left free: a full disk takes more down than this app


def free_bytes(folder: Path) -> int:
    """Bytes that may still be written to the disk of a folder, which need not exist yet."""
    return max(0, shutil.disk_usage(_there(folder)).free - SPARE_BYTES)


def check_space(needs: dict[Path, int]) -> None:
    """Checks that the disks have room.

    Args:
        needs: Bytes to be written by folder; folders on one disk are added up.

    Raises:
        DataError: One has not; the sentence names both sizes.
    """
    disks: dict[int, tuple[Path, int]] = {}
    for folder, needed in needs.items():
        disk = _there(folder).stat().st_dev
        disks[disk] = folder, needed + disks.get(disk, (folder, 0))[1]
    for folder, needed in disks.values():
        free = free_bytes(folder)
        if needed > free:
            raise DataError(
                f"There is not enough room: about {size_text(needed)} are needed and {size_text(free)} are free "
                f"on the disk of {str(folder)!r}."
            )


def _there(folder: Path) -> Path:
    """The folder, or the nearest one above that exists."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def size_text(count: float) -> str:
    """A size in words, as `148 MB`."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(count / 1e6, 0.1 if count else 0):.3g} MB"
