"""Drawn shapes say which pictures are defective and where."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from published_trees import pictures

from favae_demo.core.errors import DataError
from favae_demo.data.io.images import decode_mask
from favae_demo.data.library import annotations
from favae_demo.data.library.annotations import Drawing, Shape, draw_mask, read_coco, read_yolo
from favae_demo.data.library.importer import add, plan_import
from favae_demo.data.library.store import Library
from favae_demo.data.mvtec import load_category

SQUARE = ((10.0, 12.0), (29.0, 12.0), (29.0, 31.0), (10.0, 31.0))
HOLDS = np.zeros((48, 48), bool)
HOLDS[12:32, 10:30] = True
FLAT = [number for point in SQUARE for number in point]


def coco(root: Path) -> None:
    pictures(root / "images")
    listed = [{"id": i, "file_name": f"{i}.png", "width": 48, "height": 48} for i in range(8)]
    drawn = [{"image_id": i, "category_id": 3, "segmentation": [FLAT]} for i in (6, 7)]
    record = {"images": listed, "annotations": drawn, "categories": [{"id": 3, "name": "dent"}]}
    (root / "annotations").mkdir()
    (root / "annotations/instances.json").write_text(json.dumps(record))


def labelme(root: Path) -> None:
    pictures(root)
    for i in range(8):
        shapes = [{"label": "dent", "points": SQUARE, "shape_type": "polygon"}] if i > 5 else []
        record = {"imagePath": f"..\\x\\{i}.png", "shapes": shapes, "imageWidth": 48, "imageHeight": 48}
        (root / f"{i}.json").write_text(json.dumps(record))


def yolo(root: Path) -> None:
    pictures(root / "images")
    (root / "labels").mkdir()
    (root / "classes.txt").write_text("scratch\ndent\n")
    for i in (6, 7):
        shares = " ".join(f"{number / 48:.6f}" for number in FLAT)
        (root / f"labels/{i}.txt").write_text(f"1 {shares}\n")


def cvat(root: Path) -> None:
    pictures(root / "images")
    points = ";".join(f"{x},{y}" for x, y in SQUARE)
    shape = f'<polygon label="dent" points="{points}"/>'
    rows = [
        f'<image id="{i}" name="{i}.png" width="48" height="48">{shape if i > 5 else ""}</image>'
        for i in range(8)
    ]
    (root / "annotations.xml").write_text(f"<annotations>{''.join(rows)}</annotations>")


@pytest.mark.parametrize("write", [coco, labelme, yolo, cvat], ids=lambda write: write.__name__)
def test_drawn_defects_become_masks(write: Callable[[Path], None], library: Library, tmp_path: Path) -> None:
    write(tmp_path / "caps")
    assert add(tmp_path / "caps", library) == ["caps"]
    found = load_category(library.data_dir, "caps")
    assert (len(found.train), found.counts) == (6, {"dent": 2})
    for sample in found.test:
        assert (decode_mask(sample.mask_path) == HOLDS).all()


def test_pictures_that_nobody_has_drawn_in_are_asked_about(tmp_path: Path) -> None:
    labelme(tmp_path / "caps")
    (tmp_path / "caps/0.json").unlink()
    plan = plan_import(tmp_path / "caps")
    assert [(row.role, row.files) for row in plan.questions] == [("ask", ("0.png",))]


def test_boxes_runs_and_circles() -> None:
    drawn = draw_mask(Drawing((Shape(((10, 12), (29, 31))),), (48, 48)), (48, 48), 10_000)
    assert ((drawn > 0) == HOLDS).all()
    flat = HOLDS.T.ravel().astype(int)
    edges = np.flatnonzero(np.diff(flat)) + 1
    counts = np.diff([0, *edges, flat.size]).tolist()
    drawn = draw_mask(Drawing((Shape(counts=tuple(counts)),), (48, 48)), (48, 48), 10_000)
    assert ((drawn > 0) == HOLDS).all()
    circle = draw_mask(Drawing((Shape(((24, 24), (34, 24)), circle=True),), (48, 48)), (48, 48), 10_000)
    assert abs((circle > 0).sum() - np.pi * 100) < 20


def test_compressed_runs_are_those_of_the_plain_ones() -> None:
    # From the definition in COCO's maskApi.c: 5 bits a letter, differences to the run two before from the fourth on.
    runs = [580, 20, 28, 20, 28, 20, 1608]
    text = ""
    for place, value in enumerate(runs):
        rest = value - runs[place - 2] if place > 2 else value
        while True:
            bits, rest = rest & 31, rest >> 5
            more = rest != (-1 if bits & 16 else 0)
            text += chr((bits | 32 if more else bits) + 48)
            if not more:
                break
    image_ = {"id": 1, "file_name": "a.png", "width": 48, "height": 48}
    record = {"images": [image_], "annotations": [{"image_id": 1, "segmentation": {"counts": text}}]}
    assert list(read_coco(record)[0].drawing.shapes[0].counts) == runs


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("data.yaml", "train: ../train/images\nnc: 2\nnames: ['scratch', 'Delle']\n"),
        ("data.yaml", "nc: 2\nnames: [no, Delle]\n"),
        ("data.YML", "names:\n  0: scratch\n  1: Delle\n"),
        ("obj.names", "scratch\nDelle\n"),
        ("classes.txt", "\ufeffscratch\r\nDelle\r\n"),
    ],
)
def test_kinds_of_defect_have_the_names_of_yolos_classes(file: str, text: str, tmp_path: Path) -> None:
    yolo(tmp_path / "caps")
    (tmp_path / "caps/classes.txt").unlink()
    (tmp_path / "caps/hyp.yaml").write_text("lr0: 0.01\n")
    (tmp_path / "caps" / file).write_text(text, "utf-8")
    roles = {row.role for _, row in plan_import(tmp_path / "caps").rows()}
    assert roles == {"good", "defect:Delle"}


@pytest.mark.parametrize(
    "text", [b"names: 3", b"names: [[a], {b: c}]", b"[" * 5000, b"- a", b"names: {x: y}", b"\x00", b"a: *b"]
)
def test_a_file_of_classes_that_names_none_changes_nothing(text: bytes, tmp_path: Path) -> None:
    yolo(tmp_path / "caps")
    (tmp_path / "caps/classes.txt").unlink()
    (tmp_path / "caps/data.yaml").write_bytes(text)
    assert {row.role for _, row in plan_import(tmp_path / "caps").rows()} == {"good", "defect:defect_1"}


def test_yolo_boxes_and_nonsense() -> None:
    found = read_yolo(b"0 0.5 0.5 0.25 0.5\n", "a.png", {})
    assert found.drawing.shapes[0].points == ((0.375, 0.25), (0.625, 0.75))
    assert found.labels == ("defect_0",)
    for text in (b"0 0.5\n", b"0 nan 0.5 0.1 0.1\n", b"license text\n", b"0 inf 1 1 1\n"):
        with pytest.raises(ValueError, match=r"."):
            read_yolo(text, "a.png", {})


def test_hostile_annotations_are_no_tables(tmp_path: Path) -> None:
    pictures(tmp_path / "caps")
    (tmp_path / "caps/a.json").write_text("[" * 100_000)
    (tmp_path / "caps/b.json").write_text('{"images": [{"id": 1}], "annotations": 5}')
    (tmp_path / "caps/c.json").write_text('{"shapes": [{"points": [["x", 1], [2, 3]]}]}')
    (tmp_path / "caps/d.xml").write_text('<!DOCTYPE x [<!ENTITY a "aaaa">]><annotations>&a;</annotations>')
    (tmp_path / "caps/e.csv").write_text('path,label\n"')
    (tmp_path / "caps/0.txt").write_text("no shape")
    assert plan_import(tmp_path / "caps").layout == "pictures of one folder"
    with pytest.raises(ValueError, match="entities"):
        annotations.read_cvat((tmp_path / "caps/d.xml").read_bytes())
    with pytest.raises(DataError, match="cannot be drawn"):
        draw_mask(Drawing((), (100_000, 100_000)), (1, 1), 1_000_000)


def coco_in_splits(root: Path) -> None:
    for split, drawn in (("train", ()), ("val", (6, 7))):
        pictures(root / split)
        listed = [{"id": i, "file_name": f"{i}.png", "width": 48, "height": 48} for i in range(8)]
        shapes = [{"image_id": i, "category_id": 3, "segmentation": [FLAT]} for i in drawn]
        record = {"images": listed, "annotations": shapes, "categories": [{"id": 3, "name": "dent"}]}
        (root / "annotations").mkdir(exist_ok=True)
        (root / f"annotations/instances_{split}.json").write_text(json.dumps(record))


def test_pictures_of_one_name_belong_to_the_split_that_the_table_names(tmp_path: Path) -> None:
    coco_in_splits(tmp_path / "caps")
    plan = plan_import(tmp_path / "caps")
    assert {(row.role, len(row.files)) for _, row in plan.rows()} == {
        ("train", 8),
        ("test", 6),
        ("defect:dent", 2),
    }
    assert plan.remarks == ()


def test_a_role_for_the_rest_leaves_drawn_defects_alone(tmp_path: Path) -> None:
    labelme(tmp_path / "caps")
    for i in range(6):
        (tmp_path / f"caps/{i}.json").unlink()
    plan = plan_import(tmp_path / "caps", roles={"*": "good"})
    assert {(row.role, len(row.files)) for _, row in plan.rows()} == {("good", 6), ("defect:dent", 2)}


def test_pictures_without_a_drawing_in_a_folder_of_defects_are_asked_about(tmp_path: Path) -> None:
    coco(tmp_path / "caps")
    path = tmp_path / "caps/annotations/instances.json"
    (tmp_path / "caps/images/NG").mkdir()
    for i in (5, 6, 7):
        (tmp_path / f"caps/images/{i}.png").rename(tmp_path / f"caps/images/NG/{i}.png")
        path.write_text(path.read_text().replace(f'"{i}.png"', f'"NG/{i}.png"'))
    [row] = plan_import(tmp_path / "caps").questions
    assert (row.files, row.reason) == (
        ("images/NG/5.png",),
        "no defect is drawn in them, but 'NG' names a defect",
    )
    plan = plan_import(tmp_path / "caps", roles={row.pattern: "defect"})
    assert {(row.role, len(row.files)) for _, row in plan.rows()} == {
        ("defect:NG", 1),
        ("defect:dent", 2),
        ("good", 5),
    }
