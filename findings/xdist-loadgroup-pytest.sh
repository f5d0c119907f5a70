#!/usr/bin/env bash
# With pytest 9.2.0, tests that pytest-xdist 3.8.0 should keep in one process (mark xdist_group, --dist loadgroup) are spread over
# all: pytest-xdist adds the group to Item._nodeid, and Item.nodeid of pytest 9.2 no longer reads it. Nothing is said; what
# shares a port, a browser or a database in one group then collides now and then.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, pytest-xdist 3.8.0, pytest 9.2.0
#   expected: one process runs the group, with both versions of pytest
#   observed: processes that ran the group: pytest 9.1.1: 1; pytest 9.2.0: 2
source "$(dirname "$0")/lib.sh"

cat >test_group.py <<'PY'
import os
import time
from pathlib import Path

import pytest


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(12))
def test_in_one_process(number):
    time.sleep(0.05)
    Path("seen", os.environ["PYTEST_XDIST_WORKER"]).touch()
PY

counts=""
for version in 9.1.1 9.2.0; do
    install "pytest==$version" pytest-xdist==3.8.0
    rm -rf seen && mkdir seen
    python -m pytest -q -p no:cacheprovider -n 2 --dist loadgroup test_group.py >/dev/null
    counts="$counts $version=$(ls seen | wc -l)"
done

COUNTS=$counts python <<'PY'
import os

from finding import report

seen = dict(pair.split("=") for pair in os.environ["COUNTS"].split())
report(
    "pytest-xdist pytest",
    "one process runs the group, with both versions of pytest",
    "processes that ran the group: " + "; ".join(f"pytest {v}: {n}" for v, n in seen.items()),
    seen == {"9.1.1": "1", "9.2.0": "2"},
)
PY
