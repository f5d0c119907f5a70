"""Malicious archives and folders: what is fine comes out, the rest is named, nothing lies outside, and nothing swells."""

import os
import stat
import zipfile
from functools import partial
from pathlib import Path

import hostile_archives
import numpy as np
import pytest
from hostile_archives import ODD, PNG, TRAPS
from hostile_outcome import ACCEPTED, REFUSED, added, judged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from favae_demo.core.errors import DataError
from favae_demo.data.io.archive_guards import Limits
from favae_demo.data.io.extraction import unpack
from favae_demo.data.io.image_stream import images
from favae_demo.data.library.upload_checks import inspect


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "inside" / "target"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_refused_when_it_is_added_and_its_parts_are_named_in_a_batch(
    name: str, tmp_path: Path, target: Path
) -> None:
    (tmp_path / "trap").write_bytes(TRAPS[name])
    assert added(tmp_path / "trap", target) == REFUSED
    judged(tmp_path / "trap")
    assert not [
        path for path in tmp_path.rglob("*") if path.name.endswith("evil.png") and path.parent != target
    ]


@pytest.mark.parametrize("name", ODD)
def test_odd_archives_are_taken_and_their_names_are_text(name: str, tmp_path: Path, target: Path) -> None:
    content, names = ODD[name]
    (tmp_path / "odd").write_bytes(content)
    assert added(tmp_path / "odd", target) == ACCEPTED
    assert {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()} == names
    assert {one.name for one in images([tmp_path / "odd"]) if one.content == PNG} == names


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted({*TRAPS, *ODD})), seed=st.integers(0, 2**32 - 1))
def test_bent_archives_are_taken_or_refused(name: str, seed: int, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("bent")
    whole = TRAPS[name] if name in TRAPS else ODD[name][0]
    (folder / "bent").write_bytes(hostile_archives.bent(whole, np.random.default_rng(seed)))
    (folder / "inside" / "target").mkdir(parents=True)
    added(folder / "bent", folder / "inside" / "target")
    judged(folder / "bent")


@pytest.mark.parametrize(
    ("name", "batch"),
    [("zip", ACCEPTED), ("bzip2", REFUSED), ("a.png", REFUSED), ("a.bin", REFUSED), ("note", REFUSED)],
)
def test_what_swells_is_stopped_early(name: str, batch: str, tmp_path: Path, target: Path) -> None:
    path, limits = tmp_path / "swollen", Limits(small=20 << 20)
    swollen = {
        "zip": lambda: hostile_archives.swollen_zip(4, 10 << 20),
        "bzip2": lambda: hostile_archives.zipped(("a.bmp", bytes(40 << 20)), packing=zipfile.ZIP_BZIP2),
    }
    as_tar = partial(hostile_archives.swollen_tar, 40 << 20, name, b"L" if name == "note" else b"0")
    path.write_bytes(swollen.get(name, as_tar)())
    assert added(path, target, limits) == REFUSED
    assert judged(path, limits=limits) == batch  # accepted: what came before the bound
    assert sum(one.stat().st_size for one in target.rglob("*")) <= limits.small


def test_a_list_of_members_has_a_bound(tmp_path: Path, target: Path) -> None:
    (tmp_path / "long.zip").write_bytes(hostile_archives.long_list(400_000))
    with pytest.raises(DataError, match="more files than are allowed"):
        unpack(tmp_path / "long.zip", target, lambda done, total: None)
    assert "more than is allowed" in next(images([tmp_path / "long.zip"])).reason
    (tmp_path / "some.zip").write_bytes(hostile_archives.long_list(3_000, ".doc"))
    assert added(tmp_path / "some.zip", target) == ACCEPTED
    assert len(list(images([tmp_path / "some.zip"], Limits(entries=2_000)))) == 2_001


def odd_folder(folder: Path) -> set[str]:
    """A folder with two pictures among everything that only looks like some; returns what must be named in a batch."""
    folder.mkdir()
    os.mkfifo(folder / "pipe.png")
    (folder / "link.png").symlink_to("nothing.png")
    (folder / "loop").symlink_to(folder)
    (folder / "folder.png").mkdir()
    names = ["line\nbreak.png", "🔩 %s {0} <b>.png", "n" * 250 + ".png", os.fsdecode(b"\x95\x94.png")]
    for name in names:
        (folder / name).write_bytes(PNG)
    (folder / "empty.png").write_bytes(b"")
    return {"pipe.png", "link.png", "loop", "line�break.png", names[1], names[2], "òö.png", "empty.png"}


def test_an_odd_folder_is_read_to_its_end(tmp_path: Path, target: Path) -> None:
    expected = odd_folder(tmp_path / "odd")
    found = {one.name: one for one in images([tmp_path / "odd"])}
    assert found.keys() == expected
    left_out = {name for name, one in found.items() if one.content is None}
    special = {"pipe.png", "link.png", "loop"}
    assert left_out == {*special, "line�break.png"}
    assert all("link or a device" in found[name].reason for name in special)
    assert judged(tmp_path / "odd", tmp_path / "odd" / "pipe.png", tmp_path / "odd" / ("x" * 300)) == ACCEPTED
    with pytest.raises(DataError, match="unsafe path"):  # a line break in a name
        unpack(tmp_path / "odd", target, lambda done, total: None)
    (tmp_path / "odd" / "line\nbreak.png").unlink()
    assert unpack(tmp_path / "odd", target / "again", lambda done, total: None) == 4


def test_odd_files_among_own_parts_are_named(tmp_path: Path) -> None:
    odd_folder(tmp_path / "odd")
    report = inspect(sorted((tmp_path / "odd").iterdir()))
    assert len(report.good) == 1  # the others are copies of it
    for finding in report.findings:
        assert finding.sentence.isprintable()
        finding.sentence.encode()


@pytest.mark.skipif(os.geteuid() == 0, reason="everything may be read by root")
def test_a_closed_folder_is_named(tmp_path: Path, target: Path) -> None:
    (tmp_path / "odd" / "closed").mkdir(parents=True)
    (tmp_path / "odd" / "a.png").write_bytes(PNG)
    (tmp_path / "odd" / "closed").chmod(0)
    found = {one.name: one.reason for one in images([tmp_path / "odd"])}
    with pytest.raises(DataError, match="may not be read"):
        unpack(tmp_path / "odd", target, lambda done, total: None)
    (tmp_path / "odd" / "closed").chmod(stat.S_IRWXU)
    assert found == {"a.png": "", "closed": "may not be read by this app"}
