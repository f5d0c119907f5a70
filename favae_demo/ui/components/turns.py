"""Which of a visitor's choices is the latest: the answer to an earlier one may come later, and must not be drawn over it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from favae_demo.ui.components.updates import Values


@dataclass
class Turns:
    """The choices of one visitor on one tab, kept in a `gr.State` that events read and never write.

    Attributes:
        count: Number of choices so far.
        answered: The latest choice that has its answer.
        chosen: What the latest choice was, as the tab needs it.
        options: Values of the controls now; they may change while a choice is being answered.
        key: Key of the test image that was chosen last; empty where an own image was, or where the tab is to choose one.
        own: Path of the visitor's own image that was chosen last; empty where a test image was.
        uploads: Paths of the visitor's own images so far.
        filled: Whether the tab's lists have been filled: a choice may come before that.
        on_the_way: Number of answers that are being sent.
        latest: What the latest choice's answer shows so far, by component, while answers are on their way.
    """

    count: int = 0
    answered: int = 0
    chosen: Any = None
    options: Any = None
    key: str = ""
    own: str = ""
    uploads: tuple[str, ...] = ()
    filled: bool = False
    on_the_way: int = 0
    latest: Values = field(default_factory=dict)

    def take(self, chosen: Any = None) -> int:
        """Begins a choice; returns its number for `is_latest`."""
        self.count += 1
        self.chosen = chosen
        self.latest = {}
        return self.count

    def look_at(self, *, key: str = "", own: str = "") -> None:
        """Takes note of the image that is chosen: a test image or one of the visitor's own."""
        self.key, self.own = key, own

    def added(self, uploads: Sequence[str]) -> str | None:
        """Takes note of the visitor's own images.

        Returns:
            The one to show now: the first that was not among them before, or where the one that is shown was taken away, the next one
            that is left. None where the answer stays.
        """
        before, self.uploads = self.uploads, tuple(uploads)
        added = next((path for path in uploads if path not in before), None)
        if added or not uploads or self.own in uploads or self.own not in before:
            return added
        return uploads[min(before.index(self.own), len(uploads) - 1)]

    def end(self, turn: int) -> None:
        """Ends a choice, with or without an answer."""
        self.answered = max(self.answered, turn)

    def is_latest(self, turn: int) -> bool:
        """Whether no other choice has been made since."""
        return turn == self.count

    def send(self, turn: int, values: Values) -> Iterator[Values]:
        """Yields values of a choice's answer; nothing where another choice has been made since.

        An answer takes a while from here to the page, and a later choice's may overtake it there. Gradio asks a generator
        for more once the last values are sent: by then the later choice's answer, if there is one, is yielded once more.
        """
        if not self.is_latest(turn):
            return
        self.on_the_way += 1
        self.latest = self.latest | values
        try:
            yield values
            sent = None
            while not self.is_latest(turn) and self.latest and self.latest is not sent:
                sent = self.latest
                yield sent
        finally:
            self.on_the_way -= 1
            if not self.on_the_way:
                self.latest = {}

    def give(self, turn: int, values: Values) -> Values:
        """Returns values of a choice's answer, for a handler that is no generator; none where another choice has been made since.

        Answers of generators that are on their way give them once more, see `send`. These values themselves are never given again: only an answer
        that takes less time than the encoding of a few pictures could overtake them.
        """
        if not self.is_latest(turn):
            return {}
        if self.on_the_way:
            self.latest = self.latest | values
        return values

    @property
    def pending(self) -> bool:
        """Whether the latest choice still waits for its answer, which will be drawn with the controls' values of then."""
        return self.answered < self.count
