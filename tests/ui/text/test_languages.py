"""Every language has all of the page's wording."""

import ast
import re
from importlib import import_module
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Any

import pytest

import favae_demo
from favae_demo.data.io.formats import KINDS
from favae_demo.ui import language, text
from favae_demo.ui.text.sentences import as_pattern, translate

OTHERS = [code for code in language.LANGUAGES if code != language.DEFAULT]
EN = Path(text.__file__).parent / "en"
MARKS = ("**", "`", "](", "<b>", "\n")
# Words that are the same in a language, beside names such as AUPRO and units.
SAME = {
    "it": {"Per pixel", "File", "Video (MP4, WebM, AVI)", "pixel", "No"},
    "de": {"Training", "Trainings", "Live", "normal"},
}
NAMES = re.compile(r"\{.*?\}|AUPRO|MVTec AD|UTC|MB|ms\b")
STRETCH = 12  # letters


def room(code: str, name: str) -> ModuleType:
    return import_module(f"favae_demo.ui.text.{code}.{name}")


def names_of(code: str, name: str) -> set[str]:
    return {one for one in vars(room(code, name)) if one.isupper()}


def own_names(name: str) -> set[str]:
    """Returns the names that an English room defines itself, or takes over from the core (`NAME as NAME`)."""
    tree = ast.parse((EN / f"{name}.py").read_text(encoding="utf-8"))
    stored = (
        node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    aliases = (one for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for one in node.names)
    taken = {one.asname for one in aliases if one.asname and one.asname.isupper()}
    return {node.id for node in stored if node.id.isupper()} | taken


def pairs(mine: Any, theirs: Any, where: str) -> list[tuple[str, str, str]]:
    """Returns the strings of two values of one shape, side by side, by their place."""
    assert type(mine) is type(theirs), where
    if isinstance(mine, str):
        return [(where, mine, theirs)]
    if isinstance(mine, dict):
        assert list(mine) == list(theirs), where
        mine, theirs = tuple(mine.values()), tuple(theirs.values())
    assert len(mine) == len(theirs), where
    return [
        pair
        for place, both in enumerate(zip(mine, theirs, strict=True))
        for pair in pairs(*both, f"{where}.{place}")
    ]


def all_pairs(code: str) -> list[tuple[str, str, str]]:
    """Returns all strings, English and in another language; what a room takes over from the English one counts as translated."""
    found = []
    for name in text.ROOMS:
        english, other = room("en", name), room(code, name)
        imported = names_of(code, name) - {
            node.id
            for node in ast.walk(ast.parse(Path(str(other.__file__)).read_text(encoding="utf-8")))
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        for one in sorted(own_names(name) - imported):
            found += pairs(getattr(english, one), getattr(other, one), f"{name}.{one}")
    return found


def fields(template: str) -> list[str]:
    return sorted(name for _, name, *_ in Formatter().parse(template) if name is not None)


@pytest.mark.parametrize("name", text.ROOMS)
@pytest.mark.parametrize("code", OTHERS)
def test_every_name_stands_in_every_language(code: str, name: str) -> None:
    own = own_names(name)
    assert own
    assert own - names_of(code, name) == set()
    assert names_of(code, name) - names_of("en", name) == set()


def test_every_english_room_is_known() -> None:
    assert {path.stem for path in EN.glob("*.py")} - {"__init__"} == set(text.ROOMS)


@pytest.mark.parametrize("code", OTHERS)
def test_translations_have_the_same_places_and_marks(code: str) -> None:
    for where, english, other in all_pairs(code):
        assert fields(english) == fields(other), where
        for mark in MARKS[:-1] if where == "page.LICENCES" else MARKS:
            assert english.count(mark) == other.count(mark), (where, mark)


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_stayed_english(code: str) -> None:
    same = {english for _, english, other in all_pairs(code) if english == other}
    assert {one for one in same if re.search(r"[^\W\d_]", NAMES.sub("", one))} == SAME[code]


@pytest.mark.parametrize("code", OTHERS)
def test_sentences_of_the_core_have_the_same_places(code: str) -> None:
    for english, other in room(code, "sentences").SENTENCES.items():
        assert fields(english) == fields(other), english


def test_all_languages_know_the_same_sentences() -> None:
    tables = [list(room(code, "sentences").SENTENCES) for code in OTHERS]
    assert all(table == tables[0] for table in tables)


def said_by_the_core() -> str:
    """Returns all strings of the code but the page's wording, one after another, without the places of f-strings."""
    folder = Path(favae_demo.__file__).parent
    files = [path for path in folder.rglob("*.py") if not path.is_relative_to(folder / "ui" / "text")]
    nodes = (node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return "\n".join(
        node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_the_core_still_says_what_is_translated() -> None:
    """All words stand there, and a stretch of each longer piece; pieces may be put together, as a noun and its plural."""
    said = said_by_the_core()
    pieces = [
        piece.strip(" .;")
        for english in room(OTHERS[0], "sentences").SENTENCES
        for piece, *_ in Formatter().parse(english)
    ]
    long = [piece for piece in pieces if len(piece) > 2 * STRETCH]
    words = {word for piece in pieces for word in re.findall(r"[A-Za-z]{3,}", piece)}
    assert len(long) > 90
    stretches = {piece: [piece[at : at + STRETCH] for at in range(len(piece) - STRETCH)] for piece in long}
    assert [piece for piece, cut in stretches.items() if not any(one in said for one in cut)] == []
    assert [word for word in sorted(words) if word not in said] == []


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("1.3 × the limit", "1.3 × Grenze"),
        (
            "Unlike the good pictures: darker than every good picture; also more noise; nearly all of it differs from them. Is it another part?",
            "Anders als die guten Bilder: dunkler als jedes gute Bild; außerdem mehr Rauschen; fast alles daran weicht von ihnen ab. Ist es ein anderes Teil?",
        ),
        ("The part differs most at the top left, on about 3×4 pixels, in shape.",
         "Das Teil weicht am stärksten oben links ab, auf etwa 3×4 Pixeln, in der Form."),
        ("A little darker than every good picture. Its rest is unknown.",
         "Ein wenig: dunkler als jedes gute Bild. Its rest is unknown."),
        ("Unlike the good pictures: other shape: 1:1 learned, 16:11 given; also darker, less contrast.",
         "Anders als die guten Bilder: andere Form: gelernt 1:1, gegeben 16:11; außerdem dunkler, weniger Kontrast."),
        ("5 good parts for training; no test pictures.", "5 Gutteile zum Trainieren; keine Testbilder."),
        ("2 pictures almost the same as another one (a.png and 1 more); photograph different parts, or the model knows too few.",
         "2 Bilder fast gleich wie ein anderes (a.png und 1 weitere); bitte verschiedene Teile fotografieren, sonst kennt das Modell zu wenige."),
        ("1,234 pictures", "1\u202f234 Bilder"),
        ("CPU, 1 thread, ONNX Runtime", "CPU, 1 Thread, ONNX Runtime"),
        ("CPU, 12 threads, ncnn", "CPU, 12 Threads, ncnn"),
        ("The picture 'a.png' is too large (30000×20000 pixels); at most 178.956 million pixels are read.",
         "Das Bild 'a.png' ist zu groß (30000×20000 Pixel); gelesen werden höchstens 178.956 Millionen Pixel."),
        ("The archive 'a.zip' is damaged or incomplete; get it once more.",
         "Das Archiv 'a.zip' ist beschädigt oder unvollständig; bitte noch einmal besorgen."),
        ("This model has been deleted meanwhile; choose another.",
         "Dieses Modell wurde inzwischen gelöscht; bitte ein anderes wählen."),
        ("The weights of vgg19 could not be fetched; tried: the disk is full. Connect to the network and try again, or get a.pth from https://example.org, put it into a folder and set FAVAE_TEACHER_DIR to that folder.",
         "Die Gewichte von vgg19 konnten nicht geladen werden; versucht: the disk is full. Bitte mit dem Netz verbinden und noch einmal versuchen; oder a.pth von https://example.org besorgen, in einen Ordner legen und FAVAE_TEACHER_DIR auf diesen Ordner setzen."),
        ("The category 'cap' has 1 good training picture, but training needs at least 2; put pictures of good parts into 'cap/train/good'.",
         "Die Kategorie 'cap' hat 1 gutes Trainingsbild, doch zum Trainieren braucht es mindestens 2; bitte Bilder von Gutteilen in 'cap/train/good' legen."),
        ("There is not enough room: about 3.0 GB are needed and 1.2 GB are free on the disk of '/data'.",
         "Der Platz reicht nicht: Etwa 3.0 GB sind nötig, und auf dem Laufwerk von '/data' sind 1.2 GB frei."),
        (f"The picture 'a.txt' is not a {KINDS} file.", f"Das Bild 'a.txt' ist keine Datei der Arten {KINDS.replace(' or ', ' oder ')}."),
        ("Choose one to go on.", "Choose one to go on."),
        ("", ""),
    ],
)  # fmt: skip
def test_a_sentence_of_the_core(english: str, german: str) -> None:
    assert translate(english) == english
    with language.speaking("de"):
        assert translate(english) == german


def test_a_number_is_no_word() -> None:
    assert as_pattern("{count} pictures").fullmatch("1,200 pictures")
    assert not as_pattern("{count} pictures").fullmatch("Choose pictures")


def test_a_room_speaks_the_language_of_the_moment() -> None:
    assert text.page.TABS["data"] == "Data"
    with language.speaking("it"):
        assert text.page.TABS["data"] == "Dati"
        assert text.formatting.truth("scratch") == "Noto: questo pezzo ha un difetto (scratch)."
        assert text.formatting.grouped(12345) == "12\u202f345"
    assert text.formatting.grouped(12345) == "12,345"
