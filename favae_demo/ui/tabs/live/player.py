"""Streams that play for visitors: each in a thread of its own, paused while no page asks for frames, and ended after a while."""

import secrets
import threading
import time
from collections.abc import Callable, Mapping

import numpy as np

from favae_demo.core.errors import ConfigError
from favae_demo.detection.drift import Usual
from favae_demo.detection.frame_sources import FrameSource
from favae_demo.detection.stream import JudgedFrame, Stream
from favae_demo.scoring.detection import Detection
from favae_demo.ui import text

MAX_PLAYERS = 8  # streams at once on one server
PAUSE_AFTER = 3.0  # seconds without a request after which a stream pauses: the page shows another tab
END_AFTER = 120.0  # seconds without a request after which it ends
WAIT = 0.5  # seconds that a request waits for a frame


class Player:
    """A stream that judges frames in the background; only its newest frame is kept.

    Args:
        source: Where the frames come from.
        judge: Returns the detection for an image (H×W×3 uint8 RGB) and a false-alarm rate.
        rate: The false-alarm rate in (0, 1); may be changed at any time.
        usual: What the good images of the model have, see `drift.usual_signals`.
        clock: Returns seconds.
    """

    def __init__(
        self,
        source: FrameSource,
        judge: Callable[[np.ndarray, float], Detection],
        rate: float,
        *,
        usual: Mapping[str, Usual] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.source, self.rate = source, rate
        self.stream = Stream(source, lambda image: judge(image, self.rate), usual=usual)
        self.current: JudgedFrame | None = None
        self._newest: JudgedFrame | None = None
        self._failure: Exception | None = None
        self._clock, self._requested = clock, clock()
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._play, name="live", daemon=True)

    def start(self) -> None:
        """Starts to play."""
        self._thread.start()

    def next_frame(self, seen: int, wait: float = WAIT) -> JudgedFrame | None:
        """Returns the newest frame, or None where none comes after number `seen` within `wait` seconds.

        Resumes a stream that was paused because no page asked for frames.

        Raises:
            FavaeError: The stream cannot go on.
        """
        self._requested = self._clock()
        self.stream.pause("unseen", False)
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._is_newer(seen), wait)
            if self._is_newer(seen):
                self.current = self._newest
                return self.current
        if self._failure is not None:
            raise self._failure
        return None

    @property
    def is_over(self) -> bool:
        """Whether it has ended, for whatever reason."""
        return self._ended

    def stop(self, wait: float = 5.0) -> None:
        """Ends it, and waits up to `wait` seconds for the frame that is being judged."""
        self.stream.stop()
        if self._thread.is_alive():
            self._thread.join(wait)

    def _is_newer(self, seen: int) -> bool:
        return self._newest is not None and self._newest.number > seen

    def _play(self) -> None:
        try:
            for frame in self.stream.frames(self._is_wanted):
                with self._changed:
                    self._newest = frame
                    self._changed.notify_all()
        except Exception as failure:  # raised again by `next_frame`, in the request of the page
            self._failure = failure
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _is_wanted(self) -> bool:
        """Returns whether a page has requested frames recently; pauses the stream after a short time without requests."""
        idle = self._clock() - self._requested
        self.stream.pause("unseen", idle > PAUSE_AFTER)
        return idle < END_AFTER


class Players:
    """The players of all visitors, by a token that cannot be guessed."""

    def __init__(self) -> None:
        self._players: dict[str, Player] = {}
        self._lock = threading.Lock()

    def start(self, player: Player) -> str:
        """Starts a player and returns its token.

        Raises:
            ConfigError: `MAX_PLAYERS` streams play already.
        """
        with self._lock:
            self._players = {
                token: playing for token, playing in self._players.items() if not playing.is_over
            }
            if len(self._players) >= MAX_PLAYERS:
                raise ConfigError(text.live.TOO_MANY.format(count=MAX_PLAYERS))
            token = secrets.token_urlsafe(16)
            self._players[token] = player
        player.start()
        return token

    def get(self, token: str) -> Player | None:
        """Returns the player of a token, or None where it does not exist (any more)."""
        return self._players.get(token)

    def stop(self, token: str) -> None:
        """Ends a player, if it exists."""
        with self._lock:
            player = self._players.pop(token, None)
        if player is not None:
            player.stop()
