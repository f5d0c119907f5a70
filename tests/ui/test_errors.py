"""Sentences of errors as visitors see them: on a public host without the server's folders."""

import pytest

from favae_demo.core.errors import DataError
from favae_demo.core.settings import is_public
from favae_demo.ui.errors import user_message, without_folders


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
