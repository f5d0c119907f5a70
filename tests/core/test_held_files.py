"""Files in use are known as such, and no longer than they are used."""

import os
import time
from pathlib import Path

import pytest

from favae_demo.core.held_files import hold, is_held


def test_a_file_is_held_within_the_block_only(tmp_path: Path) -> None:
    file, other = tmp_path / "a.png", tmp_path / "b.png"
    file.touch()
    with hold([file]), hold([file]):
        assert is_held(file)
        assert not is_held(other)
        with hold([file]):
            pass
        assert is_held(file)
    assert not is_held(file)


def test_everything_in_a_held_folder_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with hold([Path("folder")]):
        assert is_held(tmp_path / "folder" / "deep" / "a.png")
        assert not is_held(tmp_path / "folder2")


def test_the_time_of_the_last_use_is_when_the_block_ended(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.touch()
    os.utime(file, (0, 0))
    with pytest.raises(ValueError, match="mistake"), hold([file, tmp_path / "gone.png"]):
        raise ValueError("mistake")
    assert file.stat().st_mtime > time.time() - 60
    assert not is_held(file)
