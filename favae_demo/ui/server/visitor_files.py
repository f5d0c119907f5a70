"""Deletes visitors' files on a schedule: uploads, images of answers, saved results and thumbnails.

Stands in for Gradio's `delete_cache`, which leaves its folders behind, does not know the files of an earlier server that was
killed, has no limit of size, and stops for good at the first file that another program holds open.
"""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio.to_thread
import gradio as gr
from gradio.routes import App

from favae_demo.core.held_files import is_held, mark_used
from favae_demo.core.settings import Settings
from favae_demo.runs.retention import expire_runs

INTERVAL = 300.0  # seconds between two clean-ups
HOUR, DAY = 3600.0, 24 * 3600.0
MAX_BYTES = 4 << 30
MIN_FOLDER_AGE = 600.0  # seconds; an empty folder younger than this may be about to receive an upload
_log = logging.getLogger(__name__)


@asynccontextmanager
async def cleanup_lifespan(app: App, settings: Settings) -> AsyncIterator[None]:
    """Cleans up while the server runs; to be passed as `lifespan` to Gradio's app.

    Nothing may depend on the end of this context: the server reaches it only after the last visitor has left.

    Args:
        app: Gradio's web app.
        settings: Folders.
    """
    task = asyncio.create_task(_clean_forever(app, settings))
    try:
        yield
    finally:
        task.cancel()


def delete_session_files(page: gr.Blocks) -> None:
    """Deletes all files that this page's server holds for visitors, and their folders; called when the server ends.

    Args:
        page: The page. Files of another server in the same folders stay.
    """
    files = {Path(file) for tracked in page.temp_file_sets for file in list(tracked)}
    _delete(files)
    for folder in {file.parent for file in files}:
        with contextlib.suppress(OSError):  # not empty
            folder.rmdir()


async def _clean_forever(app: App, settings: Settings) -> None:
    while True:
        try:
            await anyio.to_thread.run_sync(clean_up, app, settings)
        except Exception:  # an error in one clean-up must not prevent the next
            _log.exception("visitors' files could not be deleted")
        await asyncio.sleep(INTERVAL)


def clean_up(app: App, settings: Settings) -> None:
    """Deletes the expired files of every folder that holds visitors' files, and expired trainings.

    Args:
        app: Gradio's web app, whose upload folder and lists of files are cleaned.
        settings: Folders.
    """
    delete_expired(Path(app.uploaded_file_dir), HOUR)
    delete_expired(settings.cache_dir / "results", DAY)
    delete_expired(settings.cache_dir / "thumbnails", DAY)
    expire_runs(settings)
    for tracked in app.get_blocks().temp_file_sets:  # Gradio never shortens these sets
        tracked.difference_update([file for file in list(tracked) if not os.path.lexists(file)])


def delete_expired(folder: Path, seconds: float, max_bytes: int = MAX_BYTES) -> None:
    """Deletes files that are too old, then the oldest ones above a total size, and empty folders; files that are held stay.

    Args:
        folder: Where to delete; the folder itself stays, and need not exist.
        seconds: Age above which a file is deleted.
        max_bytes: Total size of the files that may stay.
    """
    files, folders = _walk(folder)
    oldest, total = time.time() - seconds, 0
    for stamp, size, path in sorted(files, reverse=True):  # the newest first
        total += size
        if is_held(path):
            mark_used(path)
        elif stamp < oldest or total > max_bytes:
            _delete([path])
    for path in folders:  # the innermost first
        with contextlib.suppress(OSError):  # not empty
            if path.stat().st_mtime < time.time() - MIN_FOLDER_AGE:
                path.rmdir()


def _walk(folder: Path) -> tuple[list[tuple[float, int, Path]], list[Path]]:
    """Returns files as (time of last change, bytes, path), and folders, the innermost first.

    Symbolic links count as files and are never followed.
    """
    files, folders = [], []
    for root, subfolders, names in os.walk(folder, topdown=False):
        links = [name for name in subfolders if Path(root, name).is_symlink()]
        for path in (Path(root, name) for name in (*names, *links)):
            with contextlib.suppress(OSError):
                stat = path.lstat()
                files.append((stat.st_ctime, stat.st_size, path))
        folders += [Path(root, name) for name in subfolders if name not in links]
    return files, folders


def _delete(paths: Iterable[Path]) -> None:
    for path in paths:
        # Gone already, or held open by another program: the next clean-up tries again.
        with contextlib.suppress(OSError):
            path.unlink()
