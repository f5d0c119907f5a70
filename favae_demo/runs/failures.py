"""What stops a training from outside, in a sentence: a full disk, a closed folder, too little memory."""

import contextlib
import errno
from collections.abc import Iterator

from favae_demo.core.errors import FavaeError, TrainingError

BUG = "The program made a mistake; log.txt in the folder of this training says which."
FULL = "The disk is full; free some space and resume the training."
CLOSED = "{file} may not be written or read by this app; change its permissions, or set another folder."
MEMORY = (
    "There is not enough memory for this training. Close other programs and resume it, or start one with a smaller network "
    "or fewer varied pictures."
)
GONE = "{file} is gone; it was deleted meanwhile."
SENTENCES = {
    errno.ENOENT: GONE,
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: "A file grew beyond what this system allows for one file; raise that limit and resume the training.",
    errno.ENOMEM: MEMORY,
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), CLOSED),
}
# How libraries without an error of their own for it say that memory has run out.
_OUT_OF_MEMORY = ("not enough memory", "out of memory", "can't allocate", "insufficient memory", "bad_alloc")


def as_failure(error: Exception) -> FavaeError | None:
    """The error as one for users; None if it is a mistake of the program."""
    if isinstance(error, FavaeError):
        return error
    if isinstance(error, OSError):
        sentence = SENTENCES.get(error.errno, "A file could not be read or written: {error}.")
        return TrainingError(sentence.format(file=repr(str(error.filename or "A file")), error=error))
    words = str(error).lower()
    if isinstance(error, MemoryError) or any(said in words for said in _OUT_OF_MEMORY):
        return TrainingError(MEMORY)
    return None


@contextlib.contextmanager
def named() -> Iterator[None]:
    """Turns what the system refuses into a sentence."""
    try:
        yield
    except OSError as error:
        raise as_failure(error) from error
