"""The processor in words; a training beside the page goes last."""

import os
import subprocess
import sys

import pytest

from favae_demo.core.device import AUTOGROUP, processor_label
from favae_demo.core.settings import PROJECT

ASK = """
import os
from favae_demo.core.device import AUTOGROUP, lower_priority
lower_priority()
print(os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0) == os.SCHED_OTHER)
print(AUTOGROUP.read_text() if AUTOGROUP.exists() else "")
"""


@pytest.mark.parametrize(("count", "words"), [(1, "processor, 1 thread"), (2, "processor, 2 threads")])
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
