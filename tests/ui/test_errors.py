"""Sentences of errors as visitors see them: on a public host without the server's folders."""

import ast
from pathlib import Path

import gradio as gr
import pytest

from favae_demo import ui
from favae_demo.core.errors import DataError
from favae_demo.core.settings import is_public
from favae_demo.ui.errors import show_errors, user_message, without_folders


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("There is no file '/srv/a b/parts.zip'.", "There is no file 'parts.zip'."),
        (
            "Nothing can be saved in /home/me/cache/results: No space.",
            "Nothing can be saved in results: No space.",
        ),
        (r"The file 'C:\Users\me\part.png' is damaged.", "The file 'part.png' is damaged."),
        (r"See D:\data\new\run.log", "See run.log"),
        ("Set `~/favae/data` first.", "Set `data` first."),
        ("Put it into '/data/'.", "Put it into 'data'."),
        ("Model and/or data: 3/4 of https://example.org/a/b.png", None),
        ("photos/a/b.png was not judged: 12/20", None),
    ],
)
def test_paths_are_cut_to_their_last_part(said: str, told: str | None) -> None:
    assert without_folders(said) == (said if told is None else told)


def test_a_public_host_is_told_by_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    error = DataError("There is no folder '/srv/secret/parts'.")
    assert user_message(error) == str(error)
    for name, value in (("SPACE_ID", "me/favae"), ("FAVAE_PUBLIC", "1")):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            assert is_public()
            assert user_message(error) == "There is no folder 'parts'."
    assert not is_public({"FAVAE_PUBLIC": "0"})


def test_a_generator_that_yields_nothing_leaves_the_page_as_it_is() -> None:
    handler = show_errors(lambda count: (yield from range(count)))
    assert list(handler(2)) == [0, 1]
    assert list(handler(0)) == [gr.skip()]


def test_no_message_shows_the_text_of_others_as_markup() -> None:
    """Gradio takes messages for HTML."""
    shown = []
    for path in Path(ui.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("gr.Info", "gr.Warning"):
                words = node.args[0]
                safe = isinstance(words, ast.Attribute) or "escape_markup(" in ast.unparse(words)
                shown.append((path.name, ast.unparse(words), safe))
    assert len(shown) > 3
    assert [one for one in shown if not one[2]] == []
