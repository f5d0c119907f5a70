"""Settings from the environment."""

from pathlib import Path

import pytest

from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import Settings


def test_folders_and_limits_come_from_the_environment(tmp_path) -> None:
    env = {
        f"FAVAE_{name}_DIR": str(tmp_path / name)
        for name in ("DATA", "CHECKPOINT", "RUNS", "CACHE", "TEACHER")
    }
    env |= {"FAVAE_TRAINING": "limited", "FAVAE_MAX_PIXELS": "1000", "FAVAE_MAX_UPLOAD_MB": "7"}
    settings = Settings.from_env(env)
    assert (settings.data_dir, settings.teacher_dir) == (tmp_path / "DATA", tmp_path / "TEACHER")
    assert (settings.training, settings.max_pixels, settings.max_upload_mb) == ("limited", 1000, 7)


def test_without_any_variable_everybody_may_do_everything_in_folders_of_the_user() -> None:
    settings = Settings.from_env({})
    assert (settings.training, settings.sign_in, settings.teacher_dir) == ("on", (), None)
    assert settings.data_dir != settings.cache_dir


@pytest.mark.parametrize("problem", ["no home", "read-only home"])
def test_without_a_home_the_folders_are_temporary(problem: str, monkeypatch, tmp_path) -> None:
    def find(app: str) -> Path:
        if problem == "no home":
            raise RuntimeError("could not determine the home directory")
        return tmp_path / "home" / app

    monkeypatch.setattr("favae_demo.core.settings.user_data_path", find)
    monkeypatch.setattr("favae_demo.core.settings.user_cache_path", find)
    monkeypatch.setattr("os.access", lambda *_: False)  # for whom every folder can be written, as for root
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    settings = Settings.from_env({})
    folders = (settings.data_dir, settings.runs_dir, settings.checkpoint_dir, settings.cache_dir)
    assert all(folder.is_relative_to(tmp_path / "temporary") for folder in folders)
    assert len(set(folders)) == 4


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FAVAE_TRAINING", "maybe"),
        ("FAVAE_MAX_PIXELS", "-3"),
        ("FAVAE_MAX_UPLOAD_MB", "many"),
        ("FAVAE_LINE_DB", "/"),
        ("FAVAE_SHIFTS", "06:00, 25:00"),
        ("FAVAE_PUBLIC", "y"),
        ("FAVAE_LOCAL_PATHS", "ja"),
    ],
)
def test_a_value_that_is_not_allowed_is_named(variable: str, value: str) -> None:
    with pytest.raises(ConfigError, match=variable):
        Settings.from_env({variable: value})


def test_sign_in_takes_pairs_and_never_shows_them() -> None:
    settings = Settings.from_env({"FAVAE_SIGN_IN": "ada:lovelace, grace:a:b"})
    assert settings.sign_in == (("ada", "lovelace"), ("grace", "a:b"))
    assert "lovelace" not in repr(settings)
    with pytest.raises(ConfigError) as refused:
        Settings.from_env({"FAVAE_SIGN_IN": "secret"})
    assert "secret" not in str(refused.value)


def test_the_database_of_a_line_is_the_users_own_unless_strangers_visit(tmp_path) -> None:
    usual = Settings.from_env({}).line_db
    assert usual is not None
    assert usual.parts[-2:] == ("line", "verdicts.sqlite")
    assert Settings.from_env({"FAVAE_PUBLIC": "1"}).line_db is None
    named = {"FAVAE_LINE_DB": str(tmp_path / "v.sqlite")}
    assert Settings.from_env(named | {"FAVAE_PUBLIC": "1"}).line_db == tmp_path / "v.sqlite"


def test_shifts_are_minutes_since_midnight_in_order() -> None:
    assert Settings.from_env({}).shifts == (360, 840, 1320)
    assert Settings.from_env({"FAVAE_SHIFTS": "8:00, 00:07,08:00"}).shifts == (7, 480)
