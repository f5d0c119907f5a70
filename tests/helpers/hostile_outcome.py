"""Checks on the handling of a hostile file: the app must accept it, or reject it with one plain sentence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from favae_demo.core.errors import FavaeError
from favae_demo.data.io.archive_guards import Limits
from favae_demo.data.io.extraction import unpack
from favae_demo.data.io.image_stream import images

ACCEPTED, REFUSED = "accepted", "refused"
LONGEST = 700  # characters of a message


def outcome(read: Callable[[], Any]) -> str:
    """Calls `read`; returns `ACCEPTED`, or `REFUSED` if it raised one of the app's errors. Other errors are raised again.

    Raises:
        AssertionError: The error's message is not a plain sentence.
    """
    try:
        read()
    except FavaeError as error:
        require_sentence(str(error))
        return REFUSED
    return ACCEPTED


def require_sentence(text: str) -> None:
    """Checks that a text is one printable line that ends with a full stop."""
    assert text.strip() == text, repr(text)
    assert text.endswith("."), repr(text)
    require_line(text)


def require_line(text: str) -> None:
    """Checks that a text is one printable line of limited length that can be encoded as JSON."""
    assert text, "an empty text"
    assert text.isprintable(), repr(text)
    assert len(text) <= LONGEST, f"{len(text)} letters"
    json.dumps(text, ensure_ascii=False).encode()


def added(archive: Path, target: Path, limits: Limits | None = None) -> str:
    """Unpacks an archive into an empty folder, as an import does; checks that nothing is written outside it, and that it holds no links."""
    around = set(target.parent.iterdir())
    result = outcome(lambda: unpack(archive, target, lambda done, total: None, limits=limits))
    assert set(target.parent.iterdir()) == around, "something was written outside"
    assert not any(path.is_symlink() for path in target.rglob("*"))
    return result


def judged(*sources: Path, limits: Limits | None = None) -> str:
    """Reads files as a batch does; checks that each has either content or a reason. Accepted if at least one has content."""
    seen, read = set(), False
    for file in images(sources, limits):
        require_line(file.name)
        assert file.name not in seen, file.name
        seen.add(file.name)
        assert (file.content is None) == bool(file.reason), file.name
        if file.reason:
            require_line(file.reason)
        read = read or file.content is not None
    return ACCEPTED if read else REFUSED
