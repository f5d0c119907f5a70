"""The report on this machine: what is there, what is not, and no secret in it."""

from dataclasses import replace

import pytest
from line_history import at, write_database

from favae_demo.cli import doctor
from favae_demo.core.settings import Settings

pytest_plugins = ["trained_widget"]


def by_name(settings: Settings) -> dict[str, doctor.Diagnosis]:
    return {finding.what: finding for finding in doctor.diagnose(settings)}


def test_what_is_there_is_found(widget_settings: Settings) -> None:
    found = by_name(widget_settings)
    assert "12 good parts" in found["data: widget"].found
    assert found["models: widget"].found == "none"
    assert found["torch"].state == doctor.OK
    assert found["training by visitors"].found == "on"


def test_what_is_missing_comes_with_what_to_do(project_settings: Settings, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(doctor, "PACKAGES", ("torch", "no-such-package"))
    found = by_name(replace(project_settings, cache_dir=tmp_path / "empty"))
    assert (found["no-such-package"].state, found["no-such-package"].mend) == (
        doctor.PROBLEM,
        "pip install -r requirements.txt",
    )
    assert found["weights of vgg16"].mend == "python -m favae_demo teachers fetch vgg16"
    assert "FAVAE_DATA_DIR" in found["data"].mend
    assert (found["weights of efficientnet-lite0"].state, found["weights of efficientnet-lite0"].mend) == (
        doctor.OK,
        "",
    )


def test_a_folder_that_cannot_be_written_is_a_problem(project_settings: Settings, monkeypatch) -> None:
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)
    found = by_name(project_settings)
    assert found["cache"].state == doctor.PROBLEM
    assert "FAVAE_CACHE_DIR" in found["cache"].mend
    assert found["data folder"].state == doctor.NOTE


def test_no_secret_is_printed(project_settings: Settings) -> None:
    settings = replace(project_settings, sign_in=(("ada", "engine"),))
    assert "engine" not in str(doctor.diagnose(settings))
    assert by_name(settings)["sign-in"].found == "asked for"


@pytest.mark.parametrize("free", [1e9, 5e9])
def test_a_full_disk_is_a_problem(free: float, project_settings: Settings, monkeypatch) -> None:
    usage = doctor.shutil.disk_usage("/")._replace(free=int(free))
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: usage)
    monkeypatch.setattr("tempfile.tempdir", "/elsewhere")  # a temporary folder would be a note of its own
    assert by_name(project_settings)["cache"].state == (doctor.PROBLEM if free < 2e9 else doctor.OK)


def test_the_database_of_a_line_is_looked_at(project_settings: Settings, tmp_path) -> None:
    path = tmp_path / "verdicts.sqlite"

    def found() -> doctor.Diagnosis:
        return by_name(replace(project_settings, line_db=path))["verdicts of a line"]

    assert (found().state, found().found) == (doctor.OK, f"{path} is not there yet: `watch` makes it")
    write_database(path, [])
    assert found().found == f"{path} (none yet)"
    path.unlink()
    write_database(path, [at(0, 1, source="left"), at(1, 2, source="right")])
    assert found().found == f"{path} (of left, right)"
    path.write_text("no database")
    assert found().state == doctor.PROBLEM
    assert "FAVAE_LINE_DB" in found().mend
