"""Video files: each picture once and in order, also over a restart."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from line_records import record
from mjpeg_server import number_of, numbered

from favae_demo.line.config import make_config
from favae_demo.line.sources import Shot, SourceError, Surroundings
from favae_demo.line.sources.video import VideoFileSource
from favae_demo.line.spool import Spool

FRAMES = 30


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("video") / "parts.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (96, 64))
    for i in range(FRAMES):
        writer.write(cv2.cvtColor(numbered(i), cv2.COLOR_RGB2BGR))
    writer.release()
    return path


@pytest.fixture
def spool(tmp_path: Path):
    spool = Spool(tmp_path / "state", ["sqlite"])
    yield spool
    spool.close()


def opened(spool: Spool, path: Path, *, once: bool = False, **values) -> VideoFileSource:
    source = {"kind": "video", "name": "left", "model": "m", "path": str(path)} | values
    config = make_config({"source": [source], "sink": [{"kind": "sqlite", "path": "v"}]}, "test", path.parent)
    return config.sources[0].open(Surroundings(spool, once=once))


def judge(source: VideoFileSource, spool: Spool, most: int = 1000) -> list[Shot]:
    """Takes pictures and notes that they were judged, as a line does."""
    shots: list[Shot] = []
    while len(shots) < most and not source.is_over:
        if shot := source.take(0.1):
            assert spool.commit(record(0, id=shot.id), shot.mark)
            shots.append(shot)
    source.close()
    return shots


def test_each_picture_once_in_order_also_over_a_restart(video: Path, spool: Spool) -> None:
    shots = judge(opened(spool, video), spool, 10)
    shots += judge(opened(spool, video), spool)
    assert [number_of(shot.image.pixels) for shot in shots] == list(range(FRAMES))
    assert [shot.name for shot in shots] == [f"parts.avi {i}" for i in range(1, FRAMES + 1)]
    assert len({shot.id for shot in shots}) == FRAMES
    assert judge(opened(spool, video), spool) == []
    assert (shots[0].image.pixels[-4, 4] - np.array([255, 0, 0])).max() < 10


def test_another_video_of_the_same_name_is_judged(video: Path, spool: Spool, tmp_path: Path) -> None:
    path = tmp_path / "parts.avi"
    path.write_bytes(video.read_bytes())
    assert len(judge(opened(spool, path), spool)) == FRAMES
    path.write_bytes(video.read_bytes())
    assert len(judge(opened(spool, path), spool)) == FRAMES


def test_milliseconds_are_those_of_the_video(video: Path, spool: Spool) -> None:
    shots = judge(opened(spool, video, every_ms=200, roi=[0, 0, 1, 0.5]), spool)
    assert [number_of(shot.image.pixels) for shot in shots] == [0, 5, 10, 15, 20, 25]
    assert shots[0].image.pixels.shape == (32, 96, 3)


def test_what_is_no_video_is_told(spool: Spool, tmp_path: Path, video: Path) -> None:
    letter = tmp_path / "letter.mp4"
    letter.write_text("Dear reader")
    for path, sentence in {
        letter: "cannot be read as a video",
        tmp_path / "gone.avi": "There is no file",
    }.items():
        source = opened(spool, path, once=True)
        with pytest.raises(SourceError, match=sentence):
            source.check()
        assert source.take(0.01) is None
        assert sentence in source.problem
        assert source.is_over
    late = opened(spool, tmp_path / "late.avi")
    assert late.take(0.01) is None
    assert not late.is_over
    (tmp_path / "late.avi").write_bytes(video.read_bytes())
    assert late.take(1)
    assert late.problem == ""
    late.close()
