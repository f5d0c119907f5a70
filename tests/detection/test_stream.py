"""Frames from videos, pictures and cameras, and what a stream tells of them."""

import itertools
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from favae_demo.core.errors import DataError, ImageError
from favae_demo.data.io.images import save_png
from favae_demo.detection.drift import WINDOW as DRIFT_WINDOW
from favae_demo.detection.drift import Usual
from favae_demo.detection.frame_sources import LONGEST_SIDE, CameraSource, ImagesSource, VideoSource
from favae_demo.detection.stream import WINDOW, Stream
from favae_demo.scoring.detection import Detection

FPS, FRAMES = 10, 6


class Clock:
    """Moves on by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def grey(level: int, side: int = 32) -> np.ndarray:
    return np.full((side, side, 3), level, np.uint8)


def judged(image: np.ndarray) -> Detection:
    """The brighter the worse; the limit is 100."""
    flat = np.zeros((8, 8), np.float32)
    return Detection(image, image, {"combined": flat}, flat == 0, float(image.mean()), 100.0, 1.0)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Six frames, each 40 levels brighter than the one before."""
    path = tmp_path / "steps.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), FPS, (32, 32))
    for i in range(FRAMES):
        writer.write(grey(40 * i))
    writer.release()
    return path


@pytest.fixture
def folder(tmp_path: Path) -> list[Path]:
    for i in range(3):
        save_png(tmp_path / f"{i}.png", grey(50 * i))
    return sorted(tmp_path.glob("*.png"))


def test_a_video_plays_at_its_own_speed_passes_over_what_is_late_and_starts_again(video: Path) -> None:
    source = VideoSource(video)
    levels = {}
    for seconds in (0.0, 0.05, 0.1, 0.45, 0.6):
        frame = source.at(seconds)
        levels[seconds] = None if frame is None else round(float(frame.image.mean()) / 40)
    assert levels[0.05] is None  # the same frame is not given twice
    assert levels[0.45] == levels[0.1] + 3  # two frames were passed over
    assert levels[0.6] == 0  # the first again
    source.close()


def test_what_is_no_video_gets_a_sentence(tmp_path: Path, video: Path) -> None:
    letter = tmp_path / "letter.mp4"
    letter.write_text("Dear reader")
    with pytest.raises(ImageError, match=r"'letter.mp4' cannot be read as a video"):
        VideoSource(letter)
    with pytest.raises(ImageError, match="too large"):
        VideoSource(video, max_pixels=100)


def test_images_come_at_their_pace_and_over_again(folder: list[Path]) -> None:
    source = ImagesSource(folder, pace=2)
    given = [source.at(seconds) for seconds in (0, 0.4, 0.5, 1.0, 1.5)]
    assert [frame and frame.name for frame in given] == ["0.png", None, "1.png", "2.png", "0.png"]
    source.pace = 10
    assert [source.at(seconds) is None for seconds in (2.0, 2.05, 2.1)] == [False, True, False]


def test_a_damaged_image_is_passed_over_and_named(folder: list[Path]) -> None:
    folder[0].write_text("Dear reader")
    source = ImagesSource(folder, pace=1)
    assert source.at(0).name == "1.png"
    assert source.unreadable == ("0.png",)
    for path in folder:
        path.write_text("Dear reader")
    with pytest.raises(ImageError, match="None of these files"):
        source.at(5)
    with pytest.raises(DataError, match="no pictures to play"):
        ImagesSource([], pace=1)


def test_a_camera_gives_its_newest_frame_once_and_not_too_large() -> None:
    camera = CameraSource()
    assert camera.at(0) is None
    camera.offer(grey(10))
    camera.offer(grey(20, side=2 * LONGEST_SIDE))
    frame = camera.at(0)
    assert frame.image.shape == (LONGEST_SIDE, LONGEST_SIDE, 3)
    assert frame.image.mean() == 20
    assert camera.at(0) is None


def test_a_stream_counts_and_keeps_the_last_seconds_only(folder: list[Path]) -> None:
    clock = Clock()
    stream = Stream(ImagesSource(folder, pace=1), judged, clock=clock)
    looks = []
    for _ in range(60):
        looks.append(stream.step())
        clock.now += 1
    last = looks[-1]
    assert (last.number, last.defects, last.detection.name) == (60, 0, "2.png")
    assert last.history[0].seconds >= last.seconds - WINDOW
    assert len(last.history) == WINDOW + 1
    assert [point.score for point in last.history[-3:]] == [0, 50, 100]


def test_frames_that_have_changed_as_a_series_are_told(folder: list[Path]) -> None:
    stream = Stream(ImagesSource(folder, pace=1000), judged, usual={"score": Usual(0.0, 0.1, 500)})
    frames = [frame for frame in (stream.step() for _ in range(200)) if frame][: DRIFT_WINDOW + 1]
    assert [frame.drift for frame in frames[: DRIFT_WINDOW - 1]] == [None] * (DRIFT_WINDOW - 1)
    assert "higher scores" in frames[-1].drift.sentence


def test_a_defect_is_held_until_released(video: Path) -> None:
    clock = Clock()
    stream = Stream(VideoSource(video), judged, clock=clock)
    stream.hold_on_defect = True
    looks = []
    while not stream.is_held:
        looks.append(stream.step())
        clock.now += 1.01 / FPS
    assert [look.detection.is_defect for look in looks] == [False] * (len(looks) - 1) + [True]
    assert looks[-1].held
    held_at = stream.seconds
    clock.now += 1000
    assert stream.step() is None
    stream.release()
    assert stream.seconds == pytest.approx(held_at, abs=1.02 / FPS)  # nothing is passed over meanwhile
    clock.now += 1.01 / FPS
    assert stream.step().number == len(looks) + 1


def test_a_picture_that_is_not_judged_is_held_too(folder: list[Path]) -> None:
    def odd(image: np.ndarray) -> Detection:
        return replace(judged(image), unlike=("Too bright.",) if image.mean() == 50 else ())

    clock = Clock()
    stream = Stream(ImagesSource(folder, pace=1), odd, clock=clock)
    stream.hold_on_defect = True
    first = stream.step()
    clock.now += 1
    second = stream.step()
    assert (first.held, first.not_judged) == (False, 0)
    assert (second.held, second.not_judged, second.defects) == (True, 1, 0)


def test_two_pauses_end_with_the_second() -> None:
    clock = Clock()
    stream = Stream(CameraSource(), judged, clock=clock)
    clock.now += 1
    for reason in ("held", "unseen"):
        stream.pause(reason)
    clock.now += 5
    stream.pause("held", False)
    clock.now += 5
    assert stream.seconds == 1
    stream.pause("unseen", False)
    clock.now += 2
    assert stream.seconds == 3


def test_iterating_ends_when_stopped_and_closes_the_source(folder: list[Path]) -> None:
    source = ImagesSource(folder, pace=1000)
    closed = []
    source.close = lambda: closed.append(True)
    stream = Stream(source, judged)
    numbers = [look.number for look in itertools.islice(stream, 3)]
    assert numbers == [1, 2, 3]
    stream.stop()
    assert list(stream) == []
    assert closed
