"""Room on the disk: how much there is, whether it is enough, and sizes in words."""

import shutil
from pathlib import Path

from favae_demo.errors import DataError

SPARE_BYTES = 200 << 20  # left free: a full disk takes more down than this app


def free_bytes(folder: Path) -> int:
    """Bytes that may still be written to the disk of a folder, which need not exist yet."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return max(0, shutil.disk_usage(there).free - SPARE_BYTES)


def check_space(needs: dict[Path, int]) -> None:
    """Checks that the disks have room.

    Args:
        needs: Bytes to be written by folder; folders on one disk are added up.

    Raises:
        DataError: One has not; the sentence names both sizes.
    """
    disks: dict[int, int] = {}
    for folder, needed in needs.items():
        there = next(path for path in (folder, *folder.parents) if path.exists())
        disk = there.stat().st_dev
        disks[disk] = disks.get(disk, 0) + needed
        free = free_bytes(there)
        if disks[disk] > free:
            raise DataError(
                f"There is not enough room: about {size_text(disks[disk])} are needed and {size_text(free)} are free "
                f"on the disk of {str(folder)!r}."
            )


def size_text(count: float) -> str:
    """A size in words, as `148 MB`."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(count / 1e6, 0.1 if count else 0):.3g} MB"
