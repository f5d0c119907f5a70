"""Values in words."""

import pytest

from favae_demo.ui import text


@pytest.mark.parametrize(
    ("names", "words"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_names_in_one_phrase(names: list[str], words: str) -> None:
    assert text.formatting.listed(names) == words
