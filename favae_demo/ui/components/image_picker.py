"""Components for the choice of an image: a gallery of the test images, filtered by kind, an upload, and a camera."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import gradio as gr

from favae_demo.core.errors import ImageError
from favae_demo.data.catalog import must_be_drawn
from favae_demo.data.mvtec import Sample
from favae_demo.data.synthetic.drawing import draw
from favae_demo.data.synthetic.writer import sample_count
from favae_demo.ui import text
from favae_demo.ui.components.events import QUIET, choice_of
from favae_demo.ui.components.picture_input import PictureInput
from favae_demo.ui.components.updates import Values, row
from favae_demo.ui.errors import show_errors
from favae_demo.ui.services import Services

ALL = "all"
TEST, OWN_IMAGE = "test", "own"  # ids of the two tabs
SOURCES: list[Literal["upload", "webcam", "clipboard"]] = ["webcam", "clipboard"]
TO_TEST_IMAGES = f"() => [{{__type__: 'update', selected: '{TEST}'}}, null]"  # needs no server
TO_SHOWN = f"(key) => ({{__type__: 'update', selected: key ? '{TEST}' : '{OWN_IMAGE}'}})"
OWN = ("upload", "capture")  # components that give the paths of the visitor's own images, see `own_images`


def build(columns: int, height: int) -> dict[str, Any]:
    """Builds the components and returns them by name; `fill` fills them.

    `picked` holds the key of the chosen test image, or an empty string for an uploaded one.

    Args:
        columns: Number of thumbnails in a row.
        height: Height of the gallery in pixels.
    """
    ui: dict[str, Any] = {"picked": gr.Textbox("", visible="hidden", label="picked")}
    with gr.Tabs(overflow_behavior="wrap") as ui["sources"]:
        with gr.Tab(text.page.TEST_PICTURES, id=TEST):
            ui["kind"] = gr.Dropdown(
                [], label=text.page.KIND_LABEL, info=text.page.KIND_INFO, interactive=True, filterable=False
            )
            ui["gallery"] = gr.Gallery(
                [], label=text.page.TEST_PICTURES, show_label=False, columns=columns, height=height,
                allow_preview=False, object_fit="contain", interactive=False, buttons=[],
            )  # fmt: skip
        with gr.Tab(text.page.OWN_PICTURE, id=OWN_IMAGE):
            # Not an image component: browsers offer it only the formats that they show themselves.
            # Without formats, see `page.js`: Gradio would refuse a file of another one, and the verdict of the picture before would stay.
            ui["upload"] = gr.File(
                label=text.page.OWN_PICTURE_LABEL,
                file_count="multiple",
                height=150,
                elem_classes="own-pictures",
            )
            gr.Markdown(text.page.OWN_PICTURE_INFO)
            ui["capture"] = PictureInput(label=text.page.CAPTURE, sources=SOURCES, height=height - 60)
    return ui


def wire_steps(
    tab: str, ui: dict[str, Any], go: Callable, inputs: Sequence[Any], outputs: Sequence[Any], **options: Any
) -> None:
    """Connects the two buttons that step through the images. The tab of the image that they lead to is shown.

    None of several presses in a row is lost: those that come while an answer is on its way are asked for together after it.

    Args:
        tab: The tab's name in the address.
        ui: Its components, with `previous` and `next`, and those of `build`.
        go: Takes the number of steps, negative ones backwards, and the values of `inputs`. It is not called for none, as where two
            presses have been asked for together.
        inputs: Components.
        outputs: Components.
        options: Passed to Gradio.
    """

    @show_errors
    def step(steps: int, *values: Any) -> Iterator[list]:
        if steps:
            yield from go(steps, *values)
        else:
            yield [gr.skip() for _ in outputs]

    stepped = gr.on(
        [ui["previous"].click, ui["next"].click], step,
        [gr.Number(0, precision=0, visible="hidden", label="steps"), *inputs], outputs,
        js=f"(_, ...rest) => favae.takeSteps('{tab}', rest)",
        **options | {"trigger_mode": "always_last"},
    )  # fmt: skip
    stepped.success(None, ui["picked"], ui["sources"], js=TO_SHOWN, **QUIET)


def wire(ui: dict[str, Any]) -> None:
    """Takes the visitor's own images away once a test image is chosen, lest they stand beside the answer for that one.

    A photo is only hidden: Gradio asks the server for the progress of an upload without a name when an image is emptied.
    """
    chosen = [ui["gallery"].select, choice_of(ui["category"])]
    gr.on(chosen, None, None, [ui["sources"], ui["upload"]], js=TO_TEST_IMAGES, **QUIET)
    ui["gallery"].select(None, js="() => favae.toAnswer()")
    for name in OWN:
        ui[name].upload(None, js="() => favae.toAnswer()")


def own_images(files: Sequence[str] | None, photo: str | None) -> list[str]:
    """Returns the paths of the visitor's own images, each once, from the values of the components of `OWN`."""
    return list(dict.fromkeys([*(files or ()), *filter(None, [photo])]))


def own_neighbour(own: Sequence[str], shown: str, step: int) -> str | None:
    """Returns the path of the visitor's own image `step` positions further, wrapping at the ends; None where none of them is shown."""
    return own[(own.index(shown) + step) % len(own)] if shown in own else None


def own_note(own: Sequence[str], shown: str) -> str:
    """Returns what is known of one of the visitor's own images, a sentence; of several with its number."""
    if len(own) == 1:
        return text.page.NO_TRUTH
    return text.page.NO_TRUTH_OF_MANY.format(number=own.index(shown) + 1, count=len(own))


def drawing(services: Services, category: str | None) -> Iterator[str]:
    """Yields how many images of a generated category are drawn, a sentence each, until all are; nothing where there is nothing to draw."""
    if category and must_be_drawn(category, services.settings):
        for share in draw(category, services.settings.cache_dir):
            yield drawing_note(category, share)


def drawn_first(
    services: Services,
    category: str | None,
    notice: Callable[[str], Values],
    names: tuple,
    values: Callable[[], list],
) -> Iterator[list]:
    """Yields values of components once the images of a generated category are drawn, and until then how many are.

    Args:
        services: The core.
        category: The category.
        notice: Makes values that show a sentence.
        names: Names of the components, in the order of their values.
        values: Makes the values of all.
    """
    for note in drawing(services, category):
        yield row(notice(note), names)
    yield values()


def drawing_note(category: str, share: float) -> str:
    """Returns how many images of a generated category are drawn, a sentence; `share` is in [0, 1]."""
    count = sample_count(category)
    return text.page.DRAWING.format(done=round(share * count), count=count)


def source(services: Services, category: str | None) -> Any:
    """Returns an update of the two tabs for a test image: the visitor's own one is asked for where there are none."""
    return gr.Tabs(selected=TEST if samples(services, category, ALL) else OWN_IMAGE)


def kinds(services: Services, category: str | None) -> list[tuple[str, str]]:
    """Returns the kinds of test images as (label with their number, folder name), all kinds first."""
    shown = samples(services, category, ALL)
    counts = Counter(sample.defect for sample in shown)
    named = [(f"{text.formatting.kind(kind)} ({count})", kind) for kind, count in counts.items()]
    return [(text.formatting.all_kinds(len(shown), _held_out(shown)), ALL), *named]


def samples(services: Services, category: str | None, kind: str | None) -> list[Sample]:
    """Returns the test images of one kind, in the order of the gallery."""
    shown = services.browsed(category) if category else ()
    return [sample for sample in shown if kind in (ALL, None, sample.defect)]


def fill(services: Services, category: str | None, kind: str = ALL, key: str = "") -> tuple[Any, Any]:
    """Returns updates of kind and gallery for a category, with the image of `key` selected."""
    choices = kinds(services, category)
    known = kind if kind in {name for _, name in choices} else ALL
    held_out = _held_out(samples(services, category, known))
    info = text.page.HELD_OUT_INFO if held_out else text.page.KIND_INFO
    return gr.Dropdown(choices=choices, value=known, info=info), gallery(services, category, known, key)


def _held_out(shown: Sequence[Sample]) -> bool:
    """Whether good pictures held out of a training stand in for test images."""
    return any(sample.split == "train" for sample in shown)


def gallery(services: Services, category: str | None, kind: str | None, key: str = "") -> Any:
    """Returns an update of the gallery: its thumbnails, with the image of `key` selected."""
    shown = samples(services, category, kind)
    return gr.Gallery(services.thumbnails(shown, category), selected_index=position(shown, key))


def position(shown: list[Sample], key: str) -> int | None:
    """Returns the position of a key's image in the gallery, or None."""
    return next((i for i, sample in enumerate(shown) if sample.key == key), None)


def neighbour(services: Services, category: str, kind: str, key: str, step: int) -> str | None:
    """Returns the key of the image `step` positions further, wrapping at the ends; None if there are no images.

    Raises:
        ImageError: They are still being drawn: a step would hold up those of other visitors until they are.
    """
    if note := next(drawing(services, category), ""):
        raise ImageError(note)
    shown = samples(services, category, kind)
    if not shown:
        return None
    here = position(shown, key)
    start = here if here is not None else (-1 if step > 0 else 0)
    return shown[(start + step) % len(shown)].key


def first_key(services: Services, category: str | None) -> str:
    """Returns the key of the first image with a defect, else of the first image; an empty string if there are no images."""
    shown = samples(services, category, ALL)
    return next((sample.key for sample in shown if not sample.is_good), shown[0].key if shown else "")
