"""Sentences for errors of the operating system, which name the file and what to do."""

import errno

_DENIED = "{file} may not be written or read by this program; change its permissions, or name another place."
_FULL = "The disk is full; free some space and try again."
SENTENCES = {
    errno.ENOENT: "There is no file or folder {file}.",
    errno.EEXIST: "{file} is there already, and is not a folder; name another place.",
    errno.ENOTDIR: "{file} lies below something that is not a folder; name another place.",
    errno.EISDIR: "{file} is a folder; name a file.",
    errno.ENAMETOOLONG: "The name {file} is too long for this system.",
    errno.EINVAL: "{file} is no name that this system allows, or cannot be used this way.",
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EMFILE: "Too many files are open; close other programs, or raise this system's limit (ulimit -n).",
    errno.EPIPE: "The program that reads the output has ended.",
    errno.EADDRINUSE: "The port is in use by another program.",
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _DENIED),
}
LONGEST = 200  # letters of a path in a sentence


def sentence(error: OSError) -> str:
    """Returns an error of the operating system as a sentence that the user can act on."""
    path = "" if error.filename is None else str(error.filename)
    file = repr(path if len(path) <= LONGEST else f"{path[:LONGEST]}…") if path else "A file"
    known = SENTENCES.get(error.errno or 0, "{file} could not be read or written: {error}.")
    return known.format(file=file, error=error.strerror or error)
