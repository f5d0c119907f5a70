"""Values in words."""

import pytest

from favae_demo.data.library.feedback import MARKED
from favae_demo.ui import language, text
from favae_demo.ui.text.sentences import translate


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


@pytest.mark.parametrize(
    ("code", "kind", "name", "known"),
    [
        ("en", "defect: marked", "marked 003", "Known: this part has a defect (marked)."),
        ("it", "difetto: segnato", "segnato 003", "Noto: questo pezzo ha un difetto (segnato)."),
        ("de", "Fehler: markiert", "markiert 003", "Bekannt: Dieses Teil hat einen Fehler (markiert)."),
    ],
)
def test_marked_pictures_are_named_in_the_pages_language(code: str, kind: str, name: str, known: str) -> None:
    with language.speaking(code):
        assert text.formatting.kind(MARKED) == kind
        assert text.formatting.picture_name(MARKED, "003") == name
        assert text.formatting.truth(MARKED) == known


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("it", "2 immagini di prova: buone 1, con difetti 1 (segnate 1)."),
        ("de", "2 Testbilder: 1 gut, 1 mit Fehlern (markiert 1)."),
    ],
)
def test_one_of_several_is_counted_in_words_that_fit(code: str, words: str) -> None:
    with language.speaking(code):
        assert translate("2 test pictures: 1 good, 1 with defects (marked 1).") == words


def test_one_good_picture_is_no_plural_in_italian() -> None:
    with language.speaking("it"):
        assert text.feedback.COUNTS.format(good=1, defect=0) == "Segnate come buone: 1; come difetto: 0."
