"""Runs many independent tasks with joblib: in processes of this machine, or on a Dask or Ray cluster.

A task that fails does not stop the others. A task whose worker dies (out of memory, machine lost) is repeated once on its own, so that the
cause is known, and the others continue. Running a task twice must therefore be harmless.
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
from favae_demo.core.settings import install_command

Task = TypeVar("Task")
Value = TypeVar("Value")
CONNECT_SECONDS = 20
RESTART_SECONDS = 600  # within which a worker that died must be back; a busy machine starts it slowly
PROGRAM = "favae_demo"
NOT_INSTALLED = f"The {{name}} backend is not installed; run: {install_command('cluster')}"

PROGRAM_MISSING = (
    "The cluster cannot load this program: install it on its machines too, "
    "and start scheduler and workers with PYTHONPATH set to its folder."
)
PROGRAM_MISSING_SIGNS = ("ModuleNotFoundError", "No module named")  # in Ray's errors


@dataclass(frozen=True)
class Outcome(Generic[Task, Value]):
    """Result of one task.

    Attributes:
        task: The task.
        value: Return value of the function; None if it failed.
        error: Reason of the failure, or an empty string.
    """

    task: Task
    value: Value | None = None
    error: str = ""


@dataclass(frozen=True)
class _Pool:
    """The workers of a backend.

    Attributes:
        workers: Largest number of tasks at a time.
        processes: joblib's `n_jobs`.
        options: Arguments of `joblib.parallel_config`.
        cards: CUDA devices that are distributed among the workers.
    """

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
    """Runs a function on every task and yields each result as soon as it is available.

    Args:
        tasks: Arguments of the function. They are pickled, except with a single local worker, which is this process.
        function: Performs one task; the workers must be able to import it.
        backend: A key of `BACKENDS`.
        address: Address of the cluster; None for `local`.
        workers: Largest number of tasks at a time. The default is one per graphics card on this machine, one without any (a training
            uses all cores), and all workers of a cluster.

    Raises:
        ConfigError: The backend is unknown, not installed or not reachable.
    """
    tasks = list(tasks)
    if backend not in BACKENDS:
        raise ConfigError(f"There is no backend {backend!r}. Known: {', '.join(BACKENDS)}.")
    if workers is not None and workers < 1:
        raise ConfigError(f"The number of workers must be at least 1, not {workers}.")
    if tasks:
        with BACKENDS[backend](address, workers) as pool:
            yield from _run_pool(pool, dict(enumerate(tasks)), function)


def _run_pool(
    pool: _Pool, left: dict[int, Task], function: Callable[[Task], Value]
) -> Iterator[Outcome[Task, Value]]:
    """Runs the numbered tasks and removes each from `left` when it is done."""
    while left:
        results = _start(pool, left, function)
        try:
            for number, value, error in results:
                yield Outcome(left.pop(number), value, error)
        except Exception as error:
            if any(sign in repr(error) for sign in PROGRAM_MISSING_SIGNS):
                raise ConfigError(PROGRAM_MISSING) from error
            # A worker died, and the results of the others are lost. At most the first `workers` tasks had been started.
            for number in list(left)[: pool.workers]:
                yield _run_alone(pool, number, left.pop(number), function)


def _run_alone(
    pool: _Pool, number: int, task: Task, function: Callable[[Task], Value]
) -> Outcome[Task, Value]:
    # joblib would replace a single process by this one.
    pool = replace(pool, processes=max(2, pool.processes))
    try:
        ((_, value, error),) = _start(pool, {number: task}, function)
    except Exception as lost:
        reason = f"its worker process ended, perhaps for lack of memory ({type(lost).__name__})"
        return Outcome(task, error=reason)
    return Outcome(task, value, error)


def _start(
    pool: _Pool, tasks: dict[int, Task], function: Callable[[Task], Value]
) -> Iterator[tuple[int, Value | None, str]]:
    """Starts the tasks; yields the number, return value and error of each."""
    slots = (_slot_folder().name, pool.processes) if pool.cards else None
    calls = [delayed(_run_task)(function, number, task, pool.cards, slots) for number, task in tasks.items()]
    # Read when `Parallel` is constructed; not in effect between two results.
    with parallel_config(**pool.options):
        parallel = Parallel(
            n_jobs=pool.processes, pre_dispatch=pool.workers, batch_size=1, return_as="generator_unordered"
        )
    return parallel(calls)


def _run_task(
    function: Callable[[Task], Value],
    number: int,
    task: Task,
    cards: tuple[str, ...],
    slots: tuple[str, int] | None,
) -> tuple[int, Value | None, str]:
    """Performs one task in a worker. Errors are returned: an exception would stop the other tasks too."""
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
    """Assigns a graphics card to this worker process for its lifetime: CUDA reads the variable only once."""
    for slot in range(workers) if not _claimed else ():
        lock = FileLock(Path(folder) / f"{slot}.lock")
        with suppress(Timeout):
            lock.acquire(timeout=0)
            _claimed.append(lock)  # the system frees it when the process ends
            os.environ["CUDA_VISIBLE_DEVICES"] = cards[slot % len(cards)]
            return


@cache
def _slot_folder() -> tempfile.TemporaryDirectory[str]:
    """Returns the folder for the lock files of this process's workers; it is removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="favae-demo-cards-")


def graphics_cards() -> tuple[str, ...]:
    """Returns the graphics cards that this process may use, as values for CUDA_VISIBLE_DEVICES."""
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
    # joblib limits each process to cores ÷ workers threads unless OMP_NUM_THREADS is set.
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
        if max(threads.values()) > 1:  # random numbers and threads are set per process
            raise ConfigError("Start each Dask worker with --nthreads 1: a process does one task at a time.")
        if not _has_program(client):
            raise ConfigError(PROGRAM_MISSING)
        workers = min(workers or len(threads), len(threads))
        backend = _reporting(DaskDistributedBackend)(client=client, wait_for_workers_timeout=RESTART_SECONDS)
        yield _Pool(workers, max(2, workers), {"backend": backend})


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
        # Resources of each worker; Ray sets its CUDA_VISIBLE_DEVICES.
        resources = {"num_cpus": min(1, cores / most), "num_gpus": cards / most}
        workers = min(workers or most, most)
        yield _Pool(
            workers, max(2, workers), {"backend": _streaming(RayBackend)(0, ray_remote_args=resources)}
        )
    finally:
        ray.shutdown()


def _has_program(client: Any) -> bool:
    """Checks whether all processes of a Dask cluster can import this package; a worker that cannot unpickle a task restarts endlessly."""

    def can_import(name: str) -> bool:  # a local function is pickled as code and not by its module's name
        import importlib.util

        return importlib.util.find_spec(name) is not None

    return client.run_on_scheduler(can_import, PROGRAM) and all(client.run(can_import, PROGRAM).values())


def _reporting(backend: type) -> type:
    """Returns joblib's Dask backend with two corrections for workers that die.

    The original does not report a lost task and waits forever, and it runs the tasks in this process if there is a single worker.
    """

    class ReportingDask(backend):
        def effective_n_jobs(self, n_jobs: int) -> int:
            return max(2, super().effective_n_jobs(n_jobs))

        def submit(self, func: Callable[[], object], callback: Callable[[Any], object]) -> Any:
            def report_error(future: Any) -> None:
                if (error := future.exception()) is not None:
                    callback(error)

            future = super().submit(func, callback)
            future.add_done_callback(report_error)
            return future

    return ReportingDask


def _streaming(backend: type) -> type:
    """Returns Ray's joblib backend with results in the order of completion, which it supports but does not declare."""
    return type("StreamingRay", (backend,), {"supports_return_generator": True})


BACKENDS: dict[str, Callable[[str | None, int | None], AbstractContextManager[_Pool]]] = {
    "local": _local,
    "dask": _dask,
    "ray": _ray,
}
