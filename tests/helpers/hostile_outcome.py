"""What became of a hostile file: it was taken, or refused in one plain sentence; everything else is a fault of the app."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from favae_demo.core.errors import FavaeError
from favae_demo.data.io.archives import Limits
from favae_demo.data.io.extraction import unpack
from favae_demo.data.io.image_stream import images

ACCEPTED, REFUSED = "accepted", "refused"
LONGEST = 700  # letters of a sentence


def outcome(read: Callable[[], Any]) -> str:
    """Runs it; anything but the app's own error goes through.

    Raises:
        AssertionError: The error is no plain sentence.
    """
    try:
        read()
    except FavaeError as error:
        require_sentence(str(error))
        return REFUSED
    return ACCEPTED


def require_sentence(text: str) -> None:
    """Checks that a text is one plain line that can be written anywhere."""
    assert text.strip() == text, repr(text)
    assert text.endswith("."), repr(text)
    require_line(text)


def require_line(text: str) -> None:
    """Checks that a text is one line, not endless, and can be sent to a page."""
    assert text, "an empty text"
    assert text.isprintable(), repr(text)
    assert len(text) <= LONGEST, f"{len(text)} letters"
    json.dumps(text, ensure_ascii=False).encode()


def added(archive: Path, target: Path, limits: Limits | None = None) -> str:
    """Unpacks an archive into an empty folder, as when data are added, and checks that nothing came to lie outside it."""
    around = set(target.parent.iterdir())
    found = outcome(lambda: unpack(archive, target, lambda done, total: None, limits=limits))
    assert set(target.parent.iterdir()) == around, "something was written outside"
    assert not any(path.is_symlink() for path in target.rglob("*"))
    return found


def judged(*sources: Path, limits: Limits | None = None) -> str:
    """Reads many pictures as a batch does, and checks that each has bytes or a reason; accepted where one has bytes."""
    seen, read = set(), False
    for one in images(sources, limits):
        require_line(one.name)
        assert one.name not in seen, one.name
        seen.add(one.name)
        assert (one.content is None) == bool(one.reason), one.name
        if one.reason:
            require_line(one.reason)
        read = read or one.content is not None
    return ACCEPTED if read else REFUSED
