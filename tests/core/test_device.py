"""The processor in words; a training beside the page goes last."""

import os
import platform
import subprocess
import sys

import pytest

from favae_demo.core.device import AUTOGROUP, images_per_pass, processor_label
from favae_demo.core.settings import PROJECT

ASK = """
import os
from favae_demo.core.device import AUTOGROUP, lower_priority
lower_priority()
print(os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0) == os.SCHED_OTHER)
print(AUTOGROUP.read_text() if AUTOGROUP.exists() else "")
"""


@pytest.mark.parametrize(("count", "words"), [(1, "CPU, 1 thread"), (2, "CPU, 2 threads")])
def test_one_thread_is_not_many(count: int, words: str) -> None:
    assert processor_label(count, "thread") == words


@pytest.mark.skipif(not hasattr(os, "SCHED_OTHER"), reason="this system has no such scheduling")
def test_a_process_that_gives_way_goes_later_but_keeps_a_share_also_as_a_group() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=PROJECT,
        start_new_session=True,
        capture_output=True,
        text=True,
        check=True,
    )
    own, group = done.stdout.splitlines()[:2]
    assert own == f"{min(os.nice(0) + 10, 19)} True"  # the tests may be run at a lower priority themselves
    if AUTOGROUP.exists():
        assert group.endswith("nice 10")


@pytest.mark.parametrize(
    ("shape", "images"), [((128, 128), 16), ((256, 256), 4), ((256, 384), 2), ((768, 1024), 1)]
)
def test_a_pass_takes_fewer_images_where_they_are_larger(shape: tuple[int, int], images: int) -> None:
    assert images_per_pass(*shape) == images


@pytest.mark.parametrize(("set_before", "used"), [({}, "PASSIVE"), ({"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE")])
def test_threads_wait_passively_before_torch_is_there_unless_told(set_before: dict, used: str) -> None:
    ask = (
        "import os, sys\n"
        "from favae_demo.cli import main\n"
        "main.Settings.from_env = lambda: sys.exit(f\"{'torch' in sys.modules} {os.environ['OMP_WAIT_POLICY']}\")\n"
        "main.main(['doctor'])"
    )
    known = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    done = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=PROJECT,
        env=known | set_before,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.strip() == f"False {used}"


FAULTS = """
import resource, sys
import numpy as np
from favae_demo.core.device import reuse_memory
if sys.argv[1] == "reuse":
    reuse_memory()
np.ones(2**24)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(8):
    np.ones(2**24)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries than glibc")
def test_large_arrays_get_the_memory_of_those_before() -> None:
    faults = {
        kind: int(subprocess.run([sys.executable, "-c", FAULTS, kind], cwd=PROJECT, capture_output=True, text=True, check=True).stdout)
        for kind in ("plain", "reuse")
    }  # fmt: skip
    assert faults["reuse"] * 20 < faults["plain"]
