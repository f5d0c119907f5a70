"""Values in words."""

import pytest

from favae_demo.ui import language, text


@pytest.mark.parametrize(
    ("names", "words"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_names_in_one_phrase(names: list[str], words: str) -> None:
    assert text.formatting.listed(names) == words


def test_a_percentage_is_written_in_one_way() -> None:
    assert text.formatting.percent(0.05) == "5\u00a0%"
    assert text.formatting.percent(0.0567, 1) == "5.7\u00a0%"
    assert text.formatting.share(1, 40) == "2.50\u00a0%"


def test_a_preset_is_named_in_the_pages_language() -> None:
    assert text.formatting.preset("paper") == "as in the report"
    with language.speaking("de"):
        assert text.formatting.preset("instant") == "sofort"
        assert text.formatting.preset("custom") == "eigene Einstellungen"
    assert text.formatting.preset("of a later version") == "of a later version"
