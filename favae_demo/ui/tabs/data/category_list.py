"""The Data tab's list of categories, and the form that deletes those added on the page."""

import html
from typing import Any

import gradio as gr

from favae_demo.core.disk_space import size_text
from favae_demo.core.errors import DataError
from favae_demo.core.plain_text import escape_markdown, escape_markup
from favae_demo.core.settings import Settings
from favae_demo.data.catalog import available_categories
from favae_demo.data.library import mvtec_download, store
from favae_demo.data.library.category_summary import summary
from favae_demo.data.library.feedback import Feedback
from favae_demo.data.mvtec import has_category, list_categories, load_category
from favae_demo.data.synthetic import SAMPLE_CATEGORIES
from favae_demo.data.synthetic.catalogue import sample_part
from favae_demo.data.synthetic.writer import TEST_DEFECT, TEST_GOOD, TRAIN_GOOD, VERSION
from favae_demo.runs.manager import check_unused
from favae_demo.ui import text
from favae_demo.ui.components.events import QUIET, choice_of
from favae_demo.ui.errors import show_errors
from favae_demo.ui.services import Services

DOWNLOAD = "download:"  # prefix of an unfinished download among what can be deleted
CLOSE_QUESTION = "() => ['', {__type__: 'update', visible: false}]"


def build(services: Services) -> dict[str, Any]:
    """Returns the components by name; they are filled when the tab is opened, since reading thousands of categories takes long."""
    ui: dict[str, Any] = {"to_delete": gr.State("")}
    gr.Markdown(text.data.HERE, elem_classes="step-title")
    ui["list"] = gr.HTML(elem_classes="flush")
    with gr.Column(visible=services.settings.training == "on"):
        ui["choice"] = _choice([])
        ui["delete"] = gr.Button(text.data.DELETE, interactive=False)
        with gr.Column(visible=False) as ui["confirmation"]:
            ui["question"] = gr.Markdown(elem_classes="notice")
            with gr.Row():
                ui["yes"] = gr.Button(text.data.DELETE_YES, variant="stop", min_width=140)
                ui["no"] = gr.Button(text.data.DELETE_NO, min_width=140)
    return ui


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects the events; `ui["listed"]` receives the names of the categories after a deletion."""
    settings = services.settings
    question = [ui["to_delete"], ui["question"], ui["confirmation"]]

    @show_errors
    def ask(choice: str | None) -> tuple[str, str, gr.Column]:
        if not choice:
            raise DataError(text.data.CHOOSE_DELETE)
        sentence = text.data.ASK_DELETE.format(
            name=escape_markdown(_title(choice)), size=size_text(_bytes(choice, settings))
        )
        return choice, sentence, gr.Column(visible=True)

    @show_errors
    def confirmed(choice: str) -> tuple[Any, ...]:
        gr.Info(escape_markup(delete_choice(choice, services)))
        return *_close_question(), *list_updates(services, deleted=True)

    changed = [ui[name] for name in UPDATED]
    # Categories also appear without this tab: generated ones on their first use, others from the command line.
    ui["tab"].select(lambda: list_updates(services), None, changed, **QUIET)
    ui["delete"].click(ask, ui["choice"], question, **QUIET)
    ui["yes"].click(confirmed, ui["to_delete"], [*question, *changed], **QUIET)
    # In the browser: an answer of the server might come after that to the next question, and close it.
    gr.on([ui["no"].click, choice_of(ui["choice"])], None, None, question[1:], js=CLOSE_QUESTION)


UPDATED = ("list", "choice", "delete", "listed")
"""Names of the components that show the categories."""


def list_updates(
    services: Services, *, deleted: bool = False
) -> tuple[str, gr.Dropdown, gr.Button, list[str]]:
    """Returns updates of `UPDATED` after a category was added or deleted.

    Args:
        services: The core.
        deleted: Whether what was chosen is gone; else a choice that is made meanwhile stays.
    """
    choices = deletable_choices(services.settings)
    info = text.data.DELETE_INFO if choices else text.data.DELETE_NONE
    emptied: dict[str, Any] = {"value": None} if deleted else {}
    return (
        categories_html(services.settings),
        gr.Dropdown(choices=choices, info=info, **emptied),
        gr.Button(interactive=bool(choices)),
        services.categories(),
    )


def deletable_choices(settings: Settings) -> list[tuple[str, str]]:
    """Returns what can be deleted as (title, choice): added categories, and unfinished downloads under the prefix `DOWNLOAD`."""
    added = [name for name in list_categories(settings.data_dir) if store.origin_of(name, settings.data_dir)]
    downloads = [
        name for name in mvtec_download.ARCHIVES if mvtec_download.fetched_bytes(name, settings.cache_dir)
    ]
    return [(_title(choice), choice) for choice in (*added, *(DOWNLOAD + name for name in downloads))]


def delete_choice(choice: str, services: Services) -> str:
    """Deletes a category or an unfinished download.

    Args:
        choice: As from `deletable_choices`.
        services: The core.

    Returns:
        A sentence that says how much space was freed.

    Raises:
        DataError: It is in use, or was not added by this app.
    """
    name = choice.removeprefix(DOWNLOAD)
    if choice.startswith(DOWNLOAD):
        freed = mvtec_download.discard(name, services.library)
    else:
        check_unused(name, services.settings)
        freed = store.delete(name, services.library)
        Feedback(services.settings.marks_dir, name).forget()
    return text.data.DELETED.format(name=_title(choice), size=size_text(freed))


def categories_html(settings: Settings) -> str:
    """Returns the list of all categories: title, counts, source, licence, size on the disk."""
    items = "".join(_item(name, settings) for name in available_categories(settings.data_dir))
    return f'<ul class="data-list">{items}</ul>' if items else f"<p>{text.data.NONE}</p>"


def _item(name: str, settings: Settings) -> str:
    origin = store.origin_of(name, settings.data_dir)
    terms = store.terms_of(name, settings.data_dir)
    remarks = "".join(
        f"<p>{html.escape(text.sentences.translate(one))}</p>"
        for one in store.remarks_of(name, settings.data_dir)
    )
    counts, facts = _counts(name, settings)
    facts += (
        [text.data.LICENCE.format(licence=text.sentences.translate(terms.licence))] if terms.licence else []
    )
    facts += [text.data.ADDED.format(date=origin.added[:10])] if origin and origin.added else []
    shown = f"<details><summary>{text.data.REMARKS}</summary>{remarks}</details>" if remarks else ""
    return (
        f"<li><header><strong>{html.escape(text.formatting.category(name))}</strong> <span>{html.escape(text.sentences.translate(terms.source))}</span></header>"
        f"<p>{html.escape(counts)}</p><small>{html.escape(' · '.join(facts))}</small>{shown}</li>"
    )


def _counts(name: str, settings: Settings) -> tuple[str, list[str]]:
    """Returns the counts of a category, and a list with its size; generated images are not rendered for it."""
    folder = settings.data_dir
    if not has_category(folder, name):
        folder = settings.cache_dir / "sample_parts" / f"v{VERSION}"
    if name in SAMPLE_CATEGORIES and not (folder / name).is_dir():
        kinds = len(sample_part(name).defects)
        test = TEST_GOOD + kinds * TEST_DEFECT
        return text.data.NOT_MADE.format(train=TRAIN_GOOD, test=test, defects=kinds), []
    size = size_text(store.folder_bytes(folder / name))
    return text.sentences.translate(summary(load_category(folder, name), settings.cache_dir)), [
        text.data.SIZE.format(size=size)
    ]


def _choice(choices: list[tuple[str, str]]) -> gr.Dropdown:
    return gr.Dropdown(
        choices, value=None, label=text.data.DELETE, interactive=True,
        info=text.data.DELETE_INFO if choices else text.data.DELETE_NONE,
    )  # fmt: skip


def _title(choice: str) -> str:
    title = text.formatting.category(choice.removeprefix(DOWNLOAD))
    return text.data.PART.format(title=title) if choice.startswith(DOWNLOAD) else title


def _bytes(choice: str, settings: Settings) -> int:
    name = choice.removeprefix(DOWNLOAD)
    if choice.startswith(DOWNLOAD):
        return mvtec_download.fetched_bytes(name, settings.cache_dir)
    return store.folder_bytes(settings.data_dir / name)


def _close_question() -> tuple[str, str, gr.Column]:
    return "", "", gr.Column(visible=False)
