"""Growing pauses between attempts."""

SHORTEST, LONGEST = 0.5, 60.0  # seconds


class Pauses:
    """Pauses that double from attempt to attempt, up to a minute."""

    def __init__(self) -> None:
        self._next = SHORTEST

    def next(self) -> float:
        """Returns the seconds to wait now."""
        pause, self._next = self._next, min(LONGEST, 2 * self._next)
        return pause

    def reset(self) -> None:
        """Begins again with the shortest, after a success."""
        self._next = SHORTEST
