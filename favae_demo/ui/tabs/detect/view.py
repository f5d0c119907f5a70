"""The Detect tab's components for one judged image: a table of parts, each drawn from a `DetectView` without running the model."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.config.methods import METHODS
from favae_demo.data.io.images import DecodedImage
from favae_demo.data.synthetic.drawing import Example
from favae_demo.scoring.coverage import coverage_sentence
from favae_demo.scoring.detection import Detection
from favae_demo.scoring.visibility import visibility
from favae_demo.ui import text
from favae_demo.ui.choices import MASKS, RECOMMENDED_RATE, titled
from favae_demo.ui.components.feedback_panel import what_holds
from favae_demo.ui.components.html import facts_html, legend_html, status_html, verdict_html
from favae_demo.ui.components.saved_result import saved_result
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.detect.viewer_html import regions_html, zoom_tools_html
from favae_demo.viz.heatmap import DEFAULT_COLOUR_MAP
from favae_demo.viz.overlay import display_image, error_map, heat_overlay, outlined, reconstruction_image

SIDE = 640  # pixels of a pane: enough for a projector, and fast to encode


@dataclass(frozen=True)
class DetectOptions:
    """Values of the controls, in the order of `CONTROLS`.

    Attributes:
        rate: False-alarm rate in percent.
        mask: Key of `choices.MASKS`.
        map: Which error map, a key of `text.page.MAPS`.
        colours: A value of `heatmap.COLOUR_MAPS`.
        opacity: Largest opacity of the heat map, in percent.
    """

    rate: float = RECOMMENDED_RATE
    mask: str = "trained"
    map: str = "combined"
    colours: str = DEFAULT_COLOUR_MAP
    opacity: float = 60

    @property
    def masked(self) -> bool | None:
        """Whether the background is masked out; None takes the model's own setting."""
        return MASKS[self.mask]


CONTROLS = tuple(DetectOptions.__dataclass_fields__)


@dataclass(frozen=True)
class JudgedImage:
    """A judged image, stored per session, so that the controls need no second run of the model.

    Attributes:
        path: The image file.
        model: Path of the checkpoint.
        title: The model's name on screen.
        device: Where it ran, as shown in the status line.
        detection: The result at the rate and mask it was judged with.
        truth: Known defects as H×W bool, or None.
        truth_note: What is known of the image, a sentence.
        defective: Whether the part is known to have a defect; None where that is not known.
    """

    path: Path
    model: str
    title: str
    device: str
    detection: Detection
    truth: np.ndarray | None
    truth_note: str
    defective: bool | None = None


@dataclass(frozen=True)
class DetectView:
    """A judged image at the present values of the controls.

    Attributes:
        shown: The judged image.
        options: Values of the controls.
        found: The detection at these values.
        note: Remarks below the verdict.
        defective: Whether the part has a defect: what was said of the image last, else what is known of it; None for neither.
    """

    shown: JudgedImage
    options: DetectOptions
    found: Detection
    note: str
    defective: bool | None = None

    @property
    def map(self) -> str:
        """Name of the error map to draw: the chosen one where this model has it, else `combined`."""
        return self.options.map if self.options.map in self.found.maps else "combined"

    @property
    def style(self) -> dict[str, Any]:
        """Keyword arguments of the drawing functions."""
        return {"colour_map": self.options.colours, "map_name": self.map, "max_side": SIDE}

    @property
    def opacity(self) -> float:
        """Largest opacity of the heat map, in [0, 1]."""
        return self.options.opacity / 100

    @cached_property
    def photo(self) -> np.ndarray:
        """The image at the size in which it is shown, uint8 RGB."""
        return display_image(self.found.image, SIDE)

    @cached_property
    def heat(self) -> np.ndarray:
        """The same under its heat map."""
        return heat_overlay(self.found, self.opacity, **self.style)


@dataclass(frozen=True)
class ViewPart:
    """One component of the tab.

    Attributes:
        draw: Returns its value for a view.
        follows: The controls that change it.
    """

    draw: Callable[[DetectView], Any]
    follows: frozenset[str] = field(default_factory=frozenset)


_JUDGING = frozenset({"rate", "mask"})
_HEAT = _JUDGING | {"map", "colours"}

PARTS: dict[str, ViewPart] = {
    "verdict": ViewPart(lambda v: verdict_html(v.found, v.note, v.defective), _JUDGING),
    "tools": ViewPart(lambda v: zoom_tools_html(v.found)),
    "picture": ViewPart(lambda v: v.photo),
    "result": ViewPart(lambda v: outlined(v.heat, v.found, v.shown.truth), _HEAT | {"opacity"}),
    "rebuilt": ViewPart(lambda v: reconstruction_image(v.found, SIDE) if rebuilds(v.shown) else None),
    "not_rebuilt": ViewPart(lambda v: "" if rebuilds(v.shown) else not_rebuilt_html(v.shown.title)),
    "errors": ViewPart(lambda v: error_map(v.found, **v.style), _HEAT),
    "slider": ViewPart(lambda v: (v.photo, v.heat), _HEAT | {"opacity"}),
    "legend": ViewPart(
        lambda v: legend_html(v.options.colours, v.shown.truth is not None), frozenset({"colours"})
    ),
    "map": ViewPart(lambda v: offered_maps(v)),
    "facts": ViewPart(lambda v: _facts(v.found), _JUDGING),
    "regions": ViewPart(lambda v: regions_html(v.found), _JUDGING),
    "similar": ViewPart(lambda v: ""),  # of another picture: it is asked for anew
    "status": ViewPart(lambda v: status_html(v.shown.device, v.shown.title, v.found.timings["total"])),
}
PANES = ("picture", "result", "rebuilt", "errors")


def offered_maps(view: DetectView) -> dict[str, Any]:
    """Returns an update of the list of error maps to those that the model has; the chosen one stays where it is among them."""
    titles = {name: title for name, title in text.page.MAPS.items() if name in view.found.maps}
    choices = titled(titles)
    return (
        gr.update(choices=choices)
        if view.options.map in titles
        else gr.update(choices=choices, value=view.map)
    )


def rebuilds(shown: JudgedImage) -> bool:
    """Returns whether the model rebuilds pictures; others answer with the picture itself."""
    return METHODS[read_card(Path(shown.model)).config.method].rebuilds


def not_rebuilt_html(model: str) -> str:
    """Returns what stands in place of the rebuilt picture for a model that rebuilds none."""
    return f'<p class="not-rebuilt">{html.escape(text.page.NOT_REBUILT.format(model=model))}</p>'


def dependent_parts(control: str) -> tuple[str, ...]:
    """Returns the names of the parts that a control changes."""
    return tuple(name for name, part in PARTS.items() if control in part.follows)


def judge_test_image(
    services: Services, category: str, model: str | None, key: str, options: DetectOptions
) -> JudgedImage:
    """Judges a test image.

    Raises:
        FavaeError: There is no model or no such image, or it cannot be read.
    """
    sample = services.find(category, key)
    held_out = sample.split == "train" and model is not None and sample.key in services.held_out_keys(model)
    known = text.formatting.truth(sample.defect, sample.has_ground_truth, held_out)
    judged = _judge(services, model, sample.path, options, services.truth(sample), known)
    return replace(judged, defective=not sample.is_good)


def judge_example(
    services: Services, model: str | None, example: Example, options: DetectOptions
) -> JudgedImage:
    """Judges the example of a generated category whose other images are not drawn yet, as `judge_test_image`."""
    known = text.formatting.truth(example.defect)
    judged = _judge(services, model, example.path, options, example.mask, known)
    return replace(judged, defective=True)


def judge_own_image(
    services: Services,
    model: str | None,
    path: str,
    options: DetectOptions,
    image: DecodedImage | None = None,
    note: str | None = None,
) -> JudgedImage:
    """Judges an uploaded image, as `judge_test_image`.

    Args:
        services: The core.
        model: Path of the checkpoint.
        path: The image file.
        options: Values of the controls.
        image: Its content, where it has been read already.
        note: What is known of it, a sentence; None says that nothing is.
    """
    return _judge(services, model, path, options, None, note or text.page.NO_TRUTH, image)


def judge_with_model(
    services: Services, shown: JudgedImage, model: str | None, options: DetectOptions
) -> JudgedImage:
    """Judges the present image with another model, which may have other black and white levels.

    Raises:
        FavaeError: As for `judge_test_image`.
    """
    judged = _judge(services, model, shown.path, options, shown.truth, shown.truth_note)
    return replace(judged, defective=shown.defective)


def make_view(services: Services, shown: JudgedImage, options: DetectOptions) -> DetectView:
    """Returns the image at the controls' values; the model does not run."""
    detector = services.registry.detector(Path(shown.model))
    found = detector.judge(shown.detection, rate=options.rate / 100, masked=options.masked)
    defective, remark = what_holds(services, detector.category, shown.path, shown.defective)
    note = " ".join(filter(None, (shown.truth_note, remark, found.support.remark, *found.remarks)))
    return DetectView(shown, options, found, note, defective)


def render(view: DetectView, names: Sequence[str] | None = None) -> list[Any]:
    """Returns the values of some parts, by default of all."""
    return [PARTS[name].draw(view) for name in names or PARTS]


def result_panel(view: DetectView) -> np.ndarray:
    """Returns the whole result as one image, H×W×3 uint8 RGB, for saving."""
    shown = view.shown
    return saved_result(
        view.found, shown.model, shown.title, shown.truth, defective=view.defective, opacity=view.opacity, colour_map=view.options.colours, map_name=view.map,
    )  # fmt: skip


def _judge(
    services: Services,
    model: str | None,
    path: str | Path,
    options: DetectOptions,
    truth: np.ndarray | None,
    note: str,
    image: DecodedImage | None = None,
) -> JudgedImage:
    image = image or services.read(path, model)
    found = services.detect(model, image, options.rate / 100, options.masked)
    # Nothing is drawn larger: a photo of many megapixels need not stay in memory.
    small = replace(found, image=display_image(found.image, SIDE), name=Path(path).name)
    device = services.registry.detector(Path(str(model))).engine.where
    return JudgedImage(Path(path), str(model), services.title(str(model)), device, small, truth, note)


def _facts(found: Detection) -> str:
    return facts_html([coverage_sentence(found.support), visibility(found.reduction, remedy=True)])
