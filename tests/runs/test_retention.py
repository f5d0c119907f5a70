"""Old trainings are deleted as the host has said, running ones never."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from small_training import small_config

from favae_demo.core.settings import PUBLIC_KEEP_DAYS, PUBLIC_MOST_RUNS, Settings
from favae_demo.runs import manager
from favae_demo.runs.process import LOCK
from favae_demo.runs.retention import DAY, expire_runs
from favae_demo.training.run_folder import RunFolder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Four runs, which ended 0, 10, 20 and 30 days ago."""
    settings = Settings(*[tmp_path] * 4)
    for days in (0, 10, 20, 30):
        folder = RunFolder(tmp_path / f"r{days}")
        folder.create(small_config(), "widget", tmp_path)
        os.utime(folder.path / "config.json", (time.time() - days * DAY - 60,) * 2)
    return settings


def _left(settings: Settings) -> set[str]:
    return set(manager.list_runs(settings))


def test_without_a_setting_all_stay(settings: Settings) -> None:
    assert expire_runs(settings) == []
    assert len(_left(settings)) == 4


def test_runs_older_than_the_days_are_deleted(settings: Settings) -> None:
    assert set(expire_runs(replace(settings, keep_days=15))) == {"r20", "r30"}
    assert _left(settings) == {"r0", "r10"}


def test_the_newest_stay_below_a_number(settings: Settings) -> None:
    expire_runs(replace(settings, most_runs=1))
    assert _left(settings) == {"r0"}


def test_a_run_that_was_written_to_lately_is_not_old(settings: Settings) -> None:
    (settings.runs_dir / "r30" / "events.jsonl").touch()
    expire_runs(replace(settings, keep_days=15))
    assert _left(settings) == {"r0", "r10", "r30"}


@pytest.mark.skipif(os.name == "nt", reason="the lock is not looked at there")
def test_a_running_training_stays_however_old(settings: Settings) -> None:
    with FileLock(settings.runs_dir / "r30" / LOCK):
        expire_runs(replace(settings, keep_days=1))
    assert _left(settings) == {"r0", "r30"}


@pytest.mark.parametrize(
    ("env", "days", "most"),
    [
        ({}, 0, 0),
        ({"FAVAE_KEEP_DAYS": "7"}, 7, 0),
        ({"FAVAE_PUBLIC": "1"}, PUBLIC_KEEP_DAYS, PUBLIC_MOST_RUNS),
        ({"SPACE_ID": "me/parts", "FAVAE_KEEP_DAYS": "7"}, 7, PUBLIC_MOST_RUNS),
    ],
)
def test_where_strangers_visit_trainings_are_kept_for_a_time(
    env: dict[str, str], days: int, most: int
) -> None:
    settings = Settings.from_env(env)
    assert (settings.keep_days, settings.most_runs) == (days, most)
