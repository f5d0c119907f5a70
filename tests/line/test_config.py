"""The configuration file: what it gives, and a sentence with the place for each mistake."""

from pathlib import Path

import pytest

from favae_demo.core.errors import ConfigError
from favae_demo.line.config import read_config, simple_config

WHOLE = """
state = "my state"
most_waiting = 500
[pictures]
keep_days = 7
[[source]]
kind = "folder"
name = "left"
path = "in"
model = "models/a.safetensors"
roi = [0.1, 0.2, 0.9, 0.8]
[[source]]
kind = "folder"
name = "right"
path = "/data/in"
model = "sample_bottle-none-quick"
rate = 0.01
[[sink]]
kind = "sqlite"
path = "v.sqlite"
[[sink]]
kind = "jsonl"
name = "lines"
path = "~/v.jsonl"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "line.toml"


def read(file: Path, text: str):
    file.write_text(text, encoding="utf-8")
    return read_config(file)


def test_a_whole_file(file: Path) -> None:
    config = read(file, WHOLE)
    left, right = (plan.options for plan in config.sources)
    assert (left.name, left.path, left.model, left.rate) == (
        "left",
        file.parent / "in",
        str(file.parent / "models/a.safetensors"),
        0.05,
    )
    assert (right.path, right.model, right.rate) == (Path("/data/in"), "sample_bottle-none-quick", 0.01)
    assert left.roi == (0.1, 0.2, 0.9, 0.8)
    assert [(plan.name, plan.options.path) for plan in config.sinks] == [
        ("sqlite", file.parent / "v.sqlite"),
        ("lines", Path("~/v.jsonl").expanduser()),
    ]
    assert (config.options.state, config.options.most_waiting) == (file.parent / "my state", 500)
    assert (config.options.pictures.keep_days, config.options.pictures.good_every) == (7, 100)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('kind = "jsonl"', 'kind = "fax"', r"line.toml, sink 2 \(lines\): `kind` must be one of sqlite, "),
        ('name = "left"\n', "", r"line.toml, source 1 \(folder\): `name` is missing."),
        ('path = "in"', 'path = "in"\nmodle = "x"', "there is no setting `modle` here."),
        ("rate = 0.01", "rate = 5", r"source 2 \(right\): `rate`: input should be less than 1."),
        ("[0.1, 0.2, 0.9, 0.8]", "[0.9, 0.2, 0.1, 0.8]", "`roi` must be left, top, right, bottom"),
        ("[0.1, 0.2, 0.9, 0.8]", "[0.1, 0.2, 9, 0.8]", "`roi.2`: input should be less than or equal to 1."),
        ('name = "right"', 'name = "left"', "two sources have the name 'left'"),
        ('name = "lines"', 'name = "sqlite"', "two sinks have the name 'sqlite'"),
        ("keep_days = 7", "keep_days = 0", "line.toml: `pictures.keep_days`: input should be greater than 0."),
        ("[[source]]", "[source]", "is not valid TOML"),
        ("most_waiting = 500", "most_waiting =", "is not valid TOML"),
        (WHOLE, "", r"at least one \[\[source\]\] is needed"),
    ],
)  # fmt: skip
def test_a_mistake_gets_a_sentence_with_its_place(file: Path, old: str, new: str, sentence: str) -> None:
    assert old in WHOLE
    with pytest.raises(ConfigError, match=sentence):
        read(file, WHOLE.replace(old, new))


def test_a_missing_file(file: Path) -> None:
    with pytest.raises(ConfigError, match="There is no file"):
        read_config(file)


def test_the_simple_case_keeps_its_state_beside_the_database(tmp_path: Path) -> None:
    source = {"kind": "folder", "name": "in", "path": "in", "model": "m"}
    config = simple_config(source, Path("out/v.sqlite"), tmp_path)
    assert config.options.state == tmp_path / "out/v.sqlite-line"
    assert config.sinks[0].options.path == tmp_path / "out/v.sqlite"
