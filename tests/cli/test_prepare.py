"""`prepare` makes what a first visitor would wait for, and the container's recipe calls it."""

import re
import shlex

import pytest
from command_line import run_json

from favae_demo.cli.main import COMMANDS, main
from favae_demo.core.settings import PROJECT, Settings
from favae_demo.detection.engines import choose, fastest
from favae_demo.detection.engines.conversion import converted_folder
from favae_demo.detection.registry import Registry

pytest_plugins = ["trained_widget"]
RECIPE = (PROJECT / "Containerfile").read_text(encoding="utf-8")
INSTRUCTIONS = ("FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "VOLUME", "HEALTHCHECK", "CMD")


def test_thumbnails_and_models_are_there_afterwards(
    widget_settings: Settings, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAVAE_ENGINE", "auto")
    result = run_json(capsys, "prepare", "--categories", "widget")
    assert (result["categories"], result["models"], result["failed"]) == (1, 1, {})
    made = set((widget_settings.cache_dir / "thumbnails").rglob("*.*"))
    assert len(made) == 12
    (model,) = Registry(widget_settings).models("widget")
    engine = fastest.known(model.path, widget_settings.cache_dir) if choose("auto") == "auto" else "torch"
    assert engine == "torch" or converted_folder(engine, model.path, widget_settings.cache_dir).is_dir()


def test_what_cannot_be_prepared_is_said_and_the_rest_is_done(
    widget_settings: Settings, capsys: pytest.CaptureFixture
) -> None:
    assert main(["prepare", "--categories", "nothing", "widget"]) == 2
    said = capsys.readouterr().err
    assert "Not prepared: nothing." in said
    assert any((widget_settings.cache_dir / "thumbnails").rglob("*.*"))


def _instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", RECIPE, flags=re.MULTILINE))
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line.strip()]


def test_the_container_s_recipe_copies_what_exists_and_calls_what_exists() -> None:
    for name, rest in _instructions():
        assert name in INSTRUCTIONS
        if name == "COPY":
            *sources, target = shlex.split(rest)
            assert target
            assert all((PROJECT / source).exists() for source in sources), rest
        for command in re.findall(r"python -m favae_demo (\w+)", rest):
            assert command in COMMANDS
    names = [name for name, _ in _instructions()]
    assert names[0] == "FROM"
    assert names.index("USER") < names.index("CMD")  # the server does not run as root
