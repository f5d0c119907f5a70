"""Choices and their answers: which is drawn last, whatever overtakes what."""

from favae_demo.ui.components.turns import Turns


def test_an_earlier_choice_gets_no_answer() -> None:
    turns = Turns()
    first = turns.take()
    turns.take()
    assert list(turns.send(first, {"verdict": 1})) == []


def test_the_latest_answer_is_sent_once() -> None:
    turns = Turns()
    assert list(turns.send(turns.take(), {"verdict": 1})) == [{"verdict": 1}]
    assert (turns.on_the_way, turns.latest) == (0, {})


def test_an_answer_that_was_overtaken_on_its_way_is_followed_by_the_latest_in_all_its_parts() -> None:
    turns = Turns()
    slow = turns.send(turns.take(), {"verdict": 1, "list": 1})
    assert next(slow) == {"verdict": 1, "list": 1}
    later = turns.take()
    assert list(turns.send(later, {"picture": 2})) == [{"picture": 2}]
    assert list(turns.send(later, {"verdict": 2})) == [{"verdict": 2}]
    assert next(slow) == {"picture": 2, "verdict": 2}
    assert list(turns.send(later, {"verdict": 3})) == [{"verdict": 3}]  # while that is on its way
    assert list(slow) == [{"picture": 2, "verdict": 3}]
    assert (turns.on_the_way, turns.latest) == (0, {})


def test_an_answer_that_is_given_at_once_follows_those_that_it_overtook() -> None:
    turns = Turns()
    first = turns.take()
    slow = turns.send(first, {"verdict": 1})
    next(slow)
    later = turns.take()
    assert turns.give(later, {"verdict": 2}) == {"verdict": 2}
    assert list(slow) == [{"verdict": 2}]
    assert turns.give(first, {"verdict": 1}) == {}
    assert turns.give(later, {"verdict": 3}) == {"verdict": 3}
    assert (turns.on_the_way, turns.latest) == (0, {})


def test_a_choice_whose_answer_comes_later_needs_nothing_more() -> None:
    turns = Turns()
    slow = turns.send(turns.take(), {"verdict": 1})
    next(slow)
    turns.take()
    assert list(slow) == []


def test_of_own_images_those_that_are_added_are_new() -> None:
    turns = Turns()
    assert turns.added(["a", "b"]) == "a"
    assert turns.added(["a", "b", "c", "d"]) == "c"
    assert turns.added(["a", "d"]) is None
    assert turns.added([]) is None
    assert turns.added(["a"]) == "a"  # it was taken away, and is here again


def test_where_the_own_image_that_is_shown_is_taken_away_the_next_one_is_shown() -> None:
    turns = Turns()
    turns.own = turns.added(["a", "b", "c"])
    assert turns.added(["b", "c"]) == "b"
    turns.own = "c"
    assert turns.added(["c"]) is None  # another one was taken away
    turns.added(["a", "b", "c"])
    assert turns.added(["a", "b"]) == "b"  # the last one was
    turns.own = ""  # a test image is shown
    assert turns.added(["a"]) is None
