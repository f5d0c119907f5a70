"""Streams that play for visitors: each in a thread of its own, paused while nobody looks, forgotten after a while."""

import secrets
import threading
import time
from collections.abc import Callable

import numpy as np

from favae_demo.core.errors import ConfigError
from favae_demo.detection.frame_sources import Source
from favae_demo.detection.stream import Look, Stream
from favae_demo.scoring.detection import Detection
from favae_demo.ui import text

MOST = 8  # streams at once on one server
PATIENCE = (
    3.0  # seconds without a look after which a stream pauses: the page is closed, or another tab is shown
)
FORGOTTEN = 120.0  # seconds without a look after which it ends
WAIT = 0.5  # seconds that a look waits for a frame


class Player:
    """A stream that judges in the background; only its newest look is kept.

    Args:
        source: Where the frames come from.
        judge: Gives the answer for H×W×3 uint8 RGB and a false-alarm rate.
        rate: The false-alarm rate in (0, 1); may be changed at any time.
        clock: Seconds.
    """

    def __init__(
        self,
        source: Source,
        judge: Callable[[np.ndarray, float], Detection],
        rate: float,
        *,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.source, self.rate = source, rate
        self.stream = Stream(source, lambda image: judge(image, self.rate))
        self.shown: Look | None = None
        self._newest: Look | None = None
        self._failure: Exception | None = None
        self._clock, self._looked = clock, clock()
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._play, name="live", daemon=True)

    def start(self) -> None:
        """Begins to play."""
        self._thread.start()

    def look(self, seen: int, wait: float = WAIT) -> Look | None:
        """The newest look, or None where none newer than number `seen` comes within `wait` seconds.

        Raises:
            FavaeError: The stream cannot go on.
        """
        self._looked = self._clock()
        self.stream.pause("unseen", False)
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._is_newer(seen), wait)
            if self._is_newer(seen):
                self.shown = self._newest
                return self.shown
        if self._failure is not None:
            raise self._failure
        return None

    @property
    def is_over(self) -> bool:
        """Whether it has ended, and why does not matter."""
        return self._ended

    def stop(self, wait: float = 5.0) -> None:
        """Ends it, and waits for the picture under way."""
        self.stream.stop()
        if self._thread.is_alive():
            self._thread.join(wait)

    def _is_newer(self, seen: int) -> bool:
        return self._newest is not None and self._newest.number > seen

    def _play(self) -> None:
        try:
            for look in self.stream.running(self._is_wanted):
                with self._changed:
                    self._newest = look
                    self._changed.notify_all()
        except Exception as failure:  # handed to whoever looks: a sentence is shown, a bug raised there
            self._failure = failure
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _is_wanted(self) -> bool:
        """Whether somebody may still look; a pause while nobody does."""
        unseen = self._clock() - self._looked
        self.stream.pause("unseen", unseen > PATIENCE)
        return unseen < FORGOTTEN


class Players:
    """The players of all visitors, by a token that nobody can guess."""

    def __init__(self) -> None:
        self._players: dict[str, Player] = {}
        self._lock = threading.Lock()

    def start(self, player: Player) -> str:
        """Starts a player and gives its token.

        Raises:
            ConfigError: Too many play already.
        """
        with self._lock:
            self._players = {token: one for token, one in self._players.items() if not one.is_over}
            if len(self._players) >= MOST:
                raise ConfigError(text.live.TOO_MANY.format(count=MOST))
            token = secrets.token_urlsafe(16)
            self._players[token] = player
        player.start()
        return token

    def get(self, token: str) -> Player | None:
        """The player of a token, or None where there is none any more."""
        return self._players.get(token)

    def stop(self, token: str) -> None:
        """Ends a player; one that is not there is fine."""
        with self._lock:
            player = self._players.pop(token, None)
        if player is not None:
            player.stop()
