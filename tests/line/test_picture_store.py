"""Which pictures are kept, and for how long."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from line_records import record

from favae_demo.data.io.images import decode
from favae_demo.line.picture_store import PictureStore

IMAGE = np.full((40, 60, 3), (200, 100, 50), np.uint8)


def store(folder: Path, **changes: float) -> PictureStore:
    return PictureStore(folder, **{"keep_days": 30, "most_bytes": 10**9, "good_every": 10} | changes)


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*/*.jpg"))


def test_all_defects_and_a_sample_of_good_ones(tmp_path: Path) -> None:
    pictures = store(tmp_path)
    made = [pictures.keep(record(i), IMAGE) for i in range(60)]
    by_verdict = {
        kind: [one for one in made if one.verdict == kind and one.picture] for kind in ("good", "defect")
    }
    assert {kind: len(found) for kind, found in by_verdict.items()} == {"good": 4, "defect": 20}
    assert {Path(one.picture) for one in made if one.picture} == set(kept(tmp_path))
    assert abs(decode(Path(made[0].picture)).astype(int) - IMAGE).max() < 6


def test_each_source_has_its_own_sample_and_none_where_none_is_wanted(tmp_path: Path) -> None:
    pictures = store(tmp_path)
    assert pictures.keep(record(1, source="left"), IMAGE).picture
    assert pictures.keep(record(2, source="ri/ght"), IMAGE).picture
    assert not store(tmp_path, good_every=0).keep(record(4), IMAGE).picture


def test_what_is_not_judged_is_kept_for_somebody_to_look_at(tmp_path: Path) -> None:
    assert store(tmp_path).keep(replace(record(1), verdict="not judged"), IMAGE).picture
    assert not store(tmp_path).keep(replace(record(2), verdict="unreadable"), IMAGE).picture


def test_the_same_picture_again_replaces_itself(tmp_path: Path) -> None:
    paths = {store(tmp_path).keep(record(3), IMAGE).picture for _ in range(2)}
    assert [str(path) for path in kept(tmp_path)] == list(paths)


def test_old_ones_go_then_the_oldest_until_the_rest_is_small_enough(tmp_path: Path) -> None:
    now = datetime(2026, 3, 31, tzinfo=UTC)
    pictures = store(tmp_path)
    for i in range(0, 30, 3):
        path = Path(pictures.keep(record(i), IMAGE).picture)
        when = (now - timedelta(days=i)).timestamp()
        os.utime(path, (when, when))
    size = kept(tmp_path)[0].stat().st_size
    assert store(tmp_path, keep_days=20).prune(now) == 3
    assert len(kept(tmp_path)) == 7
    assert store(tmp_path, most_bytes=4 * size).prune(now) == 3
    ids = sorted(int(path.stem.rpartition("-")[2], 16) for path in kept(tmp_path))
    assert ids == [0, 3, 6, 9]  # the newest
    assert store(tmp_path, most_bytes=0).prune(now) == 4
    assert list(tmp_path.iterdir()) == []  # nor are empty folders left
