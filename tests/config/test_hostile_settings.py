"""Settings that are nonsense, and JSON files that anybody may have written: a value, or one plain sentence."""

import os
from pathlib import Path

import pytest
from hostile_outcome import REFUSED, outcome
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from favae_demo.core.errors import ConfigError
from favae_demo.core.files import MOST_JSON, display_name, encodable_name, read_json, write_json
from favae_demo.core.settings import ENGINES, Settings
from favae_demo.detection.engines import CHOICES

NAMES = ("DATA_DIR", "CHECKPOINT_DIR", "RUNS_DIR", "CACHE_DIR", "TEACHER_DIR", "TRAINING", "MAX_PIXELS", "MAX_UPLOAD_MB", "SIGN_IN", "ENGINE")  # fmt: skip
FOLDERS = NAMES[:5]


@profile(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.sampled_from([f"FAVAE_{name}" for name in NAMES]), st.text(max_size=300), max_size=4)
)
def test_any_text_is_a_setting_or_refused(env: dict[str, str]) -> None:
    outcome(lambda: Settings.from_env(env))


@pytest.mark.parametrize("value", ["²", "٣", "1e6", "0x10", " 5", "9" * 5_000, "-1", "0", "nan", "1_000"])
@pytest.mark.parametrize("name", ["FAVAE_MAX_PIXELS", "FAVAE_MAX_UPLOAD_MB"])
def test_only_plain_numbers_are_numbers(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"{name} is .* must be a whole number") as refused:
        Settings.from_env({name: value})
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_must_be_able_to_be_one(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("nothing")
    for value in (
        tmp_path / "file",
        tmp_path / "pipe",
        tmp_path / "link",
        "x" * 5_000,
        "a\0b",
        tmp_path / "file" / "in",
    ):
        with pytest.raises(ConfigError, match=f"FAVAE_{name} is"):
            Settings.from_env({f"FAVAE_{name}": str(value)})
    assert Settings.from_env({f"FAVAE_{name}": str(tmp_path / "new")})


def test_an_unknown_engine_is_refused_at_the_start() -> None:
    assert set(ENGINES) == set(CHOICES)
    for name in ENGINES:
        assert Settings.from_env({"FAVAE_ENGINE": name}).engine == name
    with pytest.raises(ConfigError, match="FAVAE_ENGINE is 'nope'; it must be one of auto, "):
        Settings.from_env({"FAVAE_ENGINE": "nope"})


def test_an_empty_variable_is_none() -> None:
    assert Settings.from_env({f"FAVAE_{name}": "" for name in NAMES}) == Settings.from_env({})


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, b"\0" * 4096, b"9" * 5_000]
)
def test_what_is_no_json_is_a_value_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(ValueError):  # noqa: PT011
        read_json(tmp_path / "a.json")


def test_a_json_file_is_a_file_of_bounded_size(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    write_json(tmp_path / "large.json", {})
    os.truncate(tmp_path / "large.json", MOST_JSON + 1)
    for name in ("pipe", "large.json"):
        with pytest.raises(ValueError, match="not written by this app"):
            read_json(tmp_path / name)


def test_a_name_of_the_greatest_length_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250 + ".json")
    write_json(path, [1])
    assert read_json(path) == [1]
    assert list(tmp_path.iterdir()) == [path]


@given(st.text(st.characters(codec=None), max_size=40))
def test_any_text_is_legible(text: str) -> None:
    assert encodable_name(text).encode() or not text
    assert display_name(text).isprintable()


@given(st.binary(min_size=1, max_size=40))
def test_names_of_any_bytes_are_legible_and_stay_apart(name: bytes) -> None:
    text = os.fsdecode(name)
    assert encodable_name(text).encode()
    assert display_name(text).isprintable()
    if not text.isascii() and encodable_name(text) != text:
        assert encodable_name(text).encode("cp437") == name


def test_the_sentence_of_a_refused_sign_in_is_plain() -> None:
    assert outcome(lambda: Settings.from_env({"FAVAE_SIGN_IN": "a:b,,c"})) == REFUSED
