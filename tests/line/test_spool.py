"""The spool: order, the bound, and neither loss nor doubling when the process is killed in the middle."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from line_records import record, rows

from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import PROJECT
from favae_demo.line.spool import Mark, Spool

COUNT = 12_000
KILLS = 8
# Judges what has not been judged and delivers to three files, as a line does, without a model.
LINE = """
import json
import sys
from pathlib import Path
from line_records import record
from favae_demo.line.config import make_config
from favae_demo.line.delivery import Delivery
from favae_demo.line.spool import Mark, Spool

folder, count = Path(sys.argv[1]), int(sys.argv[2])
sinks = [{"kind": "sqlite", "path": "v.sqlite"}, {"kind": "jsonl", "path": "v.jsonl"}, {"kind": "csv", "path": "v.csv"}]
source = {"kind": "folder", "name": "left", "path": "in", "model": "m"}
plans = make_config({"source": [source], "sink": sinks}, "test", folder).sinks
spool = Spool(folder / "state", [plan.name for plan in plans])
deliveries = [Delivery(plan, spool) for plan in plans]
for delivery in deliveries:
    delivery.start()
print("ready", flush=True)
for i in range(count):
    mark = Mark("left", f"{i}.png", "1-1")
    if not spool.is_judged(mark):
        assert spool.commit(record(i), mark)
for delivery in deliveries:
    delivery.stop()
for delivery in deliveries:
    delivery.join(60)
print(json.dumps(spool.waiting()))
"""


def numbers(spool: Spool, sink: str, most: int = 100) -> list[int]:
    return [int(item.record.id, 16) for item in spool.pending(sink, most)]


def test_each_sink_gets_everything_in_order_at_its_own_pace(tmp_path: Path) -> None:
    spool = Spool(tmp_path, ["a", "b"])
    for i in range(6):
        spool.commit(record(i))
    assert numbers(spool, "a", 4) == [0, 1, 2, 3]
    spool.delivered("a", spool.pending("a", 4)[-1].number)
    assert numbers(spool, "a") == [4, 5]
    assert numbers(spool, "b") == [0, 1, 2, 3, 4, 5]
    assert spool.waiting() == {"a": 2, "b": 6}
    spool.close()


def test_what_all_sinks_have_is_deleted(tmp_path: Path) -> None:
    spool = Spool(tmp_path, ["a", "b"])
    for i in range(6):
        spool.commit(record(i))
    spool.delivered("a", 6)
    spool.delivered("b", 4)
    assert rows(tmp_path / "spool.sqlite", "SELECT number FROM records") == [5, 6]
    spool.delivered("b", 6)
    spool.commit(record(6))  # the order goes on although nothing is left
    assert numbers(spool, "a") == [6]
    spool.close()


def test_beyond_the_bound_the_oldest_are_given_up_and_counted(tmp_path: Path) -> None:
    spool = Spool(tmp_path, ["up", "down"], most=10)
    for i in range(25):
        spool.commit(record(i))
        spool.delivered("up", i + 1)
    assert numbers(spool, "down") == list(range(15, 25))
    assert spool.lost() == {"up": 0, "down": 15}
    assert len(rows(tmp_path / "spool.sqlite", "SELECT number FROM records")) == 10
    spool.close()


def test_what_waits_is_there_after_a_restart(tmp_path: Path) -> None:
    spool = Spool(tmp_path, ["a"])
    spool.commit(record(0))
    spool.commit(record(1))
    spool.delivered("a", 1)
    spool.close()
    spool = Spool(tmp_path, ["a", "new"])
    assert numbers(spool, "a") == [1]
    assert numbers(spool, "new") == []
    spool.close()


def test_a_picture_is_taken_once(tmp_path: Path) -> None:
    spool = Spool(tmp_path, ["a"])
    mark = Mark("left", "1.png", "10-20")
    assert not spool.is_judged(mark)
    assert spool.commit(record(1), mark)
    assert spool.is_judged(mark)
    assert not spool.commit(record(2), mark)
    assert not spool.is_judged(Mark("right", "1.png", "10-20"))
    assert not spool.is_judged(Mark("left", "1.png", "10-21"))
    assert numbers(spool, "a") == [1]
    spool.close()


def test_marks_follow_a_new_name_and_go_with_their_picture(tmp_path: Path) -> None:
    spool = Spool(tmp_path, ["a"])
    spool.commit(record(1), Mark("left", "1.png", "10-20"))
    spool.rename("left", "1.png", "one.png")
    assert spool.is_judged(Mark("left", "one.png", "10-20"))
    assert spool.forget("left", {"one.png"}) == 1
    assert not spool.is_judged(Mark("left", "1.png", "10-20"))
    assert spool.is_judged(Mark("left", "one.png", "10-20"))
    spool.close()


def test_two_processes_do_not_share_a_spool(tmp_path: Path) -> None:
    spool = Spool(tmp_path, ["a"])
    with pytest.raises(ConfigError, match="Another program watches"):
        Spool(tmp_path, ["a"])
    spool.close()
    Spool(tmp_path, ["a"]).close()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill as Linux does")
def test_a_killed_line_loses_and_doubles_nothing(tmp_path: Path) -> None:
    draw = random.Random(23)
    for _ in range(KILLS):
        line = start(tmp_path)
        assert line.stdout.readline() == "ready\n"
        time.sleep(draw.uniform(0.02, 0.2))
        line.send_signal(signal.SIGKILL)
        _, errors = line.communicate()
        assert line.returncode == -signal.SIGKILL, errors
    judged = len(rows(tmp_path / "state" / "spool.sqlite", "SELECT name FROM judged"))
    assert 0 < judged < COUNT  # it was killed in the middle
    printed, errors = start(tmp_path).communicate(timeout=120)
    assert json.loads(printed.splitlines()[-1]) == dict.fromkeys(("sqlite", "jsonl", "csv"), 0), errors
    expected = [record(i).id for i in range(COUNT)]
    assert rows(tmp_path / "v.sqlite") == expected
    lines = (tmp_path / "v.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == expected
    with (tmp_path / "v.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == expected


def start(folder: Path) -> subprocess.Popen:
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(PROJECT), str(PROJECT / "tests" / "helpers")])
    }
    return subprocess.Popen(
        [sys.executable, "-c", LINE, str(folder), str(COUNT)], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
