"""Visitors' files are deleted on a schedule: uploads, pictures of answers, saved results, small pictures.

Instead of Gradio's `delete_cache`, which leaves its folders behind, forgets what a killed server left, knows no limit of size,
and ends for good with the first file that another program holds open.
"""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio.to_thread

from favae_demo.core.settings import Settings

SECONDS = 300.0  # between two sweeps
HOUR, DAY = 3600.0, 24 * 3600.0
MOST_BYTES = 4 << 30
FRESH = 600.0  # an empty folder younger than this may be about to be filled
_log = logging.getLogger(__name__)


@asynccontextmanager
async def swept(app: Any, settings: Settings) -> AsyncIterator[None]:
    """Sweeps while the server runs. For Gradio's `lifespan`, whose end nobody can rely on: it waits for the last visitor to go."""
    work = asyncio.create_task(_forever(app, settings))
    try:
        yield
    finally:
        work.cancel()


def forget(page: Any) -> None:
    """Removes all files that a page's server holds for visitors, with their folders; for the server's end.

    Args:
        page: The `gradio.Blocks`. Another server's files beside them stay.
    """
    files = {Path(file) for known in page.temp_file_sets for file in list(known)}
    _remove(files)
    for folder in {file.parent for file in files}:
        with contextlib.suppress(OSError):  # not empty
            folder.rmdir()


async def _forever(app: Any, settings: Settings) -> None:
    while True:
        try:
            await anyio.to_thread.run_sync(sweep_all, app, settings)
        except Exception:  # a mistake of one sweep must not be the end of all
            _log.exception("visitors' files could not be swept")
        await asyncio.sleep(SECONDS)


def sweep_all(app: Any, settings: Settings) -> None:
    """One sweep through every folder that holds something of visitors."""
    sweep(Path(app.uploaded_file_dir), HOUR)
    sweep(settings.cache_dir / "results", DAY)
    sweep(settings.cache_dir / "thumbnails", DAY)
    for known in app.get_blocks().temp_file_sets:  # Gradio's own lists would grow for ever
        known.difference_update([file for file in list(known) if not os.path.lexists(file)])


def sweep(folder: Path, seconds: float, most_bytes: int = MOST_BYTES) -> None:
    """Removes files that are older, the oldest ones above a size in total, and folders that are empty.

    Args:
        folder: Where; it stays itself, and need not be there.
        seconds: How long a file is kept.
        most_bytes: How much is kept at most.
    """
    files, folders = _inside(folder)
    keep, total = time.time() - seconds, 0
    for stamp, size, path in sorted(files, reverse=True):  # the newest first
        total += size
        if stamp < keep or total > most_bytes:
            _remove([path])
    for path in folders:  # the innermost first
        with contextlib.suppress(OSError):  # not empty
            if path.stat().st_mtime < time.time() - FRESH:
                path.rmdir()


def _inside(folder: Path) -> tuple[list[tuple[float, int, Path]], list[Path]]:
    """Files as (time, size, path) and folders, the innermost first; links count as files and are never followed."""
    files, folders = [], []
    for place, below, names in os.walk(folder, topdown=False):
        linked = [name for name in below if os.path.islink(os.path.join(place, name))]
        for path in (Path(place, name) for name in (*names, *linked)):
            with contextlib.suppress(OSError):
                about = path.lstat()
                files.append((about.st_ctime, about.st_size, path))
        folders += [Path(place, name) for name in below if name not in linked]
    return files, folders


def _remove(paths: Iterable[Any]) -> None:
    for path in paths:
        # Gone, or held open by another program: the next sweep tries again.
        with contextlib.suppress(OSError):
            os.remove(path)
