"""What pip installs: pyproject.toml says the same as the requirements files, and a wheel works without the checkout."""

import os
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import favae_demo
from favae_demo.core import settings
from favae_demo.core.settings import PROJECT, SHIPPED_CHECKPOINTS, Settings
from favae_demo.data.synthetic import SAMPLE_CATEGORIES

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PYPROJECT["optional-dependencies"]
SOURCES = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "favae_demo", "checkpoints")
PACKED_MODELS = {f"{category}-efficientnet-lite0-extended.safetensors" for category in SAMPLE_CATEGORIES}
VERDICT = """
from favae_demo.core.settings import SHIPPED_CHECKPOINTS, Settings
from favae_demo.data.synthetic import render_part
from favae_demo.detection.registry import Registry

registry = Registry(Settings.from_env())
models = registry.models()
image, _ = render_part("sample_bottle", 20_000, "broken_lip")
model = registry.newest("sample_bottle", "efficientnet-lite0")
print(SHIPPED_CHECKPOINTS, len(models), registry.detector(model.path).detect([image])[0].verdict)
"""


def test_the_requirements_files_say_what_pyproject_says() -> None:
    assert _from_file("requirements.txt") == _normalised(PYPROJECT["dependencies"])
    assert {file.stem.removeprefix("requirements-") for file in PROJECT.glob("requirements-*.txt")} == set(
        EXTRAS
    )
    for extra in ("fast", "cluster", "line"):
        assert _from_file(f"requirements-{extra}.txt") == _normalised(EXTRAS[extra])
    for extra in ("mcp", "dev"):  # these files install the package's own dependencies too
        whole = _normalised(PYPROJECT["dependencies"]) | _normalised(_expanded(extra))
        assert _from_file(f"requirements-{extra}.txt") == whole


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built in a folder of its own, so that nothing is written into the checkout."""
    folder, out = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        (folder / name).symlink_to(PROJECT / name)
    build = "import setuptools.build_meta as backend, sys; backend.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, out], cwd=folder, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that takes the wheel's files, as a folder of site packages does."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_a_wheel_holds_the_generated_categories_models_and_every_file_of_the_package(
    wheel: Path, installed: Path
) -> None:
    assert wheel.name == f"favae_demo-{favae_demo.__version__}-py3-none-any.whl"
    assert wheel.stat().st_size < 20e6
    assert {file.name for file in (installed / "favae_demo" / "shipped").iterdir()} == PACKED_MODELS
    assert {file.name for file in SHIPPED_CHECKPOINTS.iterdir()} > PACKED_MODELS
    packed = set(_files(installed / "favae_demo")) - {f"shipped/{name}" for name in PACKED_MODELS}
    assert packed == set(_files(PROJECT / "favae_demo"))
    assert {file.name.split("-")[0] for file in installed.iterdir()} == {"favae_demo"}


def test_an_installed_package_judges_in_any_folder_without_the_checkout(
    installed: Path, tmp_path: Path
) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "FAVAE_CACHE_DIR") if name in os.environ}
    environment = kept | {"HOME": str(tmp_path), "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", VERDICT],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [
        str(installed / "favae_demo" / "shipped"),
        str(len(PACKED_MODELS)),
        "defect",
    ]


def test_the_program_runs_the_commands(
    installed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    program = _program(installed)
    monkeypatch.setattr(sys, "argv", ["favae-demo", "--help"])
    with pytest.raises(SystemExit, match="0"):
        program()
    assert capsys.readouterr().out.startswith("usage: favae-demo ")


def test_the_program_opens_the_page_without_arguments(
    installed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    served: list[tuple[Settings, int | None]] = []
    monkeypatch.setattr("favae_demo.ui.app.serve", lambda *given: served.append(given))
    monkeypatch.setattr(sys, "argv", ["favae-demo"])
    assert _program(installed)() == 0
    assert served == [(Settings.from_env(), None)]
    monkeypatch.setenv("FAVAE_TRAINING", "maybe")
    assert _program(installed)() == 2
    assert "FAVAE_TRAINING" in capsys.readouterr().err
    assert len(served) == 1


def test_a_hint_names_a_file_of_the_checkout_or_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.install_command("fast") == "pip install -r requirements-fast.txt"
    assert (PROJECT / settings.install_command().split()[-1]).is_file()
    monkeypatch.setattr(settings, "INSTALLED", True)
    assert settings.install_command("fast") == 'pip install "favae-demo[fast]"'
    assert settings.install_command() == "pip install favae-demo"


def _program(installed: Path):
    """The entry point as the wheel names it, taken from this checkout."""
    distribution = PathDistribution(next(installed.glob("*.dist-info")))
    entry: EntryPoint = distribution.entry_points["favae-demo"]
    return entry.load()


def _files(package: Path) -> Iterator[str]:
    for file in package.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            yield file.relative_to(package).as_posix()


def _from_file(name: str) -> set[str]:
    """The requirements of a file and of those that it includes."""
    lines = [line.split("#")[0].strip() for line in (PROJECT / name).read_text(encoding="utf-8").splitlines()]
    included = [_from_file(line.split()[1]) for line in lines if line.startswith("-r ")]
    return _normalised(line for line in lines if line and not line.startswith("-r ")).union(*included)


def _expanded(extra: str) -> list[str]:
    """The requirements of an extra, with the extras of this package that it names resolved."""
    requirements = [Requirement(text) for text in EXTRAS[extra]]
    own = [inner for one in requirements if one.name == PYPROJECT["name"] for inner in one.extras]
    return [str(one) for one in requirements if one.name != PYPROJECT["name"]] + [
        text for inner in own for text in _expanded(inner)
    ]


def _normalised(texts: Iterable[str]) -> set[str]:
    return {str(Requirement(text)) for text in texts}
