"""Errors of the system are said in a sentence."""

import errno
import os

import pytest

from favae_demo.core.os_failures import SENTENCES, sentence


@pytest.mark.parametrize("number", sorted(SENTENCES))
def test_every_known_error_is_one_sentence(number: int) -> None:
    said = sentence(OSError(number, os.strerror(number), "/a/file"))
    assert said.endswith(".")
    assert "\n" not in said
    assert "{" not in said


def test_the_file_is_named_in_bounds() -> None:
    assert "'/a/file'" in sentence(FileNotFoundError(errno.ENOENT, "", "/a/file"))
    assert len(sentence(OSError(errno.ENAMETOOLONG, "", "x" * 5000))) < 300


def test_an_unknown_error_keeps_its_reason() -> None:
    assert sentence(OSError(errno.EXDEV, "Cross-device link", "/a")) == (
        "'/a' could not be read or written: Cross-device link."
    )
    assert sentence(OSError("no number")) == "A file could not be read or written: no number."
