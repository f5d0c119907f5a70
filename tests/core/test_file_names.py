"""Names of files fit every system."""

import pytest

from favae_demo.core.file_names import comparison_key, portable_name


@pytest.mark.parametrize(
    "name", ["con", "NUL", "aux.png", "COM1", "lpt9.tar.gz", "com¹", "conin$", "", "...", " "]
)
def test_names_that_windows_keeps_are_changed(name: str) -> None:
    assert portable_name(name) == "_" + name.rstrip(". ")


@pytest.mark.parametrize("name", ["console", "a.con", "com", "com10", "größe 漢", ".hidden"])
def test_other_names_stay(name: str) -> None:
    assert portable_name(name) == name


@pytest.mark.parametrize("letter", ["x", "ö", "漢", "🔩"])
def test_a_name_is_bounded_in_bytes_at_a_whole_letter(letter: str) -> None:
    name = portable_name(letter * 300, 20)
    assert 16 < len(name.encode()) <= 20
    assert set(name) == {letter}


def test_a_name_ends_neither_in_a_dot_nor_in_a_space() -> None:
    assert portable_name("part. .") == "part"
    assert portable_name("abcd. efg", 6) == "abcd"


@pytest.mark.parametrize(
    ("one", "other"), [("A.png", "a.PNG"), ("é", "e\u0301"), ("STRASSE", "straße"), ("É", "e\u0301")]
)
def test_names_of_the_same_file_on_some_system_are_equal(one: str, other: str) -> None:
    assert comparison_key(one) == comparison_key(other)
    assert comparison_key("a") != comparison_key("b")
