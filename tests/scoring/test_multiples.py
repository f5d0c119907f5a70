"""Scores as multiples of the threshold."""

import pytest

from favae_demo.scoring.multiples import TICKS, format_multiple, format_number, multiple, scale_share


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0.00"), (0.742, "0.74"), (0.996, "0.996"), (0.99999, "0.999"), (1.0, "1.0"), (1.00001, "1.001"), (1.04, "1.04"), (1.31, "1.3"),
        (9.97, "10"), (123.4, "123"), (5e11, "over 1,000"),
    ],
)  # fmt: skip
def test_two_digits_and_never_the_threshold_itself_beside_it(value: float, words: str) -> None:
    assert format_number(value) == words
    assert format_multiple(value) == f"{words} × the limit"


def test_the_scale_is_logarithmic_with_the_threshold_in_the_middle() -> None:
    places = [scale_share(tick) for tick in TICKS]
    assert [places[0], places[2], places[-1]] == pytest.approx([0, 0.5, 1])
    assert places[1] + places[3] == pytest.approx(1)  # half and twice the threshold lie as far from it
    assert scale_share(1.1) < 0.55 < scale_share(5)
    assert (scale_share(0.0), scale_share(1e9)) == (0, 1)


def test_a_threshold_of_nothing_has_a_multiple_too() -> None:
    assert multiple(3.0, 2.0) == 1.5
    assert multiple(-1.0, 2.0) == 0
    assert format_number(multiple(1.0, 0.0)) == "over 1,000"
