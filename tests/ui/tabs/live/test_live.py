"""The Live tab's players and handlers, without a browser."""

import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from waiting import await_true

from favae_demo.core.errors import CheckpointError, ConfigError, DataError, FavaeError, ImageError
from favae_demo.data.io.images import decode, save_png
from favae_demo.detection.frame_sources import ImagesSource
from favae_demo.scoring.likeness import EMPTY
from favae_demo.ui import text
from favae_demo.ui.components.data_url import jpeg_data_url
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.live import player as live_player
from favae_demo.ui.tabs.live import stream as live_stream
from favae_demo.ui.tabs.live import tab as live_tab
from favae_demo.ui.tabs.live.player import Player, Players
from favae_demo.ui.tabs.live.view import decode_data_url

pytest_plugins = ["trained_widget"]


@pytest.fixture
def players():
    there = Players()
    yield there
    for token in list(there._players):
        there.stop(token)


def begin(services: Services, players: Players, **changes) -> str:
    model = services.registry.newest("widget", "none").path
    order = {
        "category": "widget", "model": str(model), "source": "test", "video": None, "folder": None, "pace": 30,
        "rate": 20, "hold": False,
    }  # fmt: skip
    return live_stream.start_stream(services, players, **order | changes)


def ask(services: Services, players: Players, token: str, seen: int = 0, frame: str | None = None) -> dict:
    """Asks until there is a new frame, or the stream has ended."""
    for _ in range(20):
        found = live_tab.next_values(services, players, {"token": token, "seen": seen, "frame": frame})
        if found["number"] or found["state"] == "ended":
            return found
    raise AssertionError("no frame came")


def test_test_images_play_with_their_verdicts(services: Services, players: Players) -> None:
    token = begin(services, players)
    first = ask(services, players, token)
    second = ask(services, players, token, seen=first["number"])
    assert second["number"] > first["number"]
    assert first["picture"].startswith("data:image/jpeg;base64,")
    assert first["verdict"] in ("good", "defect")
    assert "limit" in first["numbers"]
    assert "<svg" in first["strip"]
    assert ".png" in first["facts"]
    players.stop(token)
    assert ask(services, players, token)["note"] == text.live.FORGOTTEN


def test_a_defect_is_held_and_the_sensitivity_changes_while_it_plays(
    services: Services, players: Players, spot: Path, blot: Path
) -> None:
    files = [str(spot.parents[1] / "good" / "000.png"), str(blot)]
    token = begin(services, players, source="folder", folder=files, hold=True, rate=5)
    player, seen = players.get(token), 0
    while (found := ask(services, players, token, seen))["state"] != "held":
        seen = found["number"]
    assert (found["verdict"], found["note"]) == ("defect", text.live.HELD["defect"])
    assert (
        live_tab.next_values(services, players, {"token": token, "seen": found["number"]})["state"]
        == "waiting"
    )
    assert text.page.UNSUPPORTED in found["support"]  # twelve good parts are too few for 5 %
    strict = player.current.detection.threshold
    player.rate = 0.4
    player.stream.hold_on_defect = False
    player.stream.release()
    assert not ask(services, players, token, seen=found["number"])["support"]
    assert player.current.detection.threshold < strict


def test_why_a_picture_is_not_judged_stays_with_the_verdict_when_the_note_changes(
    services: Services, players: Players, tmp_path: Path
) -> None:
    black = tmp_path / "black.png"
    save_png(black, np.zeros((96, 96, 3), np.uint8))
    token = begin(services, players, source="folder", folder=[str(black)], hold=True)
    found = ask(services, players, token)
    assert (found["verdict"], found["why"]) == ("not-judged", EMPTY)
    assert found["note"] == text.live.HELD["not judged"]


def test_a_video_and_a_folder_play(services: Services, players: Players, tmp_path: Path, spot: Path) -> None:
    video = tmp_path / "part.avi"
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter_fourcc(*"MJPG"), 25, (96, 96))
    for _ in range(5):
        writer.write(decode(spot)[..., ::-1])
    writer.release()
    assert (
        "part.avi"
        in ask(services, players, begin(services, players, source="video", video=str(video)))["facts"]
    )
    letter = tmp_path / "broken.png"
    letter.write_text("Dear reader")
    files = [str(letter), str(spot), str(tmp_path / ".DS_Store")]
    found = ask(services, players, begin(services, players, source="folder", folder=files))
    assert spot.name in found["facts"]
    assert found["note"] == text.live.UNREADABLE.format(names="broken.png")


def test_a_camera_frame_is_judged(services: Services, players: Players, blot: Path) -> None:
    token = begin(services, players, source="camera")
    assert live_tab.next_values(services, players, {"token": token, "seen": 0})["state"] == "waiting"
    found = ask(services, players, token, frame=jpeg_data_url(decode(blot), 90))
    assert (found["number"], found["verdict"]) == (1, "defect")
    for bad in ("data:image/png;base64,!!!", "data:image/png;base64,AAAA", "file:///etc/passwd"):
        with pytest.raises(ImageError):
            decode_data_url(bad, 1000)


def test_until_the_list_of_models_is_there_the_first_one_judges(services: Services, players: Players) -> None:
    assert begin(services, players, model=None)


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"model": None, "category": "nothing"}, CheckpointError, "no trained model"),
        ({"source": "video"}, ImageError, text.live.NO_VIDEO),
        ({"source": "folder"}, DataError, text.live.NO_FOLDER),
        ({"source": "folder", "folder": ["notes.txt"]}, DataError, "no pictures to play"),
        ({"category": "nothing"}, DataError, "no test pictures"),
    ],
)
def test_a_source_that_cannot_play_is_refused_at_the_start(
    changes: dict, error: type[FavaeError], sentence: str, services: Services, players: Players
) -> None:
    with pytest.raises(error, match=sentence):
        begin(services, players, **changes)
    assert not players._players


def test_an_error_while_playing_ends_the_stream_with_its_sentence(
    services: Services, players: Players, tmp_path: Path
) -> None:
    letter = tmp_path / "a.png"
    letter.write_text("Dear reader")
    found = ask(services, players, begin(services, players, source="folder", folder=[str(letter)]))
    assert found["state"] == "ended"
    assert "None of these files" in found["note"]


def test_the_shown_frame_can_be_saved(services: Services, players: Players) -> None:
    player = players.get(begin(services, players))
    with pytest.raises(ImageError, match="no picture yet"):
        live_tab.save_frame(services, Player(player.source, None, 0.05), "")
    while player.next_frame(0) is None:
        pass
    model = services.registry.newest("widget", "none").path
    path = live_tab.save_frame(services, player, str(model))
    assert path.parent.parent == services.settings.cache_dir / "results"
    assert decode(path).shape[1] > 4 * 400


def test_a_stream_without_requests_pauses_and_ends(services: Services, tmp_path: Path) -> None:
    save_png(tmp_path / "a.png", np.zeros((32, 32, 3), np.uint8))
    now = [0.0]
    model = services.registry.newest("widget", "none").path
    player = Player(
        ImagesSource([tmp_path / "a.png"], 100),
        lambda image, rate: services.detect(model, image, rate),
        0.2,
        clock=lambda: now[0],
    )
    player.start()
    while player.next_frame(0) is None:
        pass
    now[0] = live_player.PAUSE_AFTER + 1
    await_true(lambda: "unseen" in player.stream._reasons)
    paused = player.stream.seconds
    time.sleep(0.1)
    assert player.stream.seconds == paused
    seen = player._newest.number
    while player.next_frame(seen) is None:  # somebody looks again
        pass
    now[0] += live_player.END_AFTER + 1
    player._thread.join(60)
    assert player.is_over


def test_too_many_streams_are_refused_until_one_has_ended(
    services: Services, players: Players, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_player, "MAX_PLAYERS", 1)
    token = begin(services, players)
    with pytest.raises(ConfigError, match="playing on this server already"):
        begin(services, players)
    players.get(token).stop()
    assert players.get(begin(services, players)) is not None


def test_the_frame_at_which_a_stream_stands_can_be_spoken_about(services: Services, players: Players) -> None:
    token = begin(services, players)
    first = ask(services, players, token)
    player = players.get(token)
    with pytest.raises(ImageError, match="press “Stop”"):
        live_tab.standing_frame(player, "a model")
    players.stop(token)
    shown = live_tab.standing_frame(player, "a model")
    assert shown is not None
    assert shown.name.endswith(f"-{first['number']}.png")
    assert shown.image.dtype == np.uint8
    assert shown.model == "a model"
