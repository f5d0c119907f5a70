"""Files that are either whole or not there: every write is a temporary file and a rename."""

import json
import os
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MOST_JSON = 64_000_000  # bytes


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yields a temporary path beside `path`; on success it takes `path`'s place, on an error it is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Without its name, which may be as long as is allowed.
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Writes a value as readable JSON, atomically."""
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Reads a JSON file.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no JSON, nested too deeply, larger than any file of this app, or not a file at all.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_JSON:
        raise ValueError(f"{path.name} is no file of this app.")
    return parse_json(path.read_bytes())


def parse_json(text: str | bytes) -> Any:
    """What JSON text holds.

    Raises:
        ValueError: It is no JSON, or nested too deeply.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("This JSON is nested too deeply.") from None


def encodable_name(name: str) -> str:
    """A file's name as text that can be written anywhere: bytes that are no UTF-8 are read as CP437, as in ZIP archives."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("cp437")
    return name


def display_name(name: str, longest: int = 500) -> str:
    """A file's name for a table or a sentence: on one line, not endless, with nothing that turns the text around."""
    text = (
        "".join(letter if letter.isprintable() else "�" for letter in encodable_name(name[: longest + 1]))
        or "�"
    )
    return text if len(text) <= longest else f"{text[:longest]}…"
