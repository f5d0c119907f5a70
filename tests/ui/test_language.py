"""The language of a request, and the page in each of them."""

from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import gradio as gr
import pytest
from gradio.context import LocalContext

from favae_demo.core.settings import Settings
from favae_demo.ui import language, text
from favae_demo.ui.app import build_app
from favae_demo.ui.translated_blocks import TranslatedBlocks


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("it", "it"),
        ("de-CH", "de"),
        ("DE-ch,en;q=0.5", "de"),
        ("fr,it;q=0.7,de;q=0.8", "de"),
        ("en;q=0.4, it;q=0.5", "it"),
        ("fr-FR,fr;q=0.9", "en"),
        ("de;q=0", "en"),
        ("en;q=0,de;q=0.1", "de"),
        ("de;q=2,it;q=0.1", "it"),
        ("de;q=nan", "en"),
        ("de;level=1,it;q=0.2", "it"),
        ("*;q=0.5", "en"),
        (";;,=,de;q=x,\x00", "en"),
        ("it, de", "it"),
    ],
)
def test_the_language_that_a_browser_likes_best(header: str, code: str) -> None:
    assert language.preferred(header) == code


@pytest.fixture(scope="module")
def app(tiny_mvtec: Path, tmp_path_factory: pytest.TempPathFactory) -> TranslatedBlocks:
    home = tmp_path_factory.mktemp("home")
    return build_app(Settings(tiny_mvtec, home / "checkpoints", home / "runs", home / "cache"))


def request(cookie: str | None = None, accepted: str | None = None) -> SimpleNamespace:
    cookies = {} if cookie is None else {language.COOKIE: cookie}
    return SimpleNamespace(cookies=cookies, headers={} if accepted is None else {"accept-language": accepted})


@pytest.mark.parametrize(
    ("cookie", "accepted", "code"),
    [("it", "de", "it"), (None, "de", "de"), ("xx", "de", "de"), ("en", "it", "en"), (None, None, "en")],
)
def test_what_was_chosen_comes_before_what_the_browser_likes(
    cookie: str | None, accepted: str | None, code: str
) -> None:
    assert language.asked(request(cookie, accepted)) == code


def test_a_handler_answers_in_the_language_of_its_request() -> None:
    with language.speaking("it"):
        token = LocalContext.request.set(request(accepted="de"))
        assert language.current() == "de"
        LocalContext.request.reset(token)
        assert language.current() == "it"
    assert language.current() == "en"


def props(config: dict) -> dict[int, dict]:
    return {one["id"]: one["props"] for one in config["components"]}


def test_only_what_programs_meet_is_described_to_them(app: TranslatedBlocks) -> None:
    endpoints = [one for one in app.config["dependencies"] if one["api_visibility"] != "private"]
    met = {id for one in endpoints for id in (*one["inputs"], *one["outputs"])}
    described = {one["id"] for one in app.config["components"] if "api_info" in one}
    assert described <= met
    assert len(described) > 10


def test_the_page_has_the_same_components_in_every_language(app: TranslatedBlocks) -> None:
    english = app.config
    for code in ("it", "de"):
        with language.speaking(code):
            other = app.config
            assert app.config["components"] == other["components"]  # built once
        assert [one["id"] for one in other["components"]] == [one["id"] for one in english["components"]]
        assert other["layout"] == english["layout"]
        assert other["dependencies"] == english["dependencies"]
        assert f'keepLanguage("{code}")' in other["head"]
        left = {
            value
            for id, values in props(other).items()
            for key, value in values.items()
            if key in ("label", "info") and value and value == props(english)[id][key] and " " in value
        }
        # A name, and the label of an endpoint for programs; in Italian a kind of file has the same name too.
        assert left - {"Video (MP4, WebM, AVI)"} == {"MVTec AD", "error map"}
    assert app.config is english


def test_choices_have_the_same_values_in_every_language(app: TranslatedBlocks) -> None:
    english = props(app.config)
    with language.speaking("de"):
        german = props(app.config)
    for id, values in german.items():
        assert [value for _, value in values.get("choices") or ()] == [
            value for _, value in english[id].get("choices") or ()
        ], values.get("label")
        if values.get("choices"):
            assert values.get("value") == english[id].get("value"), values.get("label")


def test_what_the_browser_keeps_is_the_same_in_every_language(app: TranslatedBlocks) -> None:
    def secrets() -> list[str]:
        return [one["props"]["secret"] for one in app.config["components"] if one["type"] == "browserstate"]

    english = secrets()
    with language.speaking("it"):
        assert secrets() == english != []


def test_components_that_a_handler_makes_meanwhile_are_no_part_of_the_page() -> None:
    """As Gradio's components that update others do, which a thread makes while another one builds the page."""

    def build(page: gr.Blocks) -> gr.Blocks:
        with page:
            gr.Textbox(label="first")
            handler = Thread(target=lambda: gr.Dropdown(choices=["a"]))
            handler.start()
            handler.join()
            gr.Textbox(label=text.page.LANGUAGE)
        return page

    app = TranslatedBlocks(build)
    with app:
        gr.Textbox(label="first")
        gr.Textbox(label=text.page.LANGUAGE)
    with language.speaking("de"):
        labels = [one["props"].get("label") for one in app.config["components"] if one["type"] != "form"]
        assert labels == ["first", "Sprache"]


def test_the_sign_in_asks_in_the_visitors_language(app: TranslatedBlocks) -> None:
    app.auth_message = None
    assert app.auth_message is None
    app.auth_message = text.guard.SIGN_IN
    with language.speaking("de"):
        assert app.auth_message == "Bitte anmelden."


@pytest.mark.parametrize("code", language.LANGUAGES)
def test_gradio_shows_no_key_of_its_own_that_it_has_no_word_for(app: TranslatedBlocks, code: str) -> None:
    with language.speaking(code):
        words = app.config["i18n_translations"]
    assert {"common.complete", "common.upload"} <= set(words["en"])
    assert words["en"] == words["de"]
