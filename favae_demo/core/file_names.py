"""File names that every system takes: bounded in bytes, and none that Windows keeps for devices."""

import re
import unicodedata

MOST_BYTES = 200  # of one component; systems allow 255, and suffixes and numbers are added to it
# Devices of Windows, in every folder and with every suffix; the raised digits count as digits there.
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE)


def portable_name(name: str, most_bytes: int = MOST_BYTES) -> str:
    """Returns a component of a path that every system takes; characters stay as they are, apart from spaces and dots at the end.

    Args:
        name: The wanted name, without characters that are forbidden in names.
        most_bytes: Greatest length in UTF-8.
    """
    short = name.encode(errors="surrogateescape")[:most_bytes].decode(errors="ignore").rstrip(". ")
    return f"_{short}" if not short or _RESERVED.fullmatch(short) else short


def comparison_key(name: str) -> str:
    """Returns a text that is equal for names which are the same file on Windows or macOS: without case, and with composed letters."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
