"""Many tasks at once: here, and on a real Dask cluster of two worker processes."""

import builtins
import os
from pathlib import Path

import pool_tasks
import pytest

from favae_demo.core import task_pool
from favae_demo.core.errors import ConfigError

pytest_plugins = ["dask_cluster"]


def where(backend: str, request: pytest.FixtureRequest) -> dict:
    return {
        "backend": backend,
        "address": request.getfixturevalue("dask_address") if backend == "dask" else None,
    }


@pytest.mark.parametrize("backend", ["local", "dask"])
def test_two_workers_at_once_and_every_task_once(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    place = where(backend, request) | {"workers": 2}
    found = [one.value for one in task_pool.run([(tmp_path, 0), (tmp_path, 1)], pool_tasks.met, **place)]
    pids = {pid for pid, _, _ in found}
    assert len(pids) == 2
    assert os.getpid() not in pids
    found = {one.task: one.value for one in task_pool.run(range(20), pool_tasks.double, **place)}
    assert found == {number: 2 * number for number in range(20)}


@pytest.mark.parametrize("backend", ["local", "dask"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_failed_task_is_named_and_the_rest_done(
    backend: str, workers: int, request: pytest.FixtureRequest
) -> None:
    place = where(backend, request) | {"workers": workers}
    found = {one.task: one for one in task_pool.run(range(5), pool_tasks.uneven, **place)}
    assert {number for number, one in found.items() if not one.error} == {0, 1, 4}
    assert found[2].error == "There is no picture."
    assert found[3].error == "KeyError: 'bug'"


@pytest.mark.parametrize("backend", ["local", "dask"])
def test_a_worker_that_dies_takes_one_task_only(backend: str, request: pytest.FixtureRequest) -> None:
    place = where(backend, request) | {"workers": 2}
    found = {one.task: one for one in task_pool.run(range(6), pool_tasks.die_at_one, **place)}
    assert {number: one.value for number, one in found.items() if not one.error} == {
        number: number for number in (0, 2, 3, 4, 5)
    }
    assert "worker process ended" in found[1].error


def test_a_cluster_of_one_worker_does_the_work_itself() -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        found = list(task_pool.run(range(3), pool_tasks.process, "dask", cluster.scheduler_address))
    assert len({one.value for one in found}) == 1
    assert found[0].value != os.getpid()


def test_workers_without_the_program_are_named_as_the_cause(
    dask_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_pool, "PROGRAM", "known_nowhere")
    with pytest.raises(ConfigError, match="PYTHONPATH"):
        list(task_pool.run(range(2), pool_tasks.double, "dask", dask_address))


def test_one_local_worker_is_this_process_and_starts_at_once() -> None:
    begun = []
    outcomes = task_pool.run(range(3), lambda number: begun.append(number) or os.getpid())
    assert next(outcomes).value == os.getpid()
    assert begun == [0]  # the others wait until they are asked for


def test_each_local_worker_has_a_graphics_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_pool, "graphics_cards", lambda: ("4", "7"))
    # Two cards: two workers by default.
    found = list(task_pool.run([(tmp_path, 0), (tmp_path, 1)], pool_tasks.met))
    assert {one.value[1] for one in found} == {"4", "7"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"backend": "slurm"}, "Known: local, dask, ray"),
        ({"workers": 0}, "at least 1"),
        ({"address": "tcp://127.0.0.1:1"}, "--backend dask"),
        ({"backend": "dask"}, "needs the scheduler's --address"),
        ({"backend": "dask", "address": "tcp://127.0.0.1:1"}, "No Dask scheduler answers"),
    ],
)
def test_mistakes_get_a_sentence(options: dict, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_pool, "CONNECT_SECONDS", 0.5)
    with pytest.raises(ConfigError, match=sentence):
        list(task_pool.run([1], pool_tasks.double, **options))


def test_workers_that_share_a_process_are_refused() -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        pytest.raises(ConfigError, match="--nthreads 1"),
    ):
        list(task_pool.run([1], pool_tasks.double, "dask", cluster.scheduler_address))


@pytest.mark.parametrize(("backend", "package"), [("dask", "distributed"), ("ray", "ray")])
def test_what_is_not_installed_is_said(backend: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name.split(".")[0] == package:
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match=r"pip install -r requirements-cluster\.txt"):
        list(task_pool.run([1], pool_tasks.double, backend, "auto"))
