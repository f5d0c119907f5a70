"""What the machine may do to a training: a full disk, too little memory, closed folders, a clock that jumps, a second server."""

import contextlib
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from faulty_disks import as_nobody, files, fill, largest_file
from small_training import small_config
from whole_runs import TINY, after, assert_same_run, finish, new_folder

from favae_demo.cli import main
from favae_demo.core.errors import TrainingError
from favae_demo.core.files import read_json
from favae_demo.core.settings import PROJECT, Settings
from favae_demo.data.io.images import decode
from favae_demo.detection.detector import Detector
from favae_demo.detection.registry import Registry
from favae_demo.runs import manager
from favae_demo.runs.failures import MEMORY, user_error
from favae_demo.training.events import EpochDone, Failed, Finished, StepDone
from favae_demo.training.run_folder import RunFolder

pytest_plugins = ["whole_runs", "faulty_disks"]


def in_runs(settings: Settings, name: str, data: Path, config=TINY) -> RunFolder:
    return new_folder(settings.runs_dir / name, data, config)


@pytest.fixture
def here(tmp_path: Path, settings: Settings) -> Settings:
    """As `settings`, with runs of this test alone."""
    return replace(settings, runs_dir=tmp_path / "runs")


def record_many(folder: RunFolder, count: int) -> None:
    for number in range(count):
        folder.record(StepDone(number, count, 1, {"total": 1.0}, 1.0, 1.0, 1.0))


def assert_failed(folder: RunFolder, settings: Settings, words: str) -> None:
    view = manager.view(folder.id, settings)
    assert (view.state, view.can_resume) == (manager.FAILED, True)
    assert words in view.status()
    assert list(folder.path.rglob(".*.tmp")) == []


def test_a_file_that_may_not_grow_ends_the_run_with_a_sentence_and_all_it_had(whole, here, tiny_mvtec):
    folder = in_runs(here, "stopped", tiny_mvtec)
    finish(folder, here, stop=after(5))
    before = {name: getattr(folder, name).read_bytes() for name in ("last", "best", "model")}
    with largest_file(40_000), pytest.raises(TrainingError, match="grew beyond"):
        finish(folder, here)
    assert {name: getattr(folder, name).read_bytes() for name in before} == before
    assert_failed(folder, here, "grew beyond")
    finish(folder, here)
    assert_same_run(folder, whole)


def test_a_full_disk_ends_the_run_with_a_sentence_and_it_goes_on_once_there_is_room(
    whole, here, tiny_mvtec, small_disk
):
    settings = replace(here, runs_dir=small_disk / "runs", cache_dir=small_disk / "cache")
    folder = in_runs(settings, "full", tiny_mvtec)
    finish(folder, settings, stop=after(5))
    before = folder.model.read_bytes()
    filler = fill(small_disk, 20_000)
    with pytest.raises(TrainingError, match="disk is full"):
        finish(folder, settings)
    assert folder.model.read_bytes() == before
    assert_failed(folder, settings, "disk is full")
    filler.unlink()
    finish(folder, settings)
    assert_same_run(folder, whole)


def test_a_disk_full_to_the_last_byte_leaves_a_log_that_can_be_read(here, tiny_mvtec, small_disk):
    settings = replace(here, runs_dir=small_disk / "runs")
    folder = in_runs(settings, "full", tiny_mvtec)
    finish(folder, settings, stop=after(5))
    events = folder.events()
    filler = fill(small_disk, 0)
    with pytest.raises(OSError, match="space"):
        record_many(folder, 100)  # the last block of the file takes some
    filler.unlink()
    folder.record(Failed("Out of room."))
    read = folder.events()
    assert read[: len(events)] == events
    assert read[-1] == Failed("Out of room.")
    assert manager.view("full", settings).status() == "Failed: Out of room."
    assert (folder.path / "events.jsonl").read_bytes().count(b"\n") == len(read)


def test_a_training_cannot_begin_on_a_full_disk_and_leaves_no_trace(here, tiny_mvtec, small_disk):
    settings = replace(here, runs_dir=small_disk / "runs")
    settings.runs_dir.mkdir()
    filler = fill(small_disk, 0)
    with pytest.raises(TrainingError, match="disk is full"):
        manager.start(TINY, "widget", tiny_mvtec, settings)
    filler.unlink()
    assert manager.list_runs(settings) == []
    assert [path for path in settings.runs_dir.iterdir() if path.is_dir()] == []


def test_too_little_memory_is_said_and_nothing_else_falls(here, tiny_mvtec):
    """The training's own process gets eighty megabytes more than it has once everything is loaded."""
    folder = in_runs(here, "large", tiny_mvtec, replace(TINY, views=4000))
    script = (
        "import resource, sys; from favae_demo.cli import main; from favae_demo.runs import pipeline\n"
        "pages = int(open('/proc/self/statm').read().split()[0])\n"
        "most = pages * resource.getpagesize() + (80 << 20)\n"
        "resource.setrlimit(resource.RLIMIT_AS, (most, most))\n"
        "sys.exit(main.main(['train', '--resume', sys.argv[1], '--json']))\n"
    )
    if not Path("/proc/self/statm").exists():
        pytest.skip("this system does not tell how much memory a process has")
    environment = os.environ | {"FAVAE_CACHE_DIR": str(here.cache_dir), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder.path)], cwd=PROJECT, env=environment, capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stderr.splitlines()[-1] == f"favae_demo: {MEMORY}"
    assert "Traceback" not in done.stderr
    assert_failed(folder, here, "not enough memory")


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(12, "Cannot allocate memory"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    ],
)
def test_every_library_says_in_its_own_way_that_memory_has_run_out(error):
    assert str(user_error(error)) == MEMORY


def test_a_mistake_of_the_program_is_a_failure_and_stays_one(here, tiny_mvtec):
    folder = in_runs(here, "mistaken", tiny_mvtec)
    with pytest.raises(ZeroDivisionError):
        finish(folder, here, stop=lambda: 1 // 0)
    assert_failed(folder, here, "log.txt")


def test_with_everything_but_its_own_folder_closed_a_training_goes_on(whole, here, open_place):
    settings = replace(here, cache_dir=open_place / "cache", runs_dir=open_place / "runs")
    folder = in_runs(settings, "run", open_place / "data")
    settings.cache_dir.mkdir(mode=0o555)
    folder.path.chmod(0o777)
    (folder.path / "lock").touch(0o666)
    with as_nobody():
        finish(folder, settings)
    assert_same_run(folder, whole)
    assert list(settings.cache_dir.iterdir()) == []


def test_a_closed_folder_of_runs_shows_its_runs_and_says_that_it_cannot_be_written(here, open_place):
    settings = replace(here, runs_dir=open_place / "runs")
    in_runs(settings, "old", open_place / "data")
    (settings.runs_dir / "old").chmod(0o555)
    settings.runs_dir.chmod(0o555)
    acts = [
        lambda: manager.start(TINY, "widget", open_place / "data", settings),
        lambda: manager.resume("old", settings),
        lambda: manager.stop("old", settings),
        lambda: manager.delete("old", settings),
    ]
    with as_nobody():
        assert [one.id for one in manager.list_infos(settings)] == ["old"]
        for act in acts:
            with pytest.raises(TrainingError, match="may not be written"):
                act()
        assert manager.view("old", settings).state == manager.INTERRUPTED
    settings.runs_dir.chmod(0o755)
    (settings.runs_dir / "old").chmod(0o755)
    assert manager.list_runs(settings) == ["old"]


def test_a_clock_that_jumps_makes_no_time_negative(whole, here, tiny_mvtec, monkeypatch):
    folder, now, jumps = in_runs(here, "jumping", tiny_mvtec), time.time(), random.Random(0)
    monkeypatch.setattr(time, "time", lambda: now + jumps.choice([-1e7, 0.0, 1e7]))
    finish(folder, here)
    assert_same_run(folder, whole)
    seconds = [event.seconds for event in folder.events() if isinstance(event, StepDone | EpochDone)]
    assert seconds == sorted(seconds)
    assert seconds[0] >= 0
    assert all(event.eta >= 0 for event in folder.events() if isinstance(event, StepDone))
    image = decode(tiny_mvtec / "widget" / "test" / "good" / "000.png")
    (found,) = Detector.load(folder.model, here).detect([image])
    assert min(found.timings.values()) >= 0


@contextlib.contextmanager
def another_process(*command: str) -> Iterator[subprocess.Popen]:
    """A process that has said `held` and then waits; it is killed at the end of the block."""
    held = "; print('held', flush=True); import time; time.sleep(3600)"
    process = subprocess.Popen(
        [sys.executable, "-c", command[0] + held, *command[1:]], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout.readline() == b"held\n"
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_run_that_another_process_trains_is_watched_but_neither_trained_nor_deleted(
    here, tiny_mvtec, capsys
):
    """By the lock alone, as another container sees it, to which the process number says nothing."""
    folder = in_runs(here, "shared", tiny_mvtec)
    finish(folder, here, stop=after(5))
    script = "import sys; from filelock import FileLock; lock = FileLock(sys.argv[1]); lock.acquire()"
    (folder.path / "events.jsonl").write_text("")  # as if it had not ended yet
    before = files(folder.path)
    with another_process(script, str(folder.path / "lock")):
        assert manager.view("shared", here).state == manager.RUNNING
        assert manager.find_running(here) == "shared"
        for act in (manager.resume, manager.delete):
            with pytest.raises(TrainingError, match="running"):
                act("shared", here)
        with pytest.raises(TrainingError, match="already running"):
            manager.start(TINY, "widget", tiny_mvtec, here)
        assert main.main(["train", "--resume", str(folder.path)]) == 2
        assert "another copy of the app" in capsys.readouterr().err
        assert {name: data for name, data in files(folder.path).items() if name != "lock"} == before
        image = decode(tiny_mvtec / "widget" / "test" / "good" / "000.png")
        assert Detector.load(folder.model, here).detect([image])[0].score > 0  # detecting is for all
    assert manager.view("shared", here).state == manager.INTERRUPTED
    manager.delete("shared", here)
    assert manager.list_runs(here) == []


def test_of_four_servers_that_begin_at_once_one_trains(here, tiny_mvtec):
    script = (
        "import json, sys; from dataclasses import replace; from pathlib import Path\n"
        "from favae_demo.core.errors import TrainingError; from favae_demo.config.presets import TrainConfig\n"
        "from favae_demo.core.settings import Settings; from favae_demo.runs import manager\n"
        "settings = replace(Settings.from_env(), runs_dir=Path(sys.argv[1]))\n"
        "config = TrainConfig.from_dict(json.loads(sys.argv[3]))\n"
        "try: print(manager.start(config, 'widget', Path(sys.argv[2]), settings).id)\n"
        "except TrainingError as error: print(error)\n"
    )
    endless = json.dumps(small_config(epochs=10_000, patience=10_000).to_dict())
    command = [sys.executable, "-c", script, str(here.runs_dir), str(tiny_mvtec), endless]
    servers = [subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = [server.communicate()[0].strip() for server in servers]
    (run,) = manager.list_runs(here)
    try:
        assert said.count(run) == 1
        assert sum("already running" in words for words in said) == 3
        assert manager.find_running(here) == run  # though the server that began it is gone
    finally:
        os.kill(read_json(here.runs_dir / run / "process.json")["pid"], signal.SIGKILL)


def test_runs_are_listed_while_others_are_deleted(whole, here):
    """As by another copy of the app: a run that is gone is left out, and nothing else happens."""
    here.runs_dir.mkdir()
    registry = Registry(here)

    def come_and_go() -> None:
        for number in range(60):
            shutil.copytree(whole.path, here.runs_dir / f"run-{number}")
            manager.delete(f"run-{number}", here)

    looks = 0
    with ThreadPoolExecutor(1) as other:
        gone = other.submit(come_and_go)
        while not gone.done():
            manager.list_infos(here)
            registry.models("widget")
            for run in manager.list_runs(here):
                with contextlib.suppress(TrainingError):
                    assert manager.view(run, here).category == "widget"
            looks += 1
    gone.result()
    assert looks
    assert list(here.runs_dir.iterdir()) == []  # no file of a lock has come back either


def test_what_is_no_event_is_passed_over_in_the_log(whole, here, tmp_path):
    folder = RunFolder(here.runs_dir / "odd")
    folder.path.mkdir(parents=True)
    lines = (whole.path / "events.jsonl").read_bytes().splitlines(keepends=True)
    noise = itertools.cycle(
        [b'{"event": "Ste{"event": "Failed"}\n', b'{"event": "OfLater"}\n', b"\xff\x00\n", b"3\n"]
    )
    mixed = [part for line in lines for part in (line, next(noise))]
    (folder.path / "config.json").write_bytes((whole.path / "config.json").read_bytes())
    (folder.path / "events.jsonl").write_bytes(b"".join(mixed))
    assert folder.events() == whole.events()
    view = manager.view("odd", here)
    assert (list(view.events), view.state) == (whole.events(), manager.FINISHED)
    assert manager.info("odd", here).state == manager.FINISHED
    folder.rewind(sys.maxsize)
    assert not [event for event in folder.events() if isinstance(event, Finished)]
