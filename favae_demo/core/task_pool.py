"""Many independent tasks: in processes of this machine, or on a Dask or Ray cluster. joblib does the work; this is the seam.

A task that fails does not end the others. One whose worker dies (too little memory, a machine gone) is tried once more by
itself, so that it is known which one it was, and the rest goes on. Tasks must bear being done twice.
"""

import os
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from filelock import FileLock, Timeout
from joblib import Parallel, delayed, parallel_config

from favae_demo.core.errors import ConfigError, FavaeError

Task, Value = TypeVar("Task"), TypeVar("Value")
CONNECT_SECONDS = 20
PROGRAM = "favae_demo"
NOT_INSTALLED = "The {name} backend is not installed; run: pip install -r requirements-cluster.txt"

NOT_THERE = (
    "The cluster cannot load this program: install it on its machines too, "
    "and start scheduler and workers with PYTHONPATH set to its folder."
)
NOT_THERE_SIGNS = ("ModuleNotFoundError", "No module named")  # in Ray's errors


@dataclass(frozen=True)
class Outcome(Generic[Task, Value]):
    """What became of one task.

    Attributes:
        task: The task.
        value: What the function returned; None where it failed.
        error: Why it failed, or an empty string.
    """

    task: Task
    value: Value | None = None
    error: str = ""


@dataclass(frozen=True)
class _Pool:
    """Where tasks go: how many at once, how many processes for it, joblib's options, graphics cards to be shared out."""

    workers: int
    processes: int
    options: dict[str, Any]
    cards: tuple[str, ...] = ()


def run(
    tasks: Iterable[Task],
    function: Callable[[Task], Value],
    backend: str = "local",
    address: str | None = None,
    workers: int | None = None,
) -> Iterator[Outcome[Task, Value]]:
    """Runs a function on every task and yields what became of each as it is done.

    Args:
        tasks: What to do; each is pickled, except for one local worker, which is this process.
        function: Does one task; importable by the workers.
        backend: A key of `BACKENDS`.
        address: Where the cluster is; None for `local`.
        workers: How many tasks at once. By default one on this machine (a training uses all cores) or one for each graphics
            card, and on a cluster all it has.

    Raises:
        ConfigError: The backend is not known, not installed, or cannot be reached.
    """
    tasks = list(tasks)
    if backend not in BACKENDS:
        raise ConfigError(f"There is no backend {backend!r}. Known: {', '.join(BACKENDS)}.")
    if workers is not None and workers < 1:
        raise ConfigError(f"The number of workers must be at least 1, not {workers}.")
    if tasks:
        with BACKENDS[backend](address, workers) as pool:
            yield from _through(pool, dict(enumerate(tasks)), function)


def _through(pool: _Pool, left: dict[int, Task], function: Callable) -> Iterator[Outcome]:
    while left:
        results = _parallel(pool, left, function)
        try:
            for number, value, error in results:
                yield Outcome(left.pop(number), value, error)
        except Exception as error:
            if any(sign in repr(error) for sign in NOT_THERE_SIGNS):
                raise ConfigError(NOT_THERE) from error
            # A worker died and took the others' work along. No more than `workers` tasks, in order, were under way.
            for number in list(left)[: pool.workers]:
                yield _alone(pool, number, left.pop(number), function)


def _alone(pool: _Pool, number: int, task: Task, function: Callable) -> Outcome:
    # Of a single process joblib would make this very one.
    results = _parallel(replace(pool, processes=max(2, pool.processes)), {number: task}, function)
    try:
        ((_, value, error),) = results
    except Exception as lost:
        reason = f"its worker process ended, perhaps for lack of memory ({type(lost).__name__})"
        return Outcome(task, error=reason)
    return Outcome(task, value, error)


def _parallel(pool: _Pool, tasks: dict[int, Task], function: Callable) -> Iterator[tuple[int, Any, str]]:
    slots = (str(_slots()), pool.processes) if pool.cards else None
    calls = [delayed(_attempt)(function, number, task, pool.cards, slots) for number, task in tasks.items()]
    with parallel_config(**pool.options):  # read here only: what runs between two results does not see it
        parallel = Parallel(
            n_jobs=pool.processes,
            pre_dispatch=pool.workers,
            batch_size=1,
            return_as="generator_unordered",
        )
    return parallel(calls)


def _attempt(
    function: Callable, number: int, task: Task, cards: tuple[str, ...], slots: tuple[str, int] | None
) -> tuple[int, Any, str]:
    """Runs in the worker. Errors are answers here: an exception would end the other tasks too."""
    if slots is not None:
        _claim_card(cards, *slots)
    try:
        return number, function(task), ""
    except FavaeError as error:
        return number, None, str(error)
    except Exception as error:
        traceback.print_exc()
        return number, None, f"{type(error).__name__}: {error}"


_claimed: list[FileLock] = []


def _claim_card(cards: tuple[str, ...], folder: str, workers: int) -> None:
    """Gives this worker process a graphics card of its own, for its whole life: CUDA looks once only."""
    for slot in range(workers) if not _claimed else ():
        lock = FileLock(Path(folder) / f"{slot}.lock")
        with suppress(Timeout):
            lock.acquire(timeout=0)
            _claimed.append(lock)  # the system frees it when the process ends
            os.environ["CUDA_VISIBLE_DEVICES"] = cards[slot % len(cards)]
            return


@cache
def _slots() -> Path:
    """Folder of the locks of this process's workers; gone when it ends."""
    _slots.folder = tempfile.TemporaryDirectory(prefix="favae-demo-cards-")
    return Path(_slots.folder.name)


def graphics_cards() -> tuple[str, ...]:
    """The graphics cards that this process may use, as CUDA_VISIBLE_DEVICES calls them."""
    import torch

    count = torch.cuda.device_count()
    named = [name.strip() for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name.strip()]
    return tuple(named[:count] if named else map(str, range(count)))


@contextmanager
def _local(address: str | None, workers: int | None) -> Iterator[_Pool]:
    if address is not None:
        raise ConfigError("An address belongs to a cluster: say which with --backend dask or --backend ray.")
    cards = graphics_cards()
    workers = workers or max(1, len(cards))
    # joblib gives each process cores ÷ workers threads, unless OMP_NUM_THREADS says otherwise.
    yield _Pool(workers, workers, {"backend": "loky"}, cards if workers > 1 else ())


@contextmanager
def _dask(address: str | None, workers: int | None) -> Iterator[_Pool]:
    try:
        from distributed import Client
        from joblib._dask import DaskDistributedBackend
    except ImportError as error:
        raise ConfigError(NOT_INSTALLED.format(name="Dask")) from error
    if not address:
        raise ConfigError("--backend dask needs the scheduler's --address, as in tcp://host:8786.")
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ConfigError(f"No Dask scheduler answers at {address!r}.") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError as error:
            raise ConfigError(f"The Dask cluster at {address} has no workers.") from error
        threads = client.nthreads()
        if max(threads.values()) > 1:  # random numbers and threads are settled for a whole process
            raise ConfigError("Start each Dask worker with --nthreads 1: a process does one task at a time.")
        if not _has_program(client):
            raise ConfigError(NOT_THERE)
        workers = min(workers or len(threads), len(threads))
        yield _Pool(workers, max(2, workers), {"backend": _reporting(DaskDistributedBackend)(client=client)})


@contextmanager
def _ray(address: str | None, workers: int | None) -> Iterator[_Pool]:
    try:
        import ray
        from ray.util.joblib.ray_backend import RayBackend
    except ImportError as error:
        raise ConfigError(NOT_INSTALLED.format(name="Ray")) from error
    if not address:
        raise ConfigError(
            "--backend ray needs an --address: auto on a machine of the cluster, else its host:port."
        )
    try:
        ray.init(address=address, ignore_reinit_error=True, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise ConfigError(f"No Ray cluster answers at {address!r}.") from error
    try:
        cards, cores = (int(ray.cluster_resources().get(kind, 0)) for kind in ("GPU", "CPU"))
        most = max(2, cards or cores)
        # What each worker gets; Ray itself shows it its own card.
        parts = {"num_cpus": min(1, cores / most), "num_gpus": cards / most}
        workers = min(workers or most, most)
        yield _Pool(workers, max(2, workers), {"backend": _streaming(RayBackend)(0, ray_remote_args=parts)})
    finally:
        ray.shutdown()


def _has_program(client: Any) -> bool:
    """Asks first: a Dask worker that cannot open a task leaves and comes back, for ever."""

    def found(name: str) -> bool:  # within a function: it travels as code, not by its module's name
        import importlib.util

        return importlib.util.find_spec(name) is not None

    return client.run_on_scheduler(found, PROGRAM) and all(client.run(found, PROGRAM).values())


def _reporting(backend: type) -> type:
    """joblib's Dask backend with two gaps closed, both of which show when a worker has died.

    It does not tell of the lost task, and would wait for ever. And where one worker is left, or was all there is, it runs
    the tasks in this process.
    """

    class ReportingDask(backend):
        def effective_n_jobs(self, n_jobs: int) -> int:
            return max(2, super().effective_n_jobs(n_jobs))

        def submit(self, func: Callable, callback: Callable) -> Any:
            def tell(future: Any) -> None:
                if (error := future.exception()) is not None:
                    callback(error)

            future = super().submit(func, callback)
            future.add_done_callback(tell)
            return future

    return ReportingDask


def _streaming(backend: type) -> type:
    """Ray's joblib backend, giving results as they come: it has the callbacks for it, but does not say so."""
    return type("StreamingRay", (backend,), {"supports_return_generator": True})


BACKENDS: dict[str, Callable[[str | None, int | None], AbstractContextManager[_Pool]]] = {
    "local": _local,
    "dask": _dask,
    "ray": _ray,
}
