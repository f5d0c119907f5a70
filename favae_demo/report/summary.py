"""A report on two pages: what the model is worth in plain words, and the most telling pictures; from the data of the whole report."""

from markupsafe import Markup

from favae_demo import __version__
from favae_demo.evaluation import operating_point
from favae_demo.report import text
from favae_demo.report.example_selection import Example
from favae_demo.report.html import example_record, figure_rows, key_figures, origins, style_sheet, template
from favae_demo.report.report_data import ReportData
from favae_demo.scoring.coverage import coverage_sentence
from favae_demo.viz.heatmap import css_gradient

PICTURES = 6  # what fits on a page, two of each of the first groups
VIEWS = ("picture", "overlay")
GROUPS = ("found", "missed", "alarms", "barely", "passed")  # in the order of the page
EACH = {"found": 2, "missed": 2, "alarms": 2}
SPARE = ("missed", "alarms", "barely", "passed", "found")  # fill the places of groups that have fewer
KINDS = 9  # rows; MVTec AD has up to eight kinds of defect, and good parts
REMARKS = 2
REMARK_LETTERS = 220


def render_summary(data: ReportData) -> str:
    """Renders the summary: a self-contained HTML page that prints on two sheets of A4.

    What has no bound in the report (kinds of defect, remarks, pictures) is cut to what fits, and it is said.

    Args:
        data: Data of the report.
    """
    chosen = telling(data.examples)
    return template("summary.html").render(
        data=data,
        text=text,
        style=Markup(style_sheet("report.css") + style_sheet("summary.css")),
        gradient=Markup(css_gradient()),
        version=__version__,
        answer=text.answer(data.counts),
        tiles=key_figures(data),
        figures=figure_rows(data),
        kinds=_kinds(data),
        model=_model(data),
        limit=_limit(data),
        notes=_notes(data),
        shown=_shown(data, chosen),
        examples=[(text.HEADINGS[one.group], example_record(one, VIEWS)) for one in chosen],
        **origins(data),
    )


def telling(examples: tuple[Example, ...]) -> list[Example]:
    """Returns the examples for one page: two found, two missed and two false alarms, or others where there are fewer."""
    by_group = {group: [one for one in examples if one.group == group] for group in GROUPS}
    chosen = [one for group, count in EACH.items() for one in by_group[group][:count]]
    spare = [one for group in SPARE for one in by_group[group][EACH.get(group, 0) :]]
    return sorted(chosen + spare[: PICTURES - len(chosen)], key=lambda one: GROUPS.index(one.group))


def _model(data: ReportData) -> list[str]:
    config, about = data.card.config, data.card.data
    sentences = [
        text.MODEL.format(
            variant=data.variant,
            preset=config.preset,
            train=text.pictures(about.get("train"), "good "),
            source=data.source or "a source that is not known",
        ),
        text.JUDGES.format(side=config.image_size),
    ]
    return sentences + [one for one in (text.stopped(data.card), data.partial) if one]


def _limit(data: ReportData) -> list[str]:
    support = data.threshold.support
    return [
        text.LIMIT.format(rate=text.percent(data.rate), images=text.pictures(support.images, "good ")),
        coverage_sentence(support),
        *([] if support.is_enough else [text.unsupported(support.missing)]),
    ]


def _kinds(data: ReportData) -> list[tuple[str, int, int]]:
    """Returns (title, called defect, of how many): good parts first, then the kinds of defect of which most are missed."""
    if data.measured is None:
        return []
    rows = operating_point.by_kind(data.measured, data.threshold.value)
    rows.sort(key=lambda row: (not operating_point.is_good(row.kind), row.found / row.count))
    shown, others = rows[:KINDS], rows[KINDS:]
    kinds = [(text.kind(row.kind), row.found, row.count) for row in shown]
    if others:
        title = text.OTHER_KINDS.format(count=len(others))
        kinds.append((title, sum(row.found for row in others), sum(row.count for row in others)))
    return kinds


def _notes(data: ReportData) -> list[str]:
    remarks = [_shortened(one) for one in data.remarks[:REMARKS]]
    if more := len(data.remarks) - len(remarks):
        remarks.append(text.MORE_REMARKS.format(count=more))
    notes = [*remarks, text.SAME_PARTS, text.ONE_TRAINING.format(seed=data.card.config.seed)]
    return notes + ([text.NON_COMMERCIAL] if "non-commercial" in data.licence else [])


def _shown(data: ReportData, chosen: list[Example]) -> str:
    """Returns what the pictures are, and which of found, missed and false alarm do not exist."""
    if not chosen:
        return text.NO_PICTURES
    counts = data.counts
    none = [sentence for name, sentence in text.NONE_OF.items() if counts and not getattr(counts, name)]
    return " ".join([text.SHOWN, *none])


def _shortened(sentence: str) -> str:
    return sentence if len(sentence) <= REMARK_LETTERS else f"{sentence[:REMARK_LETTERS].rstrip()} …"
