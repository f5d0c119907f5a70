"""The command `watch` as a whole, with a real model: kills, signals, the check, and its sentences."""

import json
import shutil
import signal
import sqlite3
from pathlib import Path

import pytest
from command_line import refusal, run_json
from line_process import MODEL, start_watch, write_parts
from line_records import rows
from waiting import await_true

from favae_demo.cli.main import main
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import save_png
from favae_demo.data.synthetic import render_part

posix = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has other signals")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def judged(database: Path) -> list[str]:
    """Returns the names in a database, which may not be there yet, or hold no tables yet."""
    try:
        return rows(database, "SELECT name FROM verdicts ORDER BY number")
    except sqlite3.OperationalError:
        return []


def test_once_judges_what_is_there_and_ends(folder: Path, tmp_path: Path, capsys) -> None:
    names = write_parts(folder, range(6))
    (folder / "damaged.png").write_bytes(b"Dear reader")
    out = tmp_path / "v.sqlite"
    report = run_json(capsys, "watch", folder, "--model", MODEL, "--out", out, "--once")
    assert report["verdicts"] == {"defect": 2, "good": 4, "unreadable": 1}
    assert (report["waiting"], report["lost"], report["problems"]) == ({"sqlite": 0}, {"sqlite": 0}, {})
    found = dict(rows(out, "SELECT name, verdict FROM verdicts"))
    assert [name for name in names if found[name] == "defect"] == ["000.png", "003.png"]
    assert all(
        (m > 1) == (v == "defect") for m, v in rows(out, "SELECT multiple, verdict FROM verdicts WHERE score")
    )
    pictures = rows(out, "SELECT picture FROM verdicts WHERE verdict = 'defect'")
    assert all(Path(picture).is_file() for picture in pictures)
    again = run_json(capsys, "watch", folder, "--model", MODEL, "--out", out, "--once")
    assert again["verdicts"] == {}
    assert len(judged(out)) == 7


def test_a_change_of_light_is_told(folder: Path, tmp_path: Path, capsys, caplog) -> None:
    good, _ = render_part("sample_bottle", 7)
    save_png(dark := tmp_path / "dark.png", good // 2)
    for i in range(22):
        shutil.copyfile(dark, folder / f"{i:03}.png")
    out = tmp_path / "v.sqlite"
    run_json(capsys, "watch", folder, "--model", MODEL, "--out", out, "--once")
    remarks = rows(out, "SELECT remark FROM readable ORDER BY number")
    changed = "The pictures since 000.png differ from the good ones"
    assert [changed in remark for remark in remarks] == [False] * 19 + [True] * 3
    assert [changed in line for line in caplog.messages].count(True) == 1


@posix
def test_killed_in_the_middle_nothing_is_lost_or_doubled(folder: Path, tmp_path: Path, capsys) -> None:
    config = tmp_path / "line.toml"
    config.write_text(
        f'[[source]]\nkind = "folder"\nname = "left"\npath = "in"\nmodel = "{MODEL}"\n'
        '[[sink]]\nkind = "sqlite"\npath = "v.sqlite"\n[[sink]]\nkind = "jsonl"\npath = "v.jsonl"\n',
        encoding="utf-8",
    )
    out, names = tmp_path / "v.sqlite", []
    for kill in range(3):
        names += write_parts(folder, range(100 * kill, 100 * kill + 60))
        before = len(judged(out))
        line = start_watch("--config", config)
        await_true(lambda before=before: len(judged(out)) > before + 5)
        line.send_signal(signal.SIGKILL)
        line.communicate()
        assert len(judged(out)) < len(names)  # in the middle
    run_json(capsys, "watch", "--config", config, "--once")
    assert sorted(judged(out)) == names
    lines = (tmp_path / "v.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == rows(out)


@posix
def test_signals(folder: Path, tmp_path: Path) -> None:
    """SIGHUP reads the file anew, a wrong file leaves the line as it is, SIGTERM ends it with its report."""
    other = tmp_path / "other"
    other.mkdir()
    out, config = tmp_path / "v.sqlite", tmp_path / "line.toml"
    text = (
        f'[[source]]\nkind = "folder"\nname = "left"\npath = "in"\nmodel = "{MODEL}"\n'
        '[[sink]]\nkind = "sqlite"\npath = "v.sqlite"\n'
    )
    config.write_text(text, encoding="utf-8")
    line = start_watch("--config", config, "--json")
    write_parts(folder, range(1))
    await_true(lambda: judged(out) == ["000.png"])
    config.write_text("[[source]]\nkind = 'fax'\n", encoding="utf-8")
    line.send_signal(signal.SIGHUP)
    write_parts(folder, range(1, 2))
    await_true(lambda: len(judged(out)) == 2)  # it goes on
    config.write_text(
        text + f'[[source]]\nkind = "folder"\nname = "right"\npath = "other"\nmodel = "{MODEL}"\n',
        encoding="utf-8",
    )
    line.send_signal(signal.SIGHUP)
    write_parts(other, range(2, 3))
    await_true(lambda: len(judged(out)) == 3)
    line.send_signal(signal.SIGTERM)
    printed, errors = line.communicate(timeout=120)
    assert line.returncode == 0, errors
    assert json.loads(printed.splitlines()[-1])["waiting"] == {"sqlite": 0}
    assert "was not read anew: line.toml, source 1 (fax): `kind` must be one of" in errors
    assert "Traceback" not in errors
    assert rows(out, "SELECT source FROM verdicts") == ["left", "left", "right"]


def test_the_check_names_what_does_not_work(folder: Path, tmp_path: Path, capsys) -> None:
    config = tmp_path / "line.toml"
    (tmp_path / "letter.sqlite").write_text("Dear reader, this is not a database, only a letter.")
    config.write_text(
        f'[[source]]\nkind = "folder"\nname = "left"\npath = "in"\nmodel = "{MODEL}"\n'
        f'[[source]]\nkind = "folder"\nname = "gone"\npath = "nowhere"\nmodel = "{MODEL}"\n'
        '[[source]]\nkind = "folder"\nname = "new"\npath = "in"\nmodel = "no-such-model"\n'
        '[[sink]]\nkind = "sqlite"\npath = "letter.sqlite"\n[[sink]]\nkind = "csv"\npath = "v.csv"\n',
        encoding="utf-8",
    )
    assert main(["watch", "--config", str(config), "--check", "--json"]) == 2
    printed = capsys.readouterr()
    assert "favae_demo: 3 of 5 sources and sinks do not work." in printed.err
    found = json.loads(printed.out.splitlines()[-1])
    assert found["source left"] == found["sink csv"] == "ok"
    assert found["source gone"] == f"There is no folder {str(tmp_path / 'nowhere')!r}."
    assert "no model 'no-such-model'" in found["source new"]
    assert "cannot be used as a database" in found["sink sqlite"]
    read_by_the_page = Settings.from_env().line_db
    assert read_by_the_page is not None
    assert run_json(capsys, "watch", folder, "--model", MODEL, "--check") == {
        "source in": "ok",
        "sink sqlite": "ok",
    }
    assert read_by_the_page.is_file()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Give a folder with --model, or --config"),
        (["in", "--out", "v.sqlite"], "Give a folder with --model, or --config"),
        (["in", "--config", "line.toml"], "Give either --config, or a folder"),
        (["--config", "line.toml"], "There is no file 'line.toml'"),
        (["in", "--model", "nothing", "--out", "v.sqlite"], "Source in: there is no model 'nothing'"),
        (["in", "--model", MODEL, "--out", "v.sqlite", "--rate", "2"], "`rate`: input should be less than 1"),
    ],
)
def test_mistakes_get_a_sentence(
    arguments: list[str], sentence: str, tmp_path: Path, capsys, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert sentence in refusal(capsys, "watch", *arguments)
