"""Verdicts as lines of a text file: JSON lines, and CSV for spreadsheets."""

import errno
import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from favae_demo.core.plain_text import write_csv_rows
from favae_demo.line.options import Table
from favae_demo.line.verdict_record import VerdictRecord

COLUMNS = (
    "id", "time", "source", "name", "category", "verdict", "multiple", "score", "threshold", "regions", "model", "remark", "picture",
)  # fmt: skip
MARK = "﻿"  # byte order mark: spreadsheets then read UTF-8
TAIL_BYTES = (
    4_000_000  # the end of the file that is read for ids after a restart; more than one batch ever takes
)


class TextFileOptions(Table):
    """Settings of the sinks `jsonl` and `csv`."""

    path: Path


class TextFileSink:
    """Appends verdicts to a text file.

    After a crash the end of the file may hold half a line, which is cut off, or verdicts that come again, which are left out.

    Args:
        path: The file.
        header: Its first line, or nothing.
        line: Returns the line of a record.
        record_id: Returns the id of a line.
    """

    batch = 256

    def __init__(
        self,
        path: Path,
        header: str,
        line: Callable[[VerdictRecord], str],
        record_id: Callable[[str], str],
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        self._line = line
        self._file = path.open("a+b", buffering=0)
        self._written = self._repair(record_id)
        if not self._file.tell():
            self._append(header)

    def start(self) -> None:
        """See `Sink.start`."""

    def deliver(self, records: Sequence[VerdictRecord]) -> None:
        """See `Sink.deliver`."""
        fresh = [record for record in records if record.id not in self._written]
        self._append("".join(self._line(record) for record in fresh))
        # The same batch comes again if the process is killed before the spool knows; the one before it cannot.
        self._written = {record.id for record in records}

    def check(self) -> None:
        """See `Sink.check`."""

    def close(self) -> None:
        """See `Sink.close`."""
        self._file.close()

    def _append(self, text: str) -> None:
        start, data = self._file.seek(0, os.SEEK_END), text.encode()
        if self._file.write(data) < len(data):  # the disk is full; half a batch would come again
            self._file.truncate(start)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self._file.name)

    def _repair(self, record_id: Callable[[str], str]) -> set[str]:
        """Cuts half a line off the end, and returns the ids of the last lines."""
        size = self._file.seek(0, os.SEEK_END)
        start = self._file.seek(max(0, size - TAIL_BYTES))
        tail = self._file.read(TAIL_BYTES)
        whole = tail[: tail.rfind(b"\n") + 1]
        if len(whole) < len(tail):
            self._file.truncate(start + len(whole))
        self._file.seek(0, os.SEEK_END)
        lines = whole.decode(errors="replace").split("\n")
        return {record_id(line) for line in lines[1 if start else 0 :]}


def json_lines(options: TextFileOptions) -> TextFileSink:
    """Returns a sink that writes JSON lines."""
    return TextFileSink(options.path, "", lambda record: record.to_json() + "\n", _json_id)


def csv_file(options: TextFileOptions) -> TextFileSink:
    """Returns a sink that writes CSV; no text in it is read as a formula."""
    return TextFileSink(options.path, MARK + _csv_line(COLUMNS), _csv_record, _csv_id)


def _json_id(line: str) -> str:
    """Returns the id of a line, which is its first value; nothing is parsed, since the line may be of another program."""
    return line.partition('"id": "')[2].partition('"')[0]


def _csv_record(record: VerdictRecord) -> str:
    values = vars(record) | {"regions": len(record.regions)}
    return _csv_line([_one_line(values[name]) for name in COLUMNS])


def _csv_line(values: Sequence[object]) -> str:
    text = io.StringIO(newline="")
    write_csv_rows(text, [values])
    return text.getvalue()


def _csv_id(line: str) -> str:
    return line.partition(",")[0]


def _one_line(value: object) -> object:
    """Returns a text without line breaks: half a line must be seen after a crash."""
    return " ".join(value.split()) if isinstance(value, str) else value
