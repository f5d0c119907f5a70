"""Messages for errors of the system that end a training: a full disk, missing permissions, too little memory."""

import contextlib
import errno
from collections.abc import Iterator

from favae_demo.core.errors import FavaeError, TrainingError

BUG = "The program made a mistake; log.txt in the folder of this training says which."
FULL = "The disk is full; free some space and resume the training."
NO_PERMISSION = (
    "{file} may not be written or read by this app; change its permissions, or set another folder."
)
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
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), NO_PERMISSION),
}
# Phrases in the messages of libraries that raise no MemoryError when memory runs out.
_OUT_OF_MEMORY = ("not enough memory", "out of memory", "can't allocate", "insufficient memory", "bad_alloc")


def user_error(error: Exception) -> FavaeError | None:
    """Returns the error as one whose message the user can act on; None if it is a bug."""
    if isinstance(error, FavaeError):
        return error
    if isinstance(error, OSError):
        return _os_failure(error)
    message = str(error).lower()
    if isinstance(error, MemoryError) or any(phrase in message for phrase in _OUT_OF_MEMORY):
        return TrainingError(MEMORY)
    return None


@contextlib.contextmanager
def convert_os_errors() -> Iterator[None]:
    """Converts an OSError of the block to a TrainingError whose message the user can act on."""
    try:
        yield
    except OSError as error:
        raise _os_failure(error) from error


def _os_failure(error: OSError) -> TrainingError:
    sentence = SENTENCES.get(error.errno or 0, "A file could not be read or written: {error}.")
    return TrainingError(sentence.format(file=repr(str(error.filename or "A file")), error=error))
