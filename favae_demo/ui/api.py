"""Named endpoints for programs: what the tabs do, with labelled inputs and no page."""

import gradio as gr

from favae_demo.core.errors import ImageError
from favae_demo.scoring.explanation import account
from favae_demo.ui import text
from favae_demo.ui.api_arguments import NumberInput, checked
from favae_demo.ui.components.picture_input import PictureInput
from favae_demo.ui.components.picture_output import PictureOutput
from favae_demo.ui.components.report_panel import run_report
from favae_demo.ui.errors import show_errors
from favae_demo.ui.model_list import newest_variants
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.batch.api import run_batch
from favae_demo.ui.tabs.compare.api import compare_variants
from favae_demo.ui.tabs.results.api import category_results
from favae_demo.ui.tabs.train.tab import start_training
from favae_demo.viz.overlay import error_map, overlay, reconstruction_image

RECOMMENDED = "efficientnet-lite0"
VIEWS = ("overlay", "error map", "reconstruction")


def build(services: Services) -> None:
    """Adds the endpoints `detect`, `compare`, `batch`, `results`, `report` and `train`; their components are never shown."""

    @show_errors
    @checked(services)
    def detect(picture: str | None, category: str, teacher: str, rate: float) -> tuple:
        """Judges one picture of a part: whether it has a defect, and where.

        Args:
            picture: The picture, seen as the model's training pictures were.
            category: Kind of part, as `bottle`.
            teacher: `none` (plain VAE), `vgg16`, `vgg19`, `efficientnet-lite0`, `efficientnet-b0`, `resnet18` or `wide-resnet50-2`; the newest model is taken.
            rate: Wanted false-alarm rate between 0 and 1; sets the limit of the verdict.

        Returns:
            Verdict (`defect`, `good` or `not judged`) with its explanation, score (`multiple`: as a multiple of the limit), limit and regions; then overlay, error map and reconstruction as pictures.
        """
        model = services.registry.newest(category, teacher)
        path = None if model is None else model.path
        image = services.read(_chosen(picture), path)
        if path is not None:
            services.registry.await_weights(path)
        detection = services.detect(path, image, rate)
        record = {
            "verdict": detection.verdict,
            "score": detection.score,
            "threshold": detection.threshold,
            "limit_supported": detection.support.is_enough,
            "good_pictures_missing": detection.support.missing,
            "milliseconds": detection.timings["total"],
            "regions": [{"box": r.box, "area": r.area, "peak": r.peak} for r in detection.regions],
            **account(detection),
            **{name: said for name in ("reasons", "remarks") if (said := getattr(detection, name))},
        }
        return record, overlay(detection), error_map(detection), reconstruction_image(detection)

    @show_errors
    @checked(services)
    def compare(picture: str | None, category: str, rate: float) -> dict:
        """Judges one picture with every kind of model that a category has.

        Args:
            picture: The picture, seen as the models' training pictures were.
            category: Kind of part, as `bottle`.
            rate: Wanted false-alarm rate between 0 and 1; sets the limit of each verdict.

        Returns:
            By kind of model: score (`multiple`: as a multiple of the limit), limit, verdict and milliseconds.
        """
        path = _chosen(picture)
        services.read(path, None)  # a damaged picture is said before weights are waited for
        for model in newest_variants(services.registry, category).values():
            services.registry.await_weights(model.path)
        return compare_variants(services, category, path, rate)

    @show_errors
    @checked(services)
    def batch(files: list[str] | None, category: str, teacher: str, rate: float) -> tuple[dict, str]:
        """Judges many pictures, or archives of pictures, and gives a row for each file, also as CSV.

        Args:
            files: Pictures, or ZIP or TAR archives of pictures.
            category: Kind of part, as `bottle`.
            teacher: `none` (plain VAE), `vgg16`, `vgg19`, `efficientnet-lite0`, `efficientnet-b0`, `resnet18` or `wide-resnet50-2`; the newest model is taken.
            rate: Wanted false-alarm rate between 0 and 1; sets the limit of the verdicts.

        Returns:
            Limit, counts and a row for each file; then the same as a CSV file.
        """
        return run_batch(services, files, category, teacher, rate)

    @show_errors
    @checked(services)
    def results(category: str, teacher: str, rate: float) -> dict:
        """Measures the newest model of a category and teacher on all test pictures, or gives what was measured before.

        Args:
            category: Kind of part, as `bottle`.
            teacher: `none` (plain VAE), `vgg16`, `vgg19`, `efficientnet-lite0`, `efficientnet-b0`, `resnet18` or `wide-resnet50-2`; the newest model is taken.
            rate: Wanted false-alarm rate between 0 and 1; sets the limit.

        Returns:
            Figures with the number of pictures, the limit, right and wrong verdicts at it, and the same by kind of defect.
        """
        return category_results(services, category, teacher, rate)

    @show_errors
    @checked(services)
    def report(category: str, teacher: str, rate: float) -> tuple[dict, str, str]:
        """Measures a model on all test pictures of a category and writes a report of it.

        Args:
            category: Kind of part, as `bottle`.
            teacher: `none` (plain VAE), `vgg16`, `vgg19`, `efficientnet-lite0`, `efficientnet-b0`, `resnet18` or `wide-resnet50-2`; the newest model is taken.
            rate: Wanted false-alarm rate between 0 and 1; sets the limit.

        Returns:
            All figures, exact, with an answer in one sentence; then the report as a page (HTML) and with all files and its summary (ZIP).
        """
        made = run_report(services, category, teacher, rate)
        return made.record, str(made.page), str(made.archive)

    @show_errors
    @checked(services)
    def train(category: str, teacher: str, preset: str, seed: float) -> dict:
        """Starts a training on good parts in the background and gives its name. It takes minutes; one runs at a time.

        Args:
            category: Kind of part, as `bottle`.
            teacher: `none` (plain VAE), `vgg16`, `vgg19`, `efficientnet-lite0`, `efficientnet-b0`, `resnet18` or `wide-resnet50-2`.
            preset: Settings: `quick` or `extended` (minutes) or `paper` (hours to days).
            seed: Start of all random numbers, a whole number.
        """
        return {"run": start_training(services, category, teacher, preset, int(seed))}

    with gr.Row(visible=False):
        picture = PictureInput(label="picture")
        category, teacher = (
            gr.Textbox(label="category"),
            gr.Textbox(default_teacher(services), label="teacher"),
        )
        rate, preset = NumberInput(0.05, label="rate"), gr.Textbox("quick", label="preset")
        seed, answer = NumberInput(0, label="seed", precision=0), gr.JSON(label="answer")
        views = [PictureOutput(label=name, format="png") for name in VIEWS]
        files, table = gr.File(file_count="multiple", label="files"), gr.File(label="table")
        page, archive = gr.File(label="page"), gr.File(label="archive")
        button = gr.Button("run")
    button.click(detect, [picture, category, teacher, rate], [answer, *views], api_name="detect")
    button.click(compare, [picture, category, rate], answer, api_name="compare")
    button.click(batch, [files, category, teacher, rate], [answer, table], api_name="batch")
    button.click(results, [category, teacher, rate], answer, api_name="results")
    button.click(report, [category, teacher, rate], [answer, page, archive], api_name="report")
    button.click(train, [category, teacher, preset, seed], answer, api_name="train")


def default_teacher(services: Services) -> str:
    """Returns the recommended teacher, or that of the first model where no model has it, as in an installed package."""
    teachers = [model.card.config.variant for model in services.registry.models()]
    return RECOMMENDED if RECOMMENDED in teachers else next(iter(teachers), RECOMMENDED)


def _chosen(picture: str | None) -> str:
    if picture is None:
        raise ImageError(text.page.CHOOSE_PICTURE)
    return picture
