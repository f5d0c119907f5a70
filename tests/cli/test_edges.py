"""Edges of the command line: targets that cannot be written, consoles that cannot show every letter, a reader that goes away."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from favae_demo.cli import doctor
from favae_demo.cli.main import main
from favae_demo.cli.targets import check_file, check_folder
from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import PROJECT

pytest_plugins = ["trained_widget"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_text("kept")
    return path


@pytest.mark.parametrize("below", ["", "x", "x/y"])
def test_a_folder_that_cannot_be_made_is_refused_and_the_file_stays(below: str, file: Path) -> None:
    with pytest.raises(ConfigError, match="--out cannot be used"):
        check_folder(file / below if below else file)
    assert file.read_text() == "kept"


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    for check in (check_folder, check_file):
        with pytest.raises(ConfigError, match="too long"):
            check(tmp_path / ("x" * 300))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_be_made_is_not_left_behind(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b")
    check_file(tmp_path / "c" / "report.html")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs permissions that count")
def test_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigError, match="permissions"):
        check_folder(tmp_path / "a")


@pytest.mark.parametrize("inside", ["", "results", "a/b"])
def test_results_do_not_land_among_what_is_judged(inside: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not within the pictures' folder"):
        check_folder(tmp_path / inside, [tmp_path])
    check_folder(tmp_path / "results", [tmp_path / "parts"])


def test_results_do_not_land_beside_a_picture_that_is_judged_alone(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.touch()
    with pytest.raises(ConfigError, match="not within the pictures' folder"):
        check_folder(tmp_path, [picture])
    check_folder(tmp_path / "results", [picture])


@pytest.mark.parametrize("picture", ["folder", "picture"])
def test_detect_says_before_the_work_that_its_target_cannot_be_used(
    picture: str, widget_model: Path, tiny_mvtec: Path, file: Path, capsys: pytest.CaptureFixture
) -> None:
    source = tiny_mvtec / "widget" / "test" / "good"
    given = source if picture == "folder" else source / "000.png"
    assert main(["detect", "--checkpoint", str(widget_model), str(given), "--out", str(file / "x")]) == 2
    assert "--out cannot be used" in capsys.readouterr().err


def test_an_error_of_the_system_is_one_sentence(capsys: pytest.CaptureFixture) -> None:
    assert main(["detect", "--checkpoint", "x" * 5000, "."]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    "error", [PermissionError(13, "denied", "/a"), UnicodeDecodeError("utf-8", b"\\xff", 0, 1, "invalid")]
)
def test_an_error_that_no_command_expects_is_one_sentence(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def fail(settings):
        raise error

    monkeypatch.setattr(doctor, "diagnose", fail)
    assert main(["doctor"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("favae_demo: ")
    assert len(said.splitlines()) == 1


def test_a_null_character_is_no_path(capsys: pytest.CaptureFixture) -> None:
    assert main(["data", "--data", "a\0b"]) in (0, 2)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
@pytest.mark.parametrize("command", [["doctor"], ["data", "list"], ["train", "--category", "漢"]])
def test_a_console_that_cannot_show_every_letter_gets_the_others(
    encoding: str, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "größe 漢" / "train" / "good").mkdir(parents=True)
    monkeypatch.setenv("FAVAE_DATA_DIR", str(tmp_path))
    printed = {name: io.BytesIO() for name in ("stdout", "stderr")}
    for name, stream in printed.items():
        monkeypatch.setattr(sys, name, io.TextIOWrapper(stream, encoding=encoding, write_through=True))
    assert main(command) == (2 if command[0] == "train" else 0)
    assert rb"\u6f22" in b"".join(stream.getvalue() for stream in printed.values())


@pytest.mark.skipif(os.name == "nt", reason="needs a shell's pipe")
def test_a_reader_that_goes_away_is_no_mistake() -> None:
    call = f"{sys.executable} -m favae_demo data list | true"
    done = subprocess.run(["sh", "-c", call], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
