"""Opens SQLite files that are read while they are written."""

import sqlite3
from pathlib import Path

from favae_demo.core.errors import ConfigError


def open_database(path: Path, schema: str, version: int) -> sqlite3.Connection:
    """Opens a SQLite file that is read while it is written, and makes its tables.

    Args:
        path: The file; missing folders are made.
        schema: Statements that make what does not exist.
        version: Version of the schema; it is written to a new file.

    Raises:
        ConfigError: The file is of a later version, or no such file at all.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path, timeout=10, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        (written,) = database.execute("PRAGMA user_version").fetchone()
        if written > version:
            raise ConfigError(
                f"{path.name!r} was written by a later version of this program (schema {written})."
            )
        if not written and database.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise ConfigError(f"{path.name!r} is a database of another program; name another file.")
        # One transaction: a kill leaves no file that is half made.
        database.executescript(f"BEGIN IMMEDIATE; {schema} PRAGMA user_version = {version}; COMMIT;")
    except sqlite3.DatabaseError as error:
        database.close()
        raise ConfigError(f"{str(path)!r} cannot be used as a database: {error}.") from error
    except ConfigError:
        database.close()
        raise
    return database
