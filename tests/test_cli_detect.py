"""The command `detect` on folders and archives: everything is named, what can be judged is judged, the table is written."""

import csv
import json
from pathlib import Path

import pytest
from batch_archives import LEFT_OUT, hostile_zip

from favae_demo.cli import main
from favae_demo.data.images import decode
from favae_demo.detection.detector import Detector
from favae_demo.settings import Settings

pytest_plugins = ["trained_widget"]


def table(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def detect(*arguments: object) -> int:
    return main(["detect", *map(str, arguments)])


def test_a_hostile_zip_and_a_folder(
    widget_settings: Settings,
    widget_model: Path,
    tiny_mvtec: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    fine = hostile_zip(tmp_path / "all.zip", tiny_mvtec / "widget")
    spots, out = tiny_mvtec / "widget" / "test" / "spot", tmp_path / "out"
    given = (tmp_path / "all.zip", spots)
    assert detect("--checkpoint", widget_model, *given, "--out", out, "--rate", 0.2, "--json") == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    rows = table(out / "results.csv")
    assert rows.keys() == {f"all.zip/{name}" for name in [*fine, *LEFT_OUT]} | {
        f"spot/00{number}.png" for number in range(4)
    }
    assert sum(found["counts"].values()) == len(rows) == len(found["detections"])
    assert found["counts"]["not judged"] == len(LEFT_OUT)
    assert len(list((out / "overlays").rglob("*.jpg"))) == len(fine) + 4
    alone = Detector.load(widget_model, widget_settings).detect([decode(spots / "001.png")], rate=0.2)[0]
    row = rows["spot/001.png"]
    assert (float(row["score"]), float(row["limit"]), row["verdict"]) == (
        alone.score, alone.threshold, alone.verdict,
    )  # fmt: skip


def test_single_pictures_get_the_same_table(
    widget_settings: Settings,
    widget_model: Path,
    tiny_mvtec: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    spots = tiny_mvtec / "widget" / "test" / "spot"
    for out, given in (("one", spots / "000.png"), ("all", spots)):
        assert detect("--checkpoint", widget_model, given, "--out", tmp_path / out) == 0
    one, everything = table(tmp_path / "one" / "results.csv"), table(tmp_path / "all" / "results.csv")
    assert one[str(spots / "000.png")]["score"] == everything["000.png"]["score"]
    assert "not judged" not in capsys.readouterr().out


def test_what_is_not_there_stops_it(
    widget_settings: Settings, widget_model: Path, tmp_path: Path, capsys
) -> None:
    assert detect("--checkpoint", widget_model, tmp_path / "gone.zip", "--out", tmp_path / "out") == 2
    assert "gone.zip" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
