"""How an import reports what it is doing."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, how much is done, how much there is or 0)."""
UNPACKING, CHECKING, WRITING = "unpacking", "checking", "writing"


def ignore(stage: str, done: int, total: int) -> None:
    """Does nothing: the default where nobody watches the progress."""
