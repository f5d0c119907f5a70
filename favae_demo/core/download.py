"""Downloads one file, over HTTPS or as a wheel through pip, and verifies its checksum."""

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
"""Called with (bytes done, bytes in total or 0 if unknown) during a transfer; an exception that it raises stops the transfer."""

CONNECT_SECONDS = 5.0
ATTEMPTS = 5
BLOCK = 1 << 18
# Errors of this machine, which another attempt does not solve.
LOCAL_ERRORS = {
    errno.ENOSPC: "the disk is full; free some space first",
    errno.EDQUOT: "the disk is full; free some space first",
    errno.EFBIG: "the file is larger than this system allows",
    errno.EROFS: "the disk can only be read",
}


def download(url: str, path: Path, on_progress: ProgressCallback) -> None:
    """Downloads `url` to `path`; resumes a file that is partly there and a connection that was interrupted.

    Verify the checksum afterwards: a partial file of another version is not recognised here.

    Args:
        url: Address of the file.
        path: Target file.
        on_progress: Called after each block.

    Raises:
        DownloadError: The server does not answer within 5 s, refuses, or interrupts the connection repeatedly; or the disk is full.
    """
    reason = ""
    for _ in range(ATTEMPTS):
        before = _size(path)
        try:
            if _transfer(url, path, on_progress):
                return
            reason = "the connection broke off"
        except HTTPError as error:
            if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and before:
                return  # an earlier call has downloaded the whole file
            raise DownloadError(f"the server answered {error.code}") from error
        except (OSError, HTTPException, ValueError) as error:
            if isinstance(error, OSError) and error.errno in LOCAL_ERRORS:
                raise DownloadError(LOCAL_ERRORS[error.errno]) from error
            reason = _short(error)
        if _size(path) <= before:
            break
    raise DownloadError(reason)


def _transfer(url: str, path: Path, on_progress: ProgressCallback) -> bool:
    """Downloads over one connection, resuming if the server supports ranges; returns whether the file is complete."""
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
                on_progress(done, total)
    return done == total or not total


def _connect(request: Request) -> HTTPResponse:
    """Calls `urlopen` with a total limit of 5 s; its own timeout restarts for each address and excludes the name look-up."""
    answer: queue.Queue[HTTPResponse | Exception] = queue.Queue()

    def open_url() -> None:
        try:
            answer.put(urlopen(request, timeout=CONNECT_SECONDS))
        except Exception as error:  # raised in the calling thread
            answer.put(error)

    threading.Thread(target=open_url, daemon=True).start()
    try:
        result = answer.get(timeout=CONNECT_SECONDS)
    except queue.Empty:
        raise TimeoutError("no answer within 5 s") from None
    if isinstance(result, Exception):
        raise result
    return result


def pip_download(requirement: str, folder: Path, size: int, on_progress: ProgressCallback) -> None:
    """Downloads one wheel from the configured package index into `folder`, without installing it.

    Args:
        requirement: Package and version, as in `name==1.0`.
        folder: An empty folder, which also receives pip's temporary files and log.
        size: Size of the wheel in bytes, for the progress.
        on_progress: Called several times a second.

    Raises:
        DownloadError: pip is not installed or fails.
    """
    # --only-binary: a source distribution would run its own build script.
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]
    command += ["--ignore-requires-python", "--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    command += ["--timeout=10", "--retries=1", "--dest", str(folder), requirement]
    env = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    log = folder / "pip.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env)
        try:
            while process.poll() is None:
                on_progress(min(_folder_size(folder), size), size)
                time.sleep(0.2)
        finally:
            process.kill()  # no effect once it has ended
            process.wait()
    if process.returncode:
        lines = log.read_text(errors="replace").strip().splitlines() or ["pip failed"]
        errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
        raise DownloadError((errors or lines)[-1])
    on_progress(size, size)


def check_digest(path: Path, digest: str, on_progress: ProgressCallback = lambda done, total: None) -> None:
    """Verifies a file's checksum.

    Args:
        path: The file.
        digest: `<algorithm>:<first hexadecimal digits>`, as in `sha256:ba7816bf`.
        on_progress: Called after each block that is read.

    Raises:
        DownloadError: The file has another digest.
    """
    algorithm, _, expected = digest.partition(":")
    actual, done, total = hashlib.new(algorithm), 0, path.stat().st_size
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            actual.update(block)
            done += len(block)
            on_progress(done, total)
    if not actual.hexdigest().startswith(expected):
        raise DownloadError("the file's checksum is wrong")


def _folder_size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # pip may move a file meanwhile
            continue
    return total


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _short(error: Exception) -> str:
    cause = getattr(error, "reason", None) or error  # urllib wraps the cause in a URLError
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
