"""Each visitor's share of the disk for uploads."""

import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

HOUR = 3600.0  # seconds for which an upload counts; it is deleted about then
SHARE = 0.25  # of the room for uploads


@dataclass
class UploadShares:
    """What visitors have uploaded within the last hour, by their address; an upload names no session.

    Attributes:
        clock: Returns the time in seconds.
    """

    clock: Callable[[], float] = time.monotonic
    _uploads: defaultdict[str, deque[tuple[float, int]]] = field(default_factory=lambda: defaultdict(deque))

    def claim(self, visitor: str, size: int, free: int) -> float:
        """Notes an upload if it fits into the visitor's share.

        Args:
            visitor: Address.
            size: Bytes of the upload.
            free: Bytes that may still be written.

        Returns:
            0, or the seconds until the visitor may try again.
        """
        now = self.clock()
        for address in list(self._uploads):
            self._forget(address, now)
        own = self._uploads.get(visitor, deque())
        held = sum(bytes for _, bytes in own)
        if own and held + size > SHARE * (free + held):
            return max(1.0, own[0][0] + HOUR - now)
        self._uploads[visitor].append((now, size))
        return 0.0

    def _forget(self, visitor: str, now: float) -> None:
        own = self._uploads[visitor]
        while own and own[0][0] <= now - HOUR:
            own.popleft()
        if not own:
            del self._uploads[visitor]
