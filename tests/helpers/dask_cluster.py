"""Pytest plugin: fixtures for a real Dask cluster on this machine."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def dask_cluster() -> Iterator[Any]:
    """A cluster of two worker processes, started as docs/deployment.md describes.

    Dask gives a task that kills its worker to three more; here to one more, since each costs a start of seconds.
    """
    distributed, dask = pytest.importorskip("distributed"), pytest.importorskip("dask")
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
    ):
        yield cluster


@pytest.fixture
def dask_address(dask_cluster: Any) -> str:
    """The cluster's address, once both workers are running: an earlier test may have killed one of them."""
    with dask_cluster.get_client() as client:
        client.wait_for_workers(2, timeout=120)
    return dask_cluster.scheduler_address
