"""Old trainings are deleted where the host has said so, and on every host that strangers visit."""

import contextlib
import logging
import time

from favae_demo.core.errors import TrainingError
from favae_demo.core.settings import Settings
from favae_demo.runs import manager
from favae_demo.training.run_folder import RunFolder

DAY = 24 * 3600.0  # seconds
_log = logging.getLogger(__name__)


def expire_runs(settings: Settings) -> list[str]:
    """Deletes ended trainings that are older than `keep_days`, and the oldest above `most_runs`; returns their names."""
    if not settings.keep_days and not settings.most_runs:
        return []
    oldest = time.time() - settings.keep_days * DAY if settings.keep_days else 0.0
    changed = {run: _last_change(RunFolder(settings.runs_dir / run)) for run in manager.list_runs(settings)}
    deleted = []
    for place, run in enumerate(sorted(changed, key=changed.__getitem__, reverse=True)):
        is_surplus = bool(settings.most_runs) and place >= settings.most_runs
        if not is_surplus and changed[run] >= oldest:
            continue
        with contextlib.suppress(TrainingError):  # it is running, or gone meanwhile
            manager.delete(run, settings)
            deleted.append(run)
    if deleted:
        _log.info("deleted %d old trainings", len(deleted))
    return deleted


def _last_change(folder: RunFolder) -> float:
    """Returns when a run was last written to, in seconds since 1970."""
    times = [0.0]
    for name in ("config.json", "events.jsonl"):
        with contextlib.suppress(OSError):
            times.append((folder.path / name).stat().st_mtime)
    return max(times)
