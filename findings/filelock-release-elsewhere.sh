#!/usr/bin/env bash
# FileLock.release called in another thread than acquire does nothing and says nothing; the lock stays held. Locks are per
# thread unless made with thread_local=False, also where one object is shared (a worker thread that cleans up, a finaliser).
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, filelock 4.3.1
#   expected: free after release, or an error
#   observed: as made by default: still held; thread_local=False: free
source "$(dirname "$0")/lib.sh"
install filelock==4.3.1

python <<'PY'
import threading

from filelock import FileLock, Timeout

from finding import report

seen = {}
for local in (True, False):
    lock = FileLock(f"lock-{local}", thread_local=local)
    lock.acquire()
    thread = threading.Thread(target=lock.release)
    thread.start()
    thread.join()
    try:
        with FileLock(f"lock-{local}", timeout=0.2):
            seen[local] = "free"
    except Timeout:
        seen[local] = "still held"
report(
    "filelock",
    "free after release, or an error",
    f"as made by default: {seen[True]}; thread_local=False: {seen[False]}",
    seen == {True: "still held", False: "free"},
)
PY
