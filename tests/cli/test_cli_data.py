"""`python -m favae_demo data …`: list, get, add and delete, in one JSON object or one sentence."""

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from data_trees import category, images, tar_xz
from fake_server import FakeServer

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.cli.main import main
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import save_png
from favae_demo.data.io.levels import Levels
from favae_demo.data.library.feedback import Feedback
from favae_demo.data.library.mvtec_download import ARCHIVES, Archive
from favae_demo.data.library.store import MARKER
from favae_demo.data.mvtec import list_categories
from favae_demo.runs import manager
from favae_demo.scoring.suspects import Suspect


def answer(capsys: pytest.CaptureFixture, *arguments: object) -> dict:
    assert main(["data", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def refusal(capsys: pytest.CaptureFixture, *arguments: object) -> str:
    assert main(["data", *map(str, arguments)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


def test_suspects_are_named_with_the_reason(
    project_settings: Settings, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = Suspect("003.png", ("it is odd",), 7.0, left_out=True)
    monkeypatch.setattr("favae_demo.runs.inspection.inspect_category", lambda *args: (odd,))
    category(project_settings.data_dir / "mine", good=5)
    assert answer(capsys, "suspects", "mine") == {
        "category": "mine",
        "good_pictures": 5,
        "suspects": [{"name": "003.png", "reasons": ["it is odd"], "distance": 7.0, "left_out": True}],
    }
    assert main(["data", "suspects", "mine"]) == 0
    assert "003.png: it is odd; it does not count for the limit" in capsys.readouterr().err


def test_add_list_describe_and_delete(
    project_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    packed = tar_xz(category(tmp_path / "gear"), tmp_path / "gear.tar.xz")
    category(project_settings.data_dir / "mine", good=3)
    assert list(answer(capsys, "add", packed)["added"]) == ["gear"]
    rows = {row["category"]: row for row in answer(capsys, "list")["categories"]}
    assert rows["gear"] | {"category": ""} == {
        "category": "", "train": 4, "test": 3, "source": "own pictures", "licence": "", "deletable": True,
    }  # fmt: skip
    assert rows["mine"]["deletable"] is False
    main(["data", "list"])
    assert ", source own pictures, deletable True" in capsys.readouterr().out  # no empty licence
    assert set(answer(capsys)["categories"]) == {"gear", "mine"}
    assert "add --yes" in refusal(capsys, "delete", "gear")
    assert "not added by this app" in refusal(capsys, "delete", "mine", "--yes")
    marks = Feedback(project_settings.marks_dir, "gear")
    marks.mark(next((project_settings.data_dir / "mine").rglob("*.png")), "good", "me")
    assert answer(capsys, "delete", "gear", "--yes")["freed_bytes"] > 1000
    assert not marks.folder.exists()
    assert list_categories(project_settings.data_dir) == ["mine"]


def test_the_folder_may_stand_before_or_behind_the_action(
    project_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    category(tmp_path / "there" / "gear")
    for order in (("--data", tmp_path / "there", "list"), ("list", "--data", tmp_path / "there")):
        assert [row["category"] for row in answer(capsys, *order)["categories"]] == ["gear"]
    assert main(["data", "--json", "list"]) == 0
    assert json.loads(capsys.readouterr().out)["categories"] == []


def test_own_parts_with_defects_and_remarks(
    project_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    images(tmp_path / "good", 6)
    images(tmp_path / "bad", 2, 100)
    said = answer(capsys, "add", tmp_path / "good", "--defects", tmp_path / "bad", "--name", "My gears")
    assert list(said["added"]) == ["my_gears"]
    assert "6 good parts and 2 pictures with a defect" in said["remarks"][0]
    assert (project_settings.data_dir / "my_gears" / MARKER).is_file()
    assert "no folder" in refusal(capsys, "add", tmp_path / "good", "--defects", tmp_path / "nowhere")


def test_get_asks_for_the_licence_and_fetches(
    project_settings: Settings,
    server: FakeServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packed = tar_xz(category(tmp_path / "cable"), tmp_path / "cable.tar.xz").read_bytes()
    server.files["/cable.tar.xz"] = packed
    monkeypatch.setenv("FAVAE_MVTEC_URL", server.url)
    monkeypatch.setenv("FAVAE_CACHE_DIR", str(tmp_path / "cache"))
    digest = hashlib.sha256(packed).hexdigest()
    monkeypatch.setitem(ARCHIVES, "cable", Archive("cable", "cable.tar.xz", 1, digest))
    assert "non-commercial" in refusal(capsys, "get", "cable")
    assert server.requests == []
    assert "no category 'spoon'" in refusal(capsys, "get", "spoon", "--accept-licence")
    assert list(answer(capsys, "get", "cable", "--accept-licence")["added"]) == ["cable"]
    (row,) = answer(capsys, "list")["categories"]
    assert row["source"] == "MVTec AD"


def test_images_that_a_training_reads_are_not_deleted(
    project_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(capsys, "add", category(tmp_path / "gear"))

    class Run:
        category = "gear"

    monkeypatch.setattr(manager, "find_running", lambda settings: "run")
    monkeypatch.setattr(manager, "info", lambda run, settings: Run)
    assert "is using 'gear'" in refusal(capsys, "delete", "gear", "--yes")
    Run.category = "bolt"
    answer(capsys, "delete", "gear", "--yes")


def test_bad_input_is_one_sentence(project_settings: Settings, tmp_path: Path, capsys, monkeypatch) -> None:
    assert "no file or folder" in refusal(capsys, "add", tmp_path / "nothing.zip")
    monkeypatch.setenv("FAVAE_TRAINING", "off")
    assert "on this server" in refusal(capsys, "add", category(tmp_path / "gear"))


def test_levels_and_masks_are_described(
    project_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    root = project_settings.data_dir / "cam"
    for number in range(3):
        for folder in ("train/good", "test/stain"):
            path = root / folder / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            assert cv2.imwrite(str(path), np.full((20, 24), 3000 + number, np.uint16))
        save_png(root / f"ground_truth/stain/{number}_mask.png", np.zeros((20, 24), np.uint8))
    said = answer(capsys)["categories"]["cam"]
    assert "0 to 4,095" in said
    assert "3 masks are left out" in said
    assert "'0_mask.png' of 'stain' marks nothing" in said
    train = ("train", "--category", "cam", "--teacher", "none", "--set", "max_steps=2", "views=4")
    assert main([*train, "--out", str(tmp_path / "run")]) == 0
    printed = capsys.readouterr()
    assert "marks nothing" in printed.err.split("epoch")[0]  # before the training
    card = read_card(tmp_path / "run" / "model.safetensors")
    assert card.levels == Levels(0, 4095)
    assert "marks nothing" in card.metrics["reasons"]["masks"]


def test_look_shows_the_plan_and_add_takes_roles(
    project_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    images(tmp_path / "caps" / "OK", 6)
    images(tmp_path / "caps" / "a=b", 2, 50)
    plan = answer(capsys, "look", tmp_path / "caps")
    assert plan["clear"] is False
    assert {row["pattern"]: (row["role"], row["count"]) for row in plan["categories"]["caps"]} == {
        "OK/*": ("good", 6), "a=b/*": ("ask", 2),
    }  # fmt: skip
    assert main(["data", "look", str(tmp_path / "caps")]) == 0
    assert "good                 OK/*" in capsys.readouterr().out
    assert "--role 'a=b/*=good'" in refusal(capsys, "add", tmp_path / "caps")
    assert "PATTERN=ROLE" in refusal(capsys, "add", tmp_path / "caps", "--role", "skip")
    assert list_categories(project_settings.data_dir) == []
    said = answer(capsys, "add", tmp_path / "caps", "--role", "a=b/*=defect:dent")
    assert "6 good parts and 2 pictures with a defect" in said["remarks"][0]
    assert answer(capsys, "list")["categories"][0]["remarks"] == said["remarks"]
    assert main(["data", "list"]) == 0
    assert said["remarks"][0] in capsys.readouterr().out


def test_remarks_are_printed_and_one_level_off_is_said(
    project_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    images(tmp_path / "caps", 6)
    (tmp_path / "caps" / "bad0.png").write_bytes(b"no picture")
    assert main(["data", "add", str(tmp_path / "caps")]) == 0
    assert "'bad0.png' is not a" in capsys.readouterr().err
    assert "is a category itself" in answer(capsys, "--data", project_settings.data_dir / "caps")["hint"]


def test_the_white_level_is_shown_set_and_decided_again(
    project_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "deep").mkdir()
    for number in range(6):
        deep = np.random.default_rng(number).integers(0, 4096, (24, 24), np.uint16)
        assert cv2.imwrite(str(tmp_path / "deep" / f"{number}.png"), deep)
    answer(capsys, "add", tmp_path / "deep", "--name", "cam")
    assert answer(capsys, "levels", "cam") == {"category": "cam", "black": 0.0, "white": 4095.0}
    assert answer(capsys, "levels", "cam", "--white", "2000", "--black", "64")["white"] == 2000.0
    assert "64 to 2,000" in answer(capsys)["categories"]["cam"]
    assert answer(capsys, "levels", "cam", "--auto")["white"] == 4095.0
    assert "not above 5,000" in refusal(capsys, "levels", "cam", "--white", "3", "--black", "5000")
    assert "--white" in refusal(capsys, "levels", "cam", "--black", "5")
