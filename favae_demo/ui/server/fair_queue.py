"""Gradio's queue with a share for each visitor: nobody fills it alone, and who waits with many calls does not hold up who waits with one.

Calls begin in the order in which they came."""

from collections import Counter
from math import ceil
from typing import Any

import gradio as gr
from gradio.queueing import Event, Queue

from favae_demo.ui import text

MOST_WAITING = 500  # length of the queue
MOST_WAITING_EACH = 25  # for one visitor; opening a page makes six calls at once
# Seconds between two looks for a call and for progress. By itself Gradio looks 1,000 and 100 times a second, also where nobody is, see
# `findings/gradio-idle-server.sh`.
CALLS_EVERY, PROGRESS_EVERY = 0.005, 0.05


class FairQueue(Queue):
    """Queue of a page's calls. A visitor is a session, or an address for programs that name no session."""

    @classmethod
    def install(cls, page: gr.Blocks) -> None:
        """Makes this the queue of a page that is not launched yet, and the only way to its functions.

        Gradio's own way, `page.queue`, would make all routes once more, which the launch makes anew. Elsewhere than on a Space, Gradio also answers direct
        requests (`/run/NAME`, `/api/NAME`), which pass the queue: sixty at once kept everybody else waiting for 25 seconds.
        """
        page.api_open = False
        page._queue = cls(
            live_updates=False,
            concurrency_count=page.max_threads,
            update_intervals=1,
            max_size=MOST_WAITING,
            blocks=page,
        )
        page._queue.sleep_when_free = CALLS_EVERY
        page._queue.progress_update_sleep_when_free = PROGRESS_EVERY

    async def push(self, body: Any, request: Any, username: str | None) -> tuple[bool, Any, Any]:
        """Adds a call, or refuses it with a sentence that says when to come back."""
        own = [
            event for event in self._waiting() if _visitor(event) == (body.session_hash or _address(request))
        ]
        if len(own) >= MOST_WAITING_EACH:
            return (
                False,
                text.guard.YOUR_TURNS.format(count=len(own), seconds=self._seconds(own)),
                "queue_full",
            )
        try:
            answer = await super().push(body, request, username)
        except KeyError:  # there is no such function
            return False, text.page.NOT_UNDERSTOOD, "error"
        for queue in self.event_queue_per_concurrency_id.values():
            take_turns(queue.queue)
        return answer

    def get_events(self) -> tuple[list[Event], bool, str] | None:
        """Returns the call to begin next, as Gradio asks for it: of those that may begin, the one that came first.

        Gradio draws lots among the functions that are called, so that an arrow key may be answered before the click that it follows. The page has no
        function that takes several calls at once.
        """
        ready = [
            queue
            for queue in self.event_queue_per_concurrency_id.values()
            if queue.queue
            and (queue.concurrency_limit is None or queue.current_concurrency < queue.concurrency_limit)
        ]
        if not ready:
            return None
        first = min(ready, key=lambda queue: queue.queue[0].enqueue_time)
        return [first.queue.pop(0)], False, first.concurrency_id

    def _waiting(self) -> list[Event]:
        return [event for queue in self.event_queue_per_concurrency_id.values() for event in queue.queue]

    def _seconds(self, events: list[Event]) -> int:
        """Returns the seconds in which some calls will be answered, as far as is known."""
        known = [self.process_time_per_fn[event.fn].avg_time for event in events]
        return max(1, ceil(sum(known)))


def take_turns(events: list[Event]) -> None:
    """Sorts calls in place so that the visitors take turns: everybody's first call comes before anybody's second."""
    seen: Counter[str] = Counter()
    turns: dict[str, int] = {}
    for event in events:
        turns[event._id] = seen[_visitor(event)]
        seen[_visitor(event)] += 1
    events.sort(key=lambda event: turns[event._id])


def _visitor(event: Event) -> str:
    has_session = event.session_hash != event._id  # Gradio invents one of the call's id
    return event.session_hash if has_session else _address(event.request)


def _address(request: Any) -> str:
    return request.client.host if request.client else ""
