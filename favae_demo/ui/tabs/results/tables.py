"""Tables of the Results tab: metrics measured here, published ones, and verdicts by kind of defect."""

import html
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from favae_demo.config.variants import REPORT_TEACHERS, VARIANT_TITLES
from favae_demo.data.library.store import partial_data_note
from favae_demo.evaluation import operating_point
from favae_demo.evaluation.published import PublishedRow, figures
from favae_demo.evaluation.ranking import ranks, standings
from favae_demo.scoring.multiples import format_number, multiple
from favae_demo.ui import text
from favae_demo.ui.model_list import model_costs, newest_variants, variant_title
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.results.view import ModelResult, ResultsView, ThresholdChoice

FIGURES = ("pixel_auroc", "image_auroc", "aupro", "pixel_ap", "f1_max")
TableRow = tuple[str, Sequence[str]]  # a heading, and the cells beside it


def figures_html(view: ResultsView) -> str:
    """Returns the report's Table 6.1 for one category: the report's metrics beside those measured here."""
    quoted = {row.teacher: row for row in figures(view.name) if row.teacher}
    heads = {name: head for name, head in text.results.HEADS.items() if quoted or name != "report"}
    teachers = [*REPORT_TEACHERS, *(one for one in view.models if one not in REPORT_TEACHERS)]
    rows = [
        (_title(view, teacher), _cells(view, teacher, quoted.get(teacher), list(heads)))
        for teacher in teachers
    ]
    caption = text.results.FIGURES_CAPTION if quoted else text.results.FIGURES_PLAIN
    return _table(caption, (text.results.MODEL_HEAD, *heads.values()), rows) + _remarks(view, bool(quoted))


def peers_html(view: ResultsView) -> str:
    """Returns published methods on this category; an empty string where there are none."""
    rows = [row for row in figures(view.name) if row.teacher is None]
    if not rows:
        return ""
    size = next((model.card.config.image_size for model in view.models.values()), 128)
    cells = [
        (row.name, [*map(_three, (row.pixel_auroc, row.image_auroc, row.aupro)), _size(row), row.source])
        for row in rows
    ]
    table = _table(text.results.PEERS_CAPTION.format(size=size), text.results.PEER_HEADS, cells)
    return f'<details class="peers"><summary>{html.escape(text.results.PEERS)}</summary>{table}</details>'


def over_all_html(services: Services) -> str:
    """Returns the ranks of the variants over all categories, from the figures of their cards; an empty string where none can be compared."""
    categories = dict.fromkeys(model.card.category for model in services.registry.models())
    cards = {name: newest_variants(services.registry, name) for name in categories}
    common = Counter(variant for models in cards.values() for variant in models)
    tables = [
        standings(
            {
                name: {
                    one: model.card.metrics.get(figure) for one, model in models.items() if common[one] > 1
                }
                for name, models in cards.items()
            }
        )
        for figure in ("image_auroc", "pixel_auroc")
    ]
    if not all(tables):
        return ""
    rows = [
        (
            text.page.VARIANTS[one],
            [cell for table in tables for cell in (f"{table[one].rank:.1f}", _three(table[one].mean))],
        )
        for one in tables[0]
    ]
    counts = {standing.categories for table in tables for standing in table.values()}
    caption = text.results.OVER_ALL_CAPTION.format(
        count=text.formatting.listed([str(one) for one in sorted(counts)])
    )
    table = _table(caption, text.results.OVER_ALL_HEADS, rows)
    return f'<details class="peers"><summary>{html.escape(text.results.OVER_ALL)}</summary>{table}</details>'


def kinds_html(result: ModelResult, choice: ThresholdChoice) -> str:
    """Returns the verdicts for good parts and for each kind of defect at the threshold."""
    threshold = result.threshold(choice).value

    def in_limits(score: float) -> str:
        return format_number(multiple(score, threshold))

    rows = [
        (
            text.results.GOOD_PARTS if operating_point.is_good(row.kind) else text.formatting.defect_name(row.kind),
            [
                *map(str, (row.count, row.found, row.missed, row.not_judged)), in_limits(row.mean_score),
                f"{in_limits(row.lowest)} – {in_limits(row.highest)}",
            ],
        )
        for row in operating_point.by_kind(result.measured, threshold)
    ]  # fmt: skip
    return _table(text.results.KINDS, text.results.KIND_HEADS, rows)


def _cells(view: ResultsView, teacher: str, quoted: PublishedRow | None, columns: list[str]) -> list[str]:
    cells = {"report": _three(quoted.pixel_auroc if quoted else None)}
    if figures := _figures(view, teacher):
        cells |= {name: _three(figures.get(name)) for name in FIGURES}
        cells["n"] = text.results.N.format(good=figures["n_good"], defect=figures["n_defect"])
        order = ranks({one: _figures(view, one).get("image_auroc") for one in view.models})
        cells["rank"] = f"{order[teacher]:g}" if teacher in order else text.results.UNKNOWN
    else:
        cells["n"] = text.results.NOT_MEASURED if teacher in view.models else text.results.NO_SUCH_MODEL
    if model := view.models.get(teacher):
        cells |= {
            name: text.formatting.cost(name, value, text.results.UNKNOWN)
            for name, value in model_costs(model).items()
        }
    return [cells.get(name, text.results.UNKNOWN) for name in columns]


def _figures(view: ResultsView, teacher: str) -> Mapping[str, Any]:
    """Returns a model's metrics and numbers of images, as measured here or else as stored in its checkpoint; empty if there are none."""
    if teacher in view.results:
        measured = view.results[teacher].measured
        return measured.figures | {"n_good": measured.n_good, "n_defect": measured.n_defect}
    return view.models[teacher].card.metrics if _has_stored_metrics(view, teacher) else {}


def _has_stored_metrics(view: ResultsView, teacher: str) -> bool:
    """Returns whether a model has not been measured here, but its checkpoint contains the metrics of its training."""
    model = view.models.get(teacher)
    return model is not None and teacher not in view.results and model.card.metrics.get("n_good") is not None


def _title(view: ResultsView, teacher: str) -> str:
    model = view.models.get(teacher)
    title = variant_title(model.card) if model else VARIANT_TITLES.get(teacher, teacher)
    return title + text.results.STAR if _has_stored_metrics(view, teacher) else title


def _remarks(view: ResultsView, comparable: bool) -> str:
    reasons = dict.fromkeys(
        text.compare.REASON.format(
            figure=text.results.HEADS[name][0], reason=text.sentences.translate(reason)
        )
        for result in view.results.values()
        for name, reason in result.measured.reasons.items()
    )
    category = view.category
    partial = category is not None and partial_data_note(category)
    remarks = [
        *reasons,
        *([f"{text.sentences.translate(partial)} {text.results.PARTIAL}"] if partial and comparable else []),
    ]
    if any(_has_stored_metrics(view, teacher) for teacher in view.models):
        remarks.append(text.results.TOLD)
    return "".join(f'<p class="remark">{html.escape(one)}</p>' for one in remarks)


def _table(caption: str, heads: Sequence[str | tuple[str, str]], rows: Sequence[TableRow]) -> str:
    """Returns a table in a box with its own scroll bar, so that the page is not wider than the screen; a heading may have a second line."""
    pairs = [(head, "") if isinstance(head, str) else head for head in heads]
    top = "".join(
        f'<th scope="col">{html.escape(first)}<small>{html.escape(second)}</small></th>'
        for first, second in pairs
    )
    body = "".join(
        f'<tr><th scope="row">{html.escape(title)}</th>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
        + "</tr>"
        for title, cells in rows
    )
    return (
        f'<p class="table-caption">{html.escape(caption)}</p>'
        f'<div class="wide-table" tabindex="0" role="region" aria-label="{html.escape(caption)}">'
        f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _three(value: float | None) -> str:
    return text.results.UNKNOWN if value is None else f"{value:.3f}"


def _size(row: PublishedRow) -> str:
    return f"{row.size}×{row.size}" if row.size else text.results.SIZE_UNKNOWN
