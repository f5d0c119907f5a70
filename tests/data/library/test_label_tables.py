"""Tables say which pictures are defective and where."""

from pathlib import Path

import pytest
from data_trees import image
from published_trees import mask, pictures

from favae_demo.core.errors import DataError
from favae_demo.data.io.images import save_png
from favae_demo.data.library.importer import add, plan_import
from favae_demo.data.library.store import Library
from favae_demo.data.mvtec import load_category


def test_training_and_test_folders_of_one_label_are_rows_of_their_own(tmp_path: Path) -> None:
    rows = ["path,label"]
    for split in ("train", "test"):
        pictures(tmp_path / f"caps/{split}")
        rows += [f"{split}/{i}.png,{'ok' if i < 6 else 'dent'}" for i in range(8)]
    (tmp_path / "caps/list.csv").write_text("\n".join(rows))

    def roles(given: dict[str, str]) -> dict[str, str]:
        return {row.pattern: row.role for _, row in plan_import(tmp_path / "caps", roles=given).rows()}

    dents = {"test label=dent": "defect:dent", "train label=dent": "defect:dent"}
    assert roles({}) == dents | {"train label=ok": "train", "test label=ok": "test"}
    assert roles({"train label=ok": "skip"}) == dents | {"train label=ok": "skip", "test label=ok": "test"}
    assert roles({"label=ok": "good"}) == dents | {"train label=ok": "good", "test label=ok": "good"}


@pytest.mark.parametrize(
    "text",
    [
        "Dateiname;Ergebnis;Bemerkung\r\n{rows}".encode("utf-8-sig"),
        "filename;label;note\r\n{rows}".encode("utf-16"),
        b"sep=;\r\nfile;class;note\r\n{rows}",
        b"Nr;Was;Wie\r\n{rows}",  # columns known by what stands in them
        b"{rows}",  # without a header
    ],
)
@pytest.mark.parametrize("ending", [".png", ""])
def test_tables_as_spreadsheets_write_them(text: bytes, ending: str, tmp_path: Path) -> None:
    pictures(tmp_path / "caps/Bilder")
    rows = "".join(
        f'"Bilder\\{i}{ending}";{"i.O." if i < 6 else "n.i.O."};"Gr\u00f6\u00dfe 1,5"\r\n' for i in range(8)
    )
    code = (
        "utf-16" if text.startswith(b"\xff\xfe") else "utf-8-sig" if text.startswith(b"\xef") else "latin-1"
    )
    (tmp_path / "caps/Liste.csv").write_bytes(text.decode(code).format(rows=rows).encode(code))
    roles = {row.role: len(row.files) for _, row in plan_import(tmp_path / "caps").rows()}
    assert roles == {"good": 6, "defect:n.i.O.": 2}


def test_a_table_with_lines_of_an_old_mac(tmp_path: Path) -> None:
    pictures(tmp_path / "caps")
    rows = "".join(f"{i}.png,{'ok' if i < 6 else 'dent'}\r" for i in range(8))
    (tmp_path / "caps/list.csv").write_bytes(f"file,label\r{rows}".encode())
    assert {row.role for _, row in plan_import(tmp_path / "caps").rows()} == {"good", "defect:dent"}


def test_a_table_that_names_pictures_but_is_not_understood_is_asked_about(tmp_path: Path) -> None:
    pictures(tmp_path / "caps")
    (tmp_path / "caps/list.csv").write_text("name,code\n" + "".join(f"{i}.png,{i % 3}\n" for i in range(8)))
    (question,) = plan_import(tmp_path / "caps").questions
    assert "'list.csv' names some of them" in question.reason
    (tmp_path / "caps/list.csv").write_text("temperature,humidity\n20,44\n")
    assert not plan_import(tmp_path / "caps").questions


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("labels.csv", "".join(f"shots/{i}.png  {i / 7}   mono\n" for i in range(8))),
        ("bad.txt", "3.png\n5.png\n"),
        ("7.json", '{"verdict": 2}'),
        ("7.xml", "<defects><box/></defects>"),
        ("all.xml", '<parts><part file="7.png" verdict="2"/></parts>'),
        ("cells.json", '[{"img": "shots/7.png", "score": 1}]'),
    ],
)
def test_any_file_that_names_pictures_and_is_not_understood_is_asked_about(
    file: str, text: str, tmp_path: Path
) -> None:
    pictures(tmp_path / "caps/shots")
    (tmp_path / "caps" / file).write_text(text)
    assert plan_import(tmp_path / "caps").questions
    (tmp_path / "caps" / file).rename(tmp_path / "caps/README.txt")
    assert not plan_import(tmp_path / "caps").questions


def test_no_label_is_no_kind_of_defect(tmp_path: Path) -> None:
    pictures(tmp_path / "caps")
    rows = "".join(f"{i}.png,{'ok' if i < 6 else 'nan'}\n" for i in range(8))
    (tmp_path / "caps/list.csv").write_text(f"file,label\n{rows}")
    assert {row.role for _, row in plan_import(tmp_path / "caps").rows()} == {"good", "ask"}


@pytest.mark.parametrize("ending", [",", ";", "\t"])
def test_a_table_of_paths_labels_and_masks(ending: str, library: Library, tmp_path: Path) -> None:
    pictures(tmp_path / "caps/shots")
    mask(tmp_path / "caps/truth/7.png", 7)
    rows = [["Path", "Label", "Mask"]]
    rows += [
        [f"shots/{i}.png", "OK" if i < 6 else "dent", f"truth/{i}.png" if i == 7 else ""] for i in range(8)
    ]
    (tmp_path / "caps/list.csv").write_text("\n".join(ending.join(row) for row in rows), "utf-8-sig")
    add(tmp_path / "caps", library)
    found = load_category(library.data_dir, "caps")
    assert (len(found.train), found.counts) == (6, {"dent": 2})
    assert [sample.mask_path is not None for sample in found.test] == [False, True]


def test_labels_that_are_numbers_are_asked_about(library: Library, tmp_path: Path) -> None:
    pictures(tmp_path / "caps")
    rows = ["path,label", *(f"{i}.png,{int(i > 5)}" for i in range(8))]
    (tmp_path / "caps/list.csv").write_text("\n".join(rows))
    with pytest.raises(DataError, match="'label=0' \\(6\\), 'label=1' \\(2\\)"):
        add(tmp_path / "caps", library)
    add(tmp_path / "caps", library, roles={"label=0": "good", "label=1": "defect:bad"})
    assert load_category(library.data_dir, "caps").counts == {"bad": 2}


def test_a_table_cannot_name_files_outside(tmp_path: Path) -> None:
    save_png(tmp_path / "secret.png", image(1))
    pictures(tmp_path / "caps")
    (tmp_path / "caps/list.csv").write_text(
        f"path,label\n../secret.png,OK\n{tmp_path}/secret.png,OK\n0.png,OK\n"
    )
    plan = plan_import(tmp_path / "caps")
    assert {path for _, row in plan.rows() if row.role == "good" for path in row.files} == {"0.png"}


def test_a_picture_and_its_mask_of_one_name(library: Library, tmp_path: Path) -> None:
    pictures(tmp_path / "caps/shots")
    mask(tmp_path / "caps/masks/7.png", 7)
    rows = ["path,label,mask", *(f"{i}.png,{'ok' if i < 6 else 'dent'},{i}.png" for i in range(8))]
    (tmp_path / "caps/list.csv").write_text("\n".join(rows))
    add(tmp_path / "caps", library)
    found = load_category(library.data_dir, "caps")
    assert (len(found.train), found.counts) == (6, {"dent": 2})


def test_what_a_table_names_and_is_not_there_is_said(library: Library, tmp_path: Path) -> None:
    pictures(tmp_path / "caps")
    rows = ["path,label,mask", *(f"{i}.png,{'ok' if i < 6 else 'dent'}," for i in range(8))]
    (tmp_path / "caps/list.csv").write_text("\n".join([*rows, "gone.png,ok,", "7.png,dent,lost.png"]))
    said: list[str] = []
    add(tmp_path / "caps", library, remark=said.append)
    sentence = "2 files that a table names are not there, or several have that name: 'gone.png', 'lost.png'."
    assert sentence in said


def test_labels_that_contradict_each_other_are_asked_about(tmp_path: Path) -> None:
    pictures(tmp_path / "caps")
    rows = ["path,label", *(f"{i}.png,good" for i in range(8)), "7.png,dent"]
    (tmp_path / "caps/list.csv").write_text("\n".join(rows))
    assert [(row.pattern, row.files) for row in plan_import(tmp_path / "caps").questions] == [
        ("label=good and dent", ("7.png",))
    ]
