#!/usr/bin/env bash
# Acquiring a FileLock makes the folders that are missing on its path (since 3.12.1 or later; 3.12.0 raises). Whoever only
# looks whether a job is locked brings the folder of a job back that was just deleted.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, filelock 4.3.1
#   expected: an error: there is no such folder
#   observed: 3.12.0: FileNotFoundError; 4.3.1: acquired, folder is there again: True
source "$(dirname "$0")/lib.sh"

cat >look.py <<'PY'
import shutil
from pathlib import Path

from filelock import FileLock

job = Path("jobs/1")
job.mkdir(parents=True)
lock = FileLock(job / "lock", timeout=1)
shutil.rmtree(job.parent)  # somebody deletes the job
try:
    with lock:  # and somebody else looks whether it runs
        pass
    print("acquired, folder is there again:", job.is_dir())
except FileNotFoundError:
    print("FileNotFoundError")
PY
for version in 3.12.0 4.3.1; do
    install filelock==$version
    rm -rf jobs
    python look.py >seen-$version
done

python <<'PY'
from pathlib import Path

from finding import report

old, new = (Path(f"seen-{version}").read_text().strip() for version in ("3.12.0", "4.3.1"))
report(
    "filelock",
    "an error: there is no such folder",
    f"3.12.0: {old}; 4.3.1: {new}",
    old == "FileNotFoundError" and new == "acquired, folder is there again: True",
)
PY
