"""The state of the server for its host alone: as JSON, and in the text format of Prometheus."""

import hmac
import re
import time
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import psutil
from starlette.requests import Request

from favae_demo import __version__
from favae_demo.core.disk_space import free_bytes
from favae_demo.core.settings import Settings
from favae_demo.runs import manager

JSON_ROUTE, TEXT_ROUTE = "/host/status", "/host/metrics"
PACKAGES = ("gradio", "torch", "numpy")
_STARTED = time.time()


def is_host(request: Request, settings: Settings) -> bool:
    """Returns whether a request carries the host's token (`FAVAE_STATUS_TOKEN`) as `Authorization: Bearer`."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not settings.status_token:
        return False
    return hmac.compare_digest(given.encode(), settings.status_token.encode())


def collect(settings: Settings, queue: Any) -> dict[str, Any]:
    """Returns load, queue, trainings, disk, memory, versions and retention; names no visitor.

    Args:
        settings: Folders and limits.
        queue: Gradio's queue of calls.
    """
    process = psutil.Process()
    waiting = [
        event.session_hash
        for queued in queue.event_queue_per_concurrency_id.values()
        for event in queued.queue
    ]
    folders = {"data": settings.data_dir, "runs": settings.runs_dir, "cache": settings.cache_dir}
    return {
        "uptime_seconds": round(time.time() - _STARTED),
        "load": dict(zip(("1m", "5m", "15m"), psutil.getloadavg(), strict=True)),
        "processors": psutil.cpu_count(),
        "queue": {
            "waiting": len(waiting),
            "visitors_waiting": len(set(waiting)),
            "most_waiting": queue.max_size,
        },
        "trainings": dict(Counter(info.state for info in manager.list_infos(settings))),
        "free_bytes": {name: free_bytes(folder) for name, folder in folders.items()},
        "memory_bytes": process.memory_info().rss,
        "threads": process.num_threads(),
        "retention": {"keep_days": settings.keep_days, "most_runs": settings.most_runs},
        "versions": {"favae_demo": __version__} | {name: version(name) for name in PACKAGES},
    }


def metrics_text(state: dict[str, Any]) -> str:
    """Returns the numbers of a state in the text format of Prometheus; names of groups become labels."""
    return "".join(f"{line}\n" for line in _lines("favae", state))


def _lines(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict) and name == "favae_versions":
        labels = ",".join(f'{package}="{number}"' for package, number in value.items())
        yield f"favae_info{{{labels}}} 1"
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _lines(f"{name}_{re.sub('[^a-zA-Z0-9_]', '_', key)}", inner)
    elif isinstance(value, int | float):
        yield f"# TYPE {name} gauge"
        yield f"{name} {value}"
