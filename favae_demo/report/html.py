"""A report as one self-contained HTML file."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from favae_demo import __version__
from favae_demo.config.methods import METHODS
from favae_demo.evaluation import operating_point, published
from favae_demo.report import reproduce, text
from favae_demo.report.charts import Chart, build, dark_colours, inline_svg
from favae_demo.report.example_images import VIEWS, jpeg_address, views
from favae_demo.report.example_selection import Example
from favae_demo.report.report_data import ReportData
from favae_demo.scoring.coverage import coverage_sentence
from favae_demo.scoring.explanation import reason
from favae_demo.scoring.multiples import format_multiple, format_number, multiple
from favae_demo.teacher.teacher import TEACHER_SPECS
from favae_demo.teacher.weight_sources import RECIPES
from favae_demo.viz import result_words
from favae_demo.viz.heatmap import css_gradient

HERE = Path(__file__).parent


def render(data: ReportData, charts: list[Chart] | None = None) -> str:
    """Renders the page of a report.

    Args:
        data: Data of the report.
        charts: Its charts; None builds them.
    """
    charts = build_charts(data) if charts is None else charts
    return template("report.html").render(
        data=data,
        style=Markup(style_sheet("report.css")),
        answer=text.answer(data.counts),
        tiles=key_figures(data),
        figures=figure_rows(data),
        charts=[
            (chart, Markup(inline_svg(chart.svg, chart.name)) if chart.figure else "") for chart in charts
        ],
        kinds=operating_point.by_kind(data.measured, data.threshold.value) if data.measured else [],
        published=published.figures(data.name),
        groups=_groups(data),
        settings=reproduce.settings_rows(data.card),
        version=__version__,
        versions=reproduce.software(),
        machine=reproduce.machine(),
        commands=reproduce.commands(data.card, data.name, data.rate),
        method=text.method_steps(data.card.config, teacher_title(data)),
        dark_colours=dark_colours(),
        gradient=Markup(css_gradient()),
        good_scores=len(data.card.good_scores.images),
        coverage=coverage_sentence(data.threshold.support),
        suspects=data.card.calibration.suspects,
        text=text,
        in_limits=lambda score: format_number(multiple(score, data.threshold.value)),
        is_good=operating_point.is_good,
        **origins(data),
    )


def origins(data: ReportData) -> dict[str, Any]:
    """Returns what both pages say of the origin of the method and of the teacher's weights, and the words of a result."""
    config = data.card.config
    return {
        "paper": METHODS[config.method].paper,
        "teacher": teacher_title(data),
        "credit": RECIPES[config.teacher].credit if config.teacher in RECIPES else "",
        "words": result_words,
    }


def teacher_title(data: ReportData) -> str:
    """Returns the display name of the model's teacher; empty without one."""
    spec = TEACHER_SPECS.get(data.card.config.teacher)
    return spec.title if spec else ""


def build_charts(data: ReportData) -> list[Chart]:
    """Builds the charts of a report; returns none if nothing was measured."""
    if data.measured is None:
        return []
    pixels = data.card.good_scores.threshold(data.rate, "combined")
    return build(data.measured, data.variant, data.threshold, pixels)


def style_sheet(name: str) -> str:
    """Returns a style sheet that lies beside this file."""
    return (HERE / name).read_text(encoding="utf-8")


@lru_cache
def template(name: str) -> Any:
    """Returns a template of a page that lies beside this file."""
    loader = FileSystemLoader(HERE)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name)


def key_figures(data: ReportData) -> list[tuple[str, str, str]]:
    """Returns value, name and remark of the key figures at the top."""
    counts, tiles = data.counts, []
    if counts is not None:
        for part, whole, name in (
            (counts.found, counts.defects, "defects found"),
            (counts.alarms, counts.goods, "false alarms"),
        ):
            tiles.append((f"{part} of {whole}" if whole else "–", name, text.share(part, whole)))
    for name, below in (
        ("image_auroc", "tells good from defect"),
        ("pixel_auroc", "points at the right place"),
    ):
        value = data.figures[name]
        tiles.append(("–" if value is None else f"{value:.3f}", text.FIGURES[name][0], below))
    return tiles


def figure_rows(data: ReportData) -> list[dict[str, Any]]:
    """Returns name, title, value, meaning, number of images, and the reason if there is no value, of each figure."""
    rows = []
    for name, (title, unit, meaning) in text.FIGURES.items():
        value = data.figures[name]
        rows.append(
            {
                "name": name,
                "title": title,
                "value": value,
                "meaning": meaning,
                "n": _counted(data, unit),
                "reason": "" if value is not None else data.reasons.get(name, text.NEVER_MEASURED),
            }
        )
    return rows


def _counted(data: ReportData, unit: str) -> str:
    """Returns the numbers of images behind a figure: all, or for pixels those with known ground truth."""
    if data.n_good is None or data.n_defect is None:
        return "–"
    good, defect = data.n_good, data.n_defect
    if unit == "pixel" and data.measured and data.category:
        defect = sum(sample.mask_path is not None for sample in data.category.test if not sample.is_good)
    return f"{good} good, {defect} defective"


def _groups(data: ReportData) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Returns title, meaning and examples of each group that has any."""
    groups = []
    for group, (title, meaning) in text.GROUPS.items():
        examples = [
            example_record(example, shown_views(data)) for example in data.examples if example.group == group
        ]
        if examples:
            groups.append((title, meaning, examples))
    return groups


def shown_views(data: ReportData) -> list[str]:
    """Returns the keys of `VIEWS` that a model has: not every method rebuilds pictures."""
    return [name for name in VIEWS if name != "rebuilt" or METHODS[data.card.config.method].rebuilds]


def example_record(example: Example, shown: Iterable[str]) -> dict[str, Any]:
    """Returns what the pages say of an example, with its images.

    Args:
        example: The example.
        shown: Keys of `VIEWS`.
    """
    detection, name = example.detection, example.name
    is_good = operating_point.is_good(example.kind)
    says, icon = result_words.VERDICTS[detection.verdict]
    sign, outcome = result_words.OUTCOMES.get((not is_good, detection.verdict), ("", ""))
    alts = {
        "picture": f"Test picture {name}",
        "rebuilt": f"{name} as the model rebuilt it, as a good part",
        "errors": f"{name}: where picture and reconstruction differ",
        "overlay": f"{name}: picture under its error map, with outlines of what was found"
        + (" and of the known defect" if example.ground_truth is not None else ""),
    }
    images = views(example)
    return {
        "name": name,
        "key": example.key,
        "multiple": format_multiple(detection.multiple),
        "says": says,
        "icon": icon,
        "verdict": detection.verdict,
        "sign": sign,
        "outcome": outcome,
        "judged": "right" if detection.is_defect != is_good else "wrong",
        "explanation": reason(detection),
        "known": "good part" if is_good else f"defect, {example.kind.replace('_', ' ')}",
        "views": [(VIEWS[view], alts[view], jpeg_address(images[view])) for view in shown],
    }
