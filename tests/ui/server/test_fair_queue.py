"""One visitor cannot take every place of the queue, and does not hold up the others."""

from types import SimpleNamespace

import httpx
import pytest
from raw_calls import Page

from favae_demo.ui.server.fair_queue import MOST_WAITING_EACH, FairQueue, take_turns

pytest_plugins = ["trained_widget"]


def _call(name: str, session: str = "", address: str = "127.0.0.1") -> SimpleNamespace:
    request = SimpleNamespace(client=SimpleNamespace(host=address))
    return SimpleNamespace(_id=name, session_hash=session or name, request=request)


def _sorted(*calls: SimpleNamespace) -> list[str]:
    events = list(calls)
    take_turns(events)
    return [event._id for event in events]


def test_everybody_s_first_call_comes_before_anybody_s_second() -> None:
    greedy = [_call(f"g{i}", "greedy") for i in range(3)]
    assert _sorted(*greedy, _call("a0", "a"), _call("b0", "b"), _call("a1", "a")) == [
        "g0", "a0", "b0", "g1", "a1", "g2",
    ]  # fmt: skip


def test_visitors_with_one_call_each_keep_their_order() -> None:
    assert _sorted(*(_call(name, name + "!") for name in "dacb")) == list("dacb")


def test_calls_without_a_session_count_by_their_address() -> None:
    calls = [_call("x0"), _call("x1"), _call("y0", address="10.0.0.1")]
    assert _sorted(*calls) == ["x0", "y0", "x1"]


def _queue(*waiting: SimpleNamespace, limit: int | None = None, current: int = 0) -> SimpleNamespace:
    return SimpleNamespace(
        queue=list(waiting),
        concurrency_limit=limit,
        current_concurrency=current,
        concurrency_id=waiting[0]._id if waiting else "none",
    )


def test_calls_of_several_functions_begin_in_the_order_in_which_they_came(server) -> None:
    queue = FairQueue(False, 1, 1, None, server.app)
    names = ["click", "key", "slider", "model", "upload", "look"]
    for time, name in enumerate(names):
        call = _call(name, "visitor")
        call.enqueue_time = float(time)
        queue.event_queue_per_concurrency_id = {name: _queue(call), **queue.event_queue_per_concurrency_id}
    begun = [queue.get_events() for _ in range(len(names) + 1)]
    assert [events[0]._id for events, *_ in filter(None, begun)] == names
    assert begun[-1] is None


def test_a_function_that_is_busy_holds_up_no_other(server) -> None:
    queue = FairQueue(False, 1, 1, None, server.app)
    calls = [_call("first"), _call("second")]
    for time, call in enumerate(calls):
        call.enqueue_time = float(time)
    queue.event_queue_per_concurrency_id = {
        "none": _queue(),
        "busy": _queue(calls[0], limit=1, current=1),
        "free": _queue(calls[1], limit=2, current=1),
    }
    events, is_batch, function = queue.get_events()
    assert (events, is_batch, function) == ([calls[1]], False, "second")
    assert queue.get_events() is None


def test_the_page_s_queue_is_fair(server) -> None:
    assert isinstance(server.app._queue, FairQueue)


def test_a_visitor_with_many_calls_waiting_is_refused_with_the_time_and_others_are_not(
    server, monkeypatch: pytest.MonkeyPatch
) -> None:
    greedy, other = Page(server.url), Page(server.url)
    queue = server.app._queue
    waiting = [_call(f"g{i}", greedy.session) for i in range(MOST_WAITING_EACH)]
    for event in waiting:
        event.fn = next(iter(queue.blocks.fns.values()))
    monkeypatch.setattr(queue, "_waiting", lambda: waiting)
    with pytest.raises(httpx.HTTPStatusError) as refused:
        greedy.does("choose_category", "widget")
    assert refused.value.response.status_code == 503
    assert refused.value.response.json()["detail"] == (
        f"{MOST_WAITING_EACH} of your calls are waiting already; try again in about 1 s."
    )
    assert "data" in other.does("choose_category", "widget")
