"""The documents name only what exists: links, anchors, commands with their options, paths, environment variables."""

import argparse
import ast
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields
from functools import cache
from pathlib import Path
from unittest import mock

import pytest

from favae_demo.cli.main import main
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.settings import PROJECT
from favae_demo.scoring.detection import Detection

README = PROJECT / "README.md"
COMMAND_LINE = PROJECT / "docs" / "command-line.md"
ABLATION = PROJECT / "favae_demo" / "experiments" / "ablation.py"  # is not imported: it comes with torch
ARCHITECTURE = PROJECT / "docs" / "architecture.md"
DEPLOYMENT = PROJECT / "docs" / "deployment.md"
PYTHON_API = PROJECT / "docs" / "python-api.md"
TOP = [PROJECT / name for name in ("README.md", "SECURITY.md", "CHANGELOG.md", "CONTRIBUTING.md")]
DOCUMENTS = [*TOP, *sorted(PROJECT.glob("docs/*.md")), *sorted(PROJECT.glob("findings/README.md"))]
MOST_LINES = 120  # of README
PROGRAMS = (["python", "-m", "favae_demo"], ["favae-demo"])

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"(?:python -m favae_demo|favae-demo)(?![\w/.-])[^`\n]*")
VARIABLE = re.compile(r"FAVAE_[A-Z_]+[A-Z]")
ROOMS = r"(?:favae_demo|tests|docs|assets|checkpoints|examples|findings|\.ci)/[\w./*-]*"
PATH = re.compile(rf"{ROOMS}|app\.py|pyproject\.toml|requirements[\w-]*\.txt|[A-Z]+\.md")

NAMED = re.compile(r"`(\w+)`\s\(`([\w/]+\.py)`\)")

each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT))
)


@each_document
def test_links_lead_somewhere(document: Path) -> None:
    for target in _links(document):
        name, _, anchor = target.partition("#")
        path = (document.parent / name).resolve() if name else document
        assert path.exists(), target
        assert path.is_relative_to(PROJECT), target
        if anchor:
            assert anchor in _anchors(path), target


@each_document
def test_commands_are_understood(document: Path, capsys: pytest.CaptureFixture) -> None:
    for arguments in _commands(_text(document)):
        try:
            options = _parser().parse_args(arguments)
        except SystemExit as end:
            if end.code:
                pytest.fail(f"{shlex.join(arguments)}: {capsys.readouterr().err}")
            continue  # --help
        settings = {assignment.partition("=")[0] for assignment in getattr(options, "set", [])}
        assert settings <= {item.name for item in fields(TrainConfig)}, settings
        rows = options.only if arguments[0] == "ablation" else []
        assert all(f'"{row}"' in _text(ABLATION) for row in rows), rows


@each_document
def test_paths_exist(document: Path) -> None:
    text = FENCE.sub("", _text(document))
    paths = [path for path in CODE.findall(text) if PATH.fullmatch(path)]
    missing = [
        path for path in paths if not (any(PROJECT.glob(path)) if "*" in path else (PROJECT / path).exists())
    ]
    assert not missing


@each_document
def test_variables_are_read(document: Path) -> None:
    assert set(VARIABLE.findall(_text(document))) <= _variables_read()


def test_each_variable_is_documented() -> None:
    assert _variables_read() <= set(VARIABLE.findall(_text(DEPLOYMENT)))


def test_each_option_is_documented() -> None:
    """The table in the section of a command names exactly the options that it takes."""
    for command, parser in _commands_of(_parser()).items():
        cells = re.findall(r"^\| (`--.+?) \|", _section(COMMAND_LINE, command), re.MULTILINE)
        named = {option for cell in cells for option in re.findall(r"--[a-z-]+", cell)}
        assert named | {"--json"} == _options(parser), command


def test_each_command_is_in_the_list() -> None:
    listed = re.findall(r"^\| \[`(\w+)`\]\(#(\w+)\) \|", _text(COMMAND_LINE), re.MULTILINE)
    assert {name: name for name in _commands_of(_parser())} == dict(listed)


def test_each_room_is_on_the_map() -> None:
    rooms = re.findall(r"^\| `(favae_demo/[^`]+)/` \|", _text(ARCHITECTURE), re.MULTILINE)
    files = (*PROJECT.glob("favae_demo/*/**/*.py"), *PROJECT.glob("favae_demo/*/**/*.css"))
    folders = {path.parent.relative_to(PROJECT).as_posix() for path in files}
    assert set(rooms) == {folder for folder in folders if not folder.startswith("favae_demo/ui/tabs/")}


def test_each_attribute_of_a_detection_is_documented() -> None:
    table = _text(PYTHON_API).split("\n### Detection\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    values = {name for name, value in vars(Detection).items() if isinstance(value, property)}
    assert named == values | {item.name for item in fields(Detection)}


@each_document
def test_names_stand_in_their_files(document: Path) -> None:
    """`NAME` (`path`), as CONTRIBUTING has it."""
    for name, path in NAMED.findall(_text(document)):
        assert re.search(rf"^(?:class |def )?{name}\b", _text(PROJECT / path), re.MULTILINE), (name, path)


def test_readme_is_short() -> None:
    assert len(_text(README).splitlines()) <= MOST_LINES


def test_documents_are_read() -> None:
    """Guards the tests above: a pattern that finds nothing would let everything pass."""
    texts = [_text(document) for document in DOCUMENTS]
    assert sum(len(list(_links(document))) for document in DOCUMENTS) > 50
    assert len({" ".join(arguments[:1]) for text in texts for arguments in _commands(text)}) >= 11
    assert sum(bool(PATH.fullmatch(path)) for text in texts for path in CODE.findall(text)) > 50
    assert sum(len(NAMED.findall(text)) for text in texts) > 10


def _text(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def _links(document: Path) -> Iterator[str]:
    """Targets within the repository."""
    for target in LINK.findall(CODE.sub("", FENCE.sub("", _text(document)))):
        if not target.startswith(("http://", "https://", "mailto:")):
            yield target


def _anchors(document: Path) -> set[str]:
    """Anchors as GitHub makes them of headings: a repeated one gets a number."""
    found, seen = set(), Counter()
    for heading in HEADING.findall(FENCE.sub("", _text(document))):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def _commands(text: str) -> Iterator[list[str]]:
    """Arguments of each command of ours that a text shows."""
    for line in COMMAND.findall(text):
        words = shlex.split(re.split(r"&&|[;|>]| #", line)[0].replace("…", ""))
        program = next(program for program in PROGRAMS if words[: len(program)] == program)
        if arguments := words[len(program) :]:
            yield arguments


def _section(document: Path, heading: str) -> str:
    """What stands below a heading of the second level."""
    return _text(document).split(f"\n## {heading}\n")[1].split("\n## ")[0]


@cache
def _parser() -> argparse.ArgumentParser:
    """The parser of `main`, whatever builds it."""
    with (
        mock.patch.object(
            argparse.ArgumentParser, "parse_args", autospec=True, side_effect=SystemExit
        ) as parse,
        suppress(SystemExit),
    ):
        main([])
    return parse.call_args.args[0]


def _commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    actions = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(actions[0].choices) if actions else {}


def _options(parser: argparse.ArgumentParser) -> set[str]:
    """Options of a command and its actions, without those that help hides."""
    own = {
        name
        for action in parser._actions
        for name in action.option_strings
        if name.startswith("--") and action.help != argparse.SUPPRESS and name != "--help"
    }
    return own.union(*map(_options, _commands_of(parser).values()))


@cache
def _variables_read() -> set[str]:
    """Environment variables that the program names as a whole string."""
    files = [PROJECT / "app.py", *PROJECT.glob("favae_demo/**/*.py")]
    nodes = (node for file in files for node in ast.walk(ast.parse(_text(file))))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {text for text in texts if VARIABLE.fullmatch(text)}
