"""Many pictures from files, folders and archives: the good ones come whole, everything else with its reason."""

import io
import tarfile
import zipfile
from pathlib import Path

from batch_archives import LEFT_OUT, hostile_zip

from favae_demo.data.io import image_stream
from favae_demo.data.io.archive_guards import Limits
from favae_demo.data.io.image_stream import Given, images


def named(given: list[Given]) -> dict[str, Given]:
    assert len({one.name for one in given}) == len(given)
    return {one.name: one for one in given}


def test_a_hostile_zip_gives_its_images_and_a_reason_for_each_other_member(
    tiny_mvtec: Path, tmp_path: Path
) -> None:
    fine = hostile_zip(tmp_path / "all.zip", tiny_mvtec / "widget")
    given = named(list(images([tmp_path / "all.zip"])))
    assert given.keys() == {*fine, *LEFT_OUT}
    source = {"line/b/000.png": "spot"}
    for name in fine[:-1]:
        original = tiny_mvtec / "widget" / "test" / source.get(name, "good") / "000.png"
        assert given[name].content == original.read_bytes()
        assert given[name].reason == ""
    decoded_later = {"line/broken.png", "line/letter.png", "line/empty.png"}
    for name, words in LEFT_OUT.items():
        if name not in decoded_later:
            assert given[name].content is None
            assert words in given[name].reason


def test_progress_grows_to_the_end(tiny_mvtec: Path, tmp_path: Path) -> None:
    hostile_zip(tmp_path / "all.zip", tiny_mvtec / "widget")
    spot = tiny_mvtec / "widget" / "test" / "spot"
    shares = [one.share for one in images([spot, tmp_path / "all.zip"])]
    assert shares == sorted(shares)
    assert (shares[3], shares[-1]) == (0.5, 1.0)  # four pictures, then the archive


def test_a_folder_is_read_in_order_of_its_names(tiny_mvtec: Path) -> None:
    names = [one.name for one in images([tiny_mvtec / "widget" / "test"])]
    assert len(names) == 12
    assert names == sorted(names)


def test_the_same_name_twice_is_told_apart(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.png").write_bytes(folder.encode())
    given = list(images([tmp_path / "a" / "x.png", tmp_path / "b" / "x.png"]))
    assert [(one.name, one.content) for one in given] == [("x.png", b"a"), ("x.png (2)", b"b")]
    folders = list(images([tmp_path / "a", tmp_path / "b"]))
    assert [one.name for one in folders] == ["a/x.png", "b/x.png"]


def test_an_archive_that_ends_early_keeps_what_came_before(tmp_path: Path) -> None:
    whole, png = io.BytesIO(), bytes(range(256)) * 40
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for name in ("1.png", "2.png"):
            info = tarfile.TarInfo(name)
            info.size = len(png)
            archive.addfile(info, io.BytesIO(png))
    (tmp_path / "cut.tar").write_bytes(whole.getvalue()[:15_000])
    (tmp_path / "after.png").write_bytes(b"after")
    given = named(list(images([tmp_path / "cut.tar", tmp_path / "after.png"])))
    assert given["cut.tar/1.png"].content == png
    assert given["after.png"].content == b"after"
    broken = [one for one in given.values() if one.content is None]
    assert broken
    assert all("damaged" in one.reason for one in broken)


def test_one_damaged_or_locked_member_does_not_stop_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("1.png", "2.png", "3.png"):
            archive.writestr(name, name * 50)
    content = bytearray(path.read_bytes())
    content[content.index(b"2.png2.png") + 9] ^= 1  # its checksum does not fit any more
    first = content.index(b"PK\x01\x02")
    third = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02", first + 1) + 1)
    content[third + 8] |= 1  # says that it is locked
    content[content.rindex(b"PK\x03\x04") + 6] |= 1
    path.write_bytes(content)
    given = named(list(images([path])))
    assert given["1.png"].content == b"1.png" * 50
    assert "damaged" in given["2.png"].reason
    assert "password" in given["3.png"].reason


def test_bombs_are_bounded(tmp_path: Path, monkeypatch) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.png", bytes(3_000_000))
        archive.writestr("small.png", b"small")
        archive.writestr("last.png", b"last")
    monkeypatch.setattr(image_stream, "LARGEST", 2_000_000)
    given = named(list(images([tmp_path / "bomb.zip"])))
    assert "larger than" in given["big.png"].reason
    assert given["small.png"].content == b"small"
    few = list(images([tmp_path / "bomb.zip"], Limits(entries=1)))
    assert [one.name for one in few] == ["big.png", "bomb.zip"]
    assert "more than is allowed" in few[1].reason
    little = list(images([tmp_path / "bomb.zip"], Limits(bytes=2_000_000)))
    assert "more than is allowed" in little[-1].reason
    assert len(little) == 2


def test_what_calls_itself_an_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"no")
    (tmp_path / "a.txt").write_bytes(b"no")
    given = named(list(images([tmp_path / "a.zip", tmp_path / "a.txt"])))
    assert "damaged" in given["a.zip"].reason
    assert "not a picture" in given["a.txt"].reason


def test_files_that_are_not_wanted_are_named_but_not_read(tiny_mvtec: Path, tmp_path: Path) -> None:
    hostile_zip(tmp_path / "all.zip", tiny_mvtec / "widget")
    sources = [tiny_mvtec / "widget" / "test", tmp_path / "all.zip"]
    whole = list(images(sources))
    chosen = range(9, 25)  # the end of the one and the beginning of the other
    some = list(images(sources, wanted=chosen))
    assert [(one.name, one.share, one.is_image) for one in some] == [
        (one.name, one.share, one.is_image) for one in whole
    ]
    read = [number for number, one in enumerate(some, 1) if one.content is not None]
    assert read == [
        number for number, one in enumerate(whole, 1) if one.content is not None and number in chosen
    ]
    assert len(read) > 4
    assert all(some[number - 1] == whole[number - 1] for number in chosen)
    fine = {"line/a/000.png", "line/b/000.png", "line/c/000.png", "=1+1.png"}
    spoilt = {"line/broken.png", "line/letter.png", "line/empty.png"}
    assert {one.name.removeprefix("all.zip/") for one in whole[12:] if one.is_image} == fine | spoilt


def test_what_is_not_read_counts_for_the_limit_too(tiny_mvtec: Path) -> None:
    folder = tiny_mvtec / "widget" / "test" / "spot"
    limits = Limits(bytes=(folder / "000.png").stat().st_size + 1)
    for wanted in (None, ()):
        assert [one.reason[:10] for one in images([folder], limits, wanted)][2:] == ["holds more"]


def test_masks_are_known_by_their_folder_or_by_their_name(tmp_path: Path) -> None:
    masks = ("ground_truth/spot/000.png", "test/spot/001_mask.png", "test/spot/002_MASK.PNG")
    parts = ("test/spot/000.png", "test/spot/masked.png", "test/mask/003.png", "ground_truth.png")
    for name in (*masks, *parts):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    given = named(list(images([tmp_path])))
    assert {name for name, one in given.items() if "mask" in one.reason} == set(masks)
    assert {name for name, one in given.items() if one.content} == set(parts)
