"""Each visitor's share of the disk for uploads."""

import time
from collections import Counter, deque
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
    # Each upload's time, visitor and bytes, the oldest first; and the bytes by visitor, since adding up thousands at each upload takes long.
    _uploads: deque[tuple[float, str, int]] = field(default_factory=deque)
    _held: Counter[str] = field(default_factory=Counter)

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
        self._forget(now - HOUR)
        held = self._held[visitor]
        if held and held + size > SHARE * (free + held):
            first = next(begun for begun, address, _ in self._uploads if address == visitor)
            return max(1.0, first + HOUR - now)
        self._uploads.append((now, visitor, size))
        self._held[visitor] += size
        return 0.0

    def _forget(self, before: float) -> None:
        while self._uploads and self._uploads[0][0] <= before:
            _, visitor, size = self._uploads.popleft()
            self._held[visitor] -= size
            if not self._held[visitor]:
                del self._held[visitor]
