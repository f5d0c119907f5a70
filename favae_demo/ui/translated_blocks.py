"""The page in several languages: the components are the same in each, only what stands on them differs."""

from collections.abc import Callable
from threading import Lock, get_ident
from typing import Any

import gradio as gr

from favae_demo.ui import language, text
from favae_demo.ui.api_arguments import CheckedBlocks
from favae_demo.ui.theme import head

# Gradio's own words follow the browser, not the page, and there are none in Italian; these come before them.
GRADIO_LANGUAGES = ("en", "de")
UNKNOWN = ("common.complete", "common.upload")  # to Gradio itself, which shows and reads out these keys
FOR_PROGRAMS = (
    "api_info",
    "api_info_as_input",
    "api_info_as_output",
    "example_inputs",
)  # what a component's value is like
KEPT = ("state", "browserstate")  # of sessions and browsers, which may change the language


class TranslatedBlocks(CheckedBlocks):
    """Blocks whose configuration, from which the browser makes the page, is in the language of the request.

    The first request of a language builds the page once more, without serving it. Events always go to the handlers of these Blocks.

    Args:
        build: Fills empty Blocks with the page, in the language of the request: the same components in every language.
    """

    def __init__(self, build: Callable[[gr.Blocks], gr.Blocks]):
        self._build, self._building = build, Lock()
        self._props: dict[str, list[dict[str, Any]]] = {}
        super().__init__()

    @property
    def config(self) -> Any:
        """What the browser gets of the page."""
        code = language.current()
        if code == language.DEFAULT:
            return self._english
        with self._building:
            if code not in self._props:
                self._props[code] = _props(self._build)
        components = [
            one if one["type"] in KEPT else one | {"props": props}
            for one, props in zip(self._english["components"], self._props[code], strict=True)
        ]
        translations = dict.fromkeys(GRADIO_LANGUAGES, text.gradio.WORDS)
        return self._english | {"components": components, "head": head(), "i18n_translations": translations}

    @config.setter
    def config(self, value: Any) -> None:
        words = {key: text.gradio.WORDS[key] for key in UNKNOWN}
        translations = dict.fromkeys(GRADIO_LANGUAGES, words)
        self._english = value | {"components": _lean(value), "i18n_translations": translations}

    @property
    def auth_message(self) -> str | None:
        """What stands above the form of the sign-in."""
        return self._asks_who and text.guard.SIGN_IN

    @auth_message.setter
    def auth_message(self, value: str | None) -> None:
        self._asks_who = value


class _OfThisThread(dict[int, Any]):
    """Components by id, without those of other threads.

    Gradio takes a component that a handler makes meanwhile, to update another, for a part of the page that is being built.
    """

    def __init__(self) -> None:
        super().__init__()
        self._thread = get_ident()

    def __setitem__(self, id: int, component: Any) -> None:
        if get_ident() == self._thread:
            super().__setitem__(id, component)


def _lean(config: Any) -> list[dict[str, Any]]:
    """Returns the components, without `FOR_PROGRAMS` where programs do not meet them: a third of what a visitor would load."""
    endpoints = [one for one in config["dependencies"] if one["api_visibility"] != "private"]
    met = {id for one in endpoints for id in (*one["inputs"], *one["outputs"])}
    return [
        one if one["id"] in met else {key: value for key, value in one.items() if key not in FOR_PROGRAMS}
        for one in config["components"]
    ]


def _props(build: Callable[[gr.Blocks], gr.Blocks]) -> list[dict[str, Any]]:
    """Builds the page and returns what stands on its components, in their order."""
    page = gr.Blocks()
    page.default_config.blocks = _OfThisThread()
    return [component["props"] for component in build(page).config["components"]]
