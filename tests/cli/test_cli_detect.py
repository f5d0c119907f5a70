"""The command `detect` on folders and archives: everything is named, what can be judged is judged, the table is written."""

import csv
import json
import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from batch_archives import LEFT_OUT, hostile_zip

from favae_demo.cli import detect_parallel
from favae_demo.cli.main import main
from favae_demo.data.io.images import decode, save_png
from favae_demo.detection.detector import Detector

pytest_plugins = ["trained_widget", "dask_cluster"]
pytestmark = pytest.mark.usefixtures("widget_settings")


def table(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def detect(*arguments: object) -> int:
    return main(["detect", *map(str, arguments)])


def cut(monkeypatch: pytest.MonkeyPatch, *, smallest: int, chunks: int) -> None:
    """Cuts so few pictures into parts too."""
    monkeypatch.setattr(detect_parallel, "SMALLEST", smallest)
    monkeypatch.setattr(detect_parallel, "CHUNKS", chunks)


def test_a_hostile_zip_and_a_folder(
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
    alone = Detector.load(widget_model).detect([decode(spots / "001.png")], rate=0.2)[0]
    row = rows["spot/001.png"]
    assert (float(row["score"]), float(row["limit"]), row["verdict"]) == (
        alone.score, alone.threshold, alone.verdict,
    )  # fmt: skip
    assert float(row["multiple"]) == alone.score / alone.threshold


def test_a_limit_that_too_few_images_support_is_said(
    widget_model: Path, tiny_mvtec: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    spots = tiny_mvtec / "widget" / "test" / "spot"
    for rate, missing in (("0.05", 7), ("0.2", 0)):
        for given in (spots, spots / "000.png"):
            out = ("--out", tmp_path / "out", "--rate", rate)
            assert detect("--checkpoint", widget_model, given, *out, "--json") == 0
            said = json.loads(capsys.readouterr().out.splitlines()[-1])
            assert (said["good_pictures"], said["good_pictures_missing"]) == (12, missing)
            assert {one["limit_supported"] for one in said["detections"]} == {said["limit_supported"]}
            rows = table(tmp_path / "out" / "results.csv").values()
            assert {row["limit supported"] for row in rows} == {str(said["limit_supported"])}
            assert detect("--checkpoint", widget_model, given, *out) == 0
            assert ("at least 7 more" in capsys.readouterr().err.lower()) == bool(missing)


def test_a_picture_unlike_the_good_ones_is_not_judged_and_says_why(
    widget_model: Path, tiny_mvtec: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    good = decode(tiny_mvtec / "widget" / "test" / "good" / "000.png")
    given = tmp_path / "given"
    odd = {
        "dark": (good // 2, "darker than every good picture"),
        "wide": (good[:70], "other shape: 1:1 learned"),
        "grey": (good.mean(2).astype(np.uint8), "less colour"),
        "empty": (np.full_like(good, 128), "it shows nothing"),
    }
    for name, (image, _) in odd.items():
        save_png(given / f"{name}.png", np.ascontiguousarray(image))
    save_png(given / "good.png", good)
    for pictures, workers in (([given], ()), ([given], ("--workers", 1)), (sorted(given.iterdir()), ())):
        out = tmp_path / f"out{len(pictures)}{len(workers)}"
        assert detect("--checkpoint", widget_model, *pictures, "--out", out, "--json", *workers) == 0
        found = json.loads(capsys.readouterr().out.splitlines()[-1])["detections"]
        by_name = {Path(one["picture"]).stem: one for one in found}
        rows = {Path(name).stem: row for name, row in table(out / "results.csv").items()}
        assert by_name["good"]["verdict"] == rows["good"]["verdict"] == "good"
        for name, (_, words) in odd.items():
            assert by_name[name]["verdict"] == rows[name]["verdict"] == "not judged"
            assert words in by_name[name]["remark"]
            assert words in rows[name]["remark"]
            assert float(rows[name]["score"]) == by_name[name]["score"]


def test_single_images_get_the_same_table(
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


def test_what_is_not_there_stops_it(widget_model: Path, tmp_path: Path, capsys) -> None:
    assert detect("--checkpoint", widget_model, tmp_path / "gone.zip", "--out", tmp_path / "out") == 2
    assert "gone.zip" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.fixture
def many(tiny_mvtec: Path, tmp_path: Path) -> list[Path]:
    """A folder and an archive with a bit of everything, and two pictures whose overlays would bear one name."""
    hostile_zip(tmp_path / "all.zip", tiny_mvtec / "widget")
    folder = tmp_path / "parts"
    shutil.copytree(tiny_mvtec / "widget" / "test", folder)
    shutil.copy(folder / "spot" / "000.png", folder / "spot" / "000.PNG")
    (folder / "spot" / "broken.jpg").write_bytes(b"no picture")
    shutil.copy(folder / "spot" / "001.png", folder / "spot" / "broken.png")
    return [folder, tmp_path / "all.zip"]


def everything(out: Path) -> tuple[list[dict[str, str]], dict[str, bytes]]:
    """The table without the times, and all other files."""
    rows = [row | {"milliseconds": ""} for row in table(out / "results.csv").values()]
    files = (path for path in out.rglob("*") if path.is_file() and path.name != "results.csv")
    return rows, {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("backend", ["local", "dask"])
def test_two_workers_give_what_one_gives(
    backend: str,
    many: list[Path],
    widget_model: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setattr(detect_parallel, "SMALLEST", 3)
    given = ("--checkpoint", widget_model, *many, "--rate", 0.2, "--json", "--out")
    assert detect(*given, tmp_path / "one") == 0
    alone = json.loads(capsys.readouterr().out.splitlines()[-1])
    place = ["--workers", 2, "--backend", backend]
    place += ["--address", request.getfixturevalue("dask_address")] if backend == "dask" else []
    monkeypatch.chdir(tmp_path)
    assert detect(*given, "two", *place) == 0
    both = json.loads(capsys.readouterr().out.splitlines()[-1])
    expected = json.dumps(alone).replace(str(tmp_path / "one"), "two")
    assert json.dumps(both) == expected
    rows, files = everything(tmp_path / "one")
    assert everything(tmp_path / "two") == (rows, files)
    assert len(rows) == 12 + 3 + len(LEFT_OUT) + 4
    assert {"overlays/parts/spot/000.jpg", "overlays/parts/spot/000 (2).jpg"} <= files.keys()


def test_a_killed_call_goes_on_and_what_changed_is_judged_anew(
    many: list[Path],
    widget_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    cut(monkeypatch, smallest=3, chunks=5)
    real, begun = detect_parallel.judge_and_draw, []

    def judge(*given: object) -> object:
        begun.append(given[-1])
        if killed and len(begun) == 3:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(detect_parallel, "judge_and_draw", judge)
    out, given = tmp_path / "out", ("--checkpoint", widget_model, *many, "--workers", 1)
    killed = True
    assert detect(*given, "--out", out) == 130
    assert not (out / "results.csv").exists()
    assert len(list((out / detect_parallel.FOLDER).glob("*.json"))) == 2
    killed, first = False, begun[:]
    begun.clear()
    assert detect(*given, "--out", out) == 0
    assert begun == [number for number in (1, 7, 13, 19, 25) if number not in first[:2]]
    assert not (out / detect_parallel.FOLDER).exists()

    killed = True
    begun.clear()
    assert detect(*given, "--out", out) == 130
    killed = False
    begun.clear()
    assert detect(*given, "--out", out, "--rate", 0.3) == 0  # other limits: nothing kept is of use
    assert len(begun) == 5


def test_a_part_that_fails_is_named_and_the_rest_is_kept(
    many: list[Path],
    widget_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    cut(monkeypatch, smallest=3, chunks=2)
    folder, real = many[0], detect_parallel._load_model

    def disturbed(job: detect_parallel.DetectionJob) -> object:
        (folder / "good" / "0000.png").unlink(missing_ok=True)
        os.utime(folder)
        return real(job)

    shutil.copy(folder / "good" / "000.png", folder / "good" / "0000.png")
    monkeypatch.setattr(detect_parallel, "_load_model", disturbed)
    given = ("--checkpoint", widget_model, folder, "--out", tmp_path / "out", "--workers", 1, "--json")
    assert detect(*given) == 2
    printed = capsys.readouterr()
    assert "Not judged: files 1 to 8, from good/000.png (Files came or went" in printed.err
    assert "table" not in json.loads(printed.out.splitlines()[-1])
    assert not (tmp_path / "out" / "results.csv").exists()
    assert detect(*given) == 0
    assert len(table(tmp_path / "out" / "results.csv")) == 15


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (["good/000.png", "--workers", "2"], "folders and archives"),
        (["", "--workers", "2", "--out", "parts/good/out"], "not within"),
        (["", "--workers", "0"], "at least 1"),
        (["", "--backend", "dask"], "--address"),
    ],
)
def test_what_workers_cannot_do_is_said(
    wrong: list[str],
    sentence: str,
    many: list[Path],
    widget_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.chdir(many[0].parent)
    assert detect("--checkpoint", widget_model, many[0] / wrong[0], *wrong[1:]) == 2
    assert sentence in capsys.readouterr().err


def test_a_picture_beyond_the_levels_is_judged_with_a_remark(
    widget_model: Path,
    tiny_mvtec: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    folder = tmp_path / "deep"
    folder.mkdir()
    spot = decode(tiny_mvtec / "widget" / "test" / "spot" / "000.png")
    assert cv2.imwrite(str(folder / "deep.png"), spot.astype(np.uint16) * 257)
    for given in (folder, folder / "deep.png"):  # this model was trained on 8 bits and has no levels
        assert detect("--checkpoint", widget_model, given, "--out", tmp_path / "out", "--json") == 0
        (row,) = json.loads(capsys.readouterr().out.splitlines()[-1])["detections"]
        assert "65,535 was taken" in row["remark"]
        assert row["score"] is not None
    (row,) = table(tmp_path / "out" / "results.csv").values()
    assert "65,535" in row["remark"]
    assert row["verdict"] in ("good", "defect")


@pytest.mark.parametrize("workers", [(), ("--workers", 1)], ids=["here", "worker"])
def test_the_table_alone_is_the_same_without_pictures(
    workers: tuple, widget_model: Path, tiny_mvtec: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    spots = tiny_mvtec / "widget" / "test" / "spot"
    whole, alone = tmp_path / "whole", tmp_path / "alone"
    assert detect("--checkpoint", widget_model, spots, "--out", whole, "--json") == 0
    drawn = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert detect("--checkpoint", widget_model, spots, "--out", alone, "--csv-only", "--json", *workers) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [path.name for path in alone.iterdir()] == ["results.csv"]
    without = [{key: value for key, value in one.items() if key != "files"} for one in drawn["detections"]]
    assert found["detections"] == without
    (same, other) = (
        {name: row | {"milliseconds": ""} for name, row in table(out / "results.csv").items()}
        for out in (whole, alone)
    )
    assert same == other


def test_single_images_without_pictures(widget_model: Path, tiny_mvtec: Path, tmp_path: Path) -> None:
    image = tiny_mvtec / "widget" / "test" / "spot" / "000.png"
    assert detect("--checkpoint", widget_model, image, "--out", tmp_path / "out", "--csv-only") == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["results.csv"]
