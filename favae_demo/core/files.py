"""Atomic writes (a temporary file and a rename), JSON files, and file names for display."""

import json
import os
import re
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Python escapes a byte that is not UTF-8 by U+DC80 to U+DCFF.
HALF_PAIR = re.compile("[\ud800-\udc7f\udd00-\udfff]")
MOST_JSON = 64_000_000  # bytes; a larger file is not read


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yields a temporary path in the folder of `path`; it replaces `path` on success and is removed on an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Does not contain the name, which may already have the greatest allowed length.
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Writes a value as indented JSON, atomically."""
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Reads a JSON file.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is not valid JSON, is nested too deeply, is larger than `MOST_JSON`, or is not a regular file.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_JSON:
        raise ValueError(f"{path.name} was not written by this app.")
    return parse_json(path.read_bytes())


def parse_json(text: str | bytes) -> Any:
    """Parses JSON text.

    Raises:
        ValueError: It is not valid JSON, or is nested too deeply.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("This JSON is nested too deeply.") from None


def encodable_name(name: str) -> str:
    """Returns a file name that can be encoded as UTF-8.

    If its bytes are not UTF-8, they are decoded as CP437, as in ZIP archives. Half a UTF-16 pair, as JSON may hold, becomes a question mark.
    """
    name = HALF_PAIR.sub("?", name)
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("cp437")
    return name


def display_name(name: str, longest: int = 500) -> str:
    """Returns a file name for a table or a sentence: at most `longest` characters, with line breaks and control characters replaced."""
    text = (
        "".join(letter if letter.isprintable() else "�" for letter in encodable_name(name[: longest + 1]))
        or "�"
    )
    return text if len(text) <= longest else f"{text[:longest]}…"
