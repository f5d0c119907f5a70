"""Which of a visitor's choices is the latest: the answer to an earlier one may come later, and must not be drawn over it."""

from dataclasses import dataclass
from typing import Any


@dataclass
class Turns:
    """The choices of one visitor on one tab, kept in a `gr.State` that events read and never write.

    Attributes:
        count: Number of choices so far.
        answered: The latest choice that has its answer.
        chosen: What the latest choice was, as the tab needs it.
        options: Values of the controls now; they may change while a choice is being answered.
        filled: Whether the tab's lists have been filled: a choice may come before that.
    """

    count: int = 0
    answered: int = 0
    chosen: Any = None
    options: Any = None
    filled: bool = False

    def take(self, chosen: Any = None) -> int:
        """Begins a choice; returns its number for `is_latest`."""
        self.count += 1
        self.chosen = chosen
        return self.count

    def end(self, turn: int) -> None:
        """Ends a choice, with or without an answer."""
        self.answered = max(self.answered, turn)

    def is_latest(self, turn: int) -> bool:
        """Whether no other choice has been made since."""
        return turn == self.count

    @property
    def pending(self) -> bool:
        """Whether the latest choice still waits for its answer, which will be drawn with the controls' values of then."""
        return self.answered < self.count
