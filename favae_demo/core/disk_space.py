"""Free disk space, checks that it suffices, and sizes for display."""

import shutil
from pathlib import Path

from favae_demo.core.errors import DataError

SPARE_BYTES = 200 << 20  # always left free: a full disk also stops other programs


def free_bytes(folder: Path) -> int:
    """Returns the number of bytes that may still be written to the disk of a folder, which need not exist."""
    return max(0, shutil.disk_usage(_existing_parent(folder)).free - SPARE_BYTES)


def check_space(needs: dict[Path, int]) -> None:
    """Checks that there is enough free space.

    Args:
        needs: Bytes to be written, by folder. The sizes of folders on the same disk are added.

    Raises:
        DataError: A disk has too little free space; the message states the needed and the free size.
    """
    disks: dict[int, tuple[Path, int]] = {}
    for folder, needed in needs.items():
        disk = _existing_parent(folder).stat().st_dev
        disks[disk] = folder, needed + disks.get(disk, (folder, 0))[1]
    for folder, needed in disks.values():
        free = free_bytes(folder)
        if needed > free:
            raise DataError(
                f"There is not enough room: about {size_text(needed)} are needed and {size_text(free)} are free "
                f"on the disk of {str(folder)!r}."
            )


def _existing_parent(folder: Path) -> Path:
    """Returns the folder itself, or its nearest parent that exists."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def size_text(count: float) -> str:
    """Returns a size in bytes for display, as in `148 MB`."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(count / 1e6, 0.1 if count else 0):.3g} MB"
