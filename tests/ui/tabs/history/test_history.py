"""The History tab without a browser: what it shows of a database, in whose time, and to whom."""

import csv
import html
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
from line_history import MINUTE_MS, NOON_MS, at, everything, kept, write_database

from favae_demo.core.errors import ConfigError, ImageError
from favae_demo.core.settings import Settings
from favae_demo.data.library.feedback import DEFECT, Feedback
from favae_demo.detection.drift import CHANGED, Usual
from favae_demo.detection.registry import Registry
from favae_demo.line.history.baselines import usual_of
from favae_demo.line.history.reader import HOUR_MS, HistoryError, Span, reading
from favae_demo.line.history.timeline import DAY_MS, read_timeline
from favae_demo.line.verdict_record import ModelIdentity
from favae_demo.runs.revisions import fingerprint
from favae_demo.ui import text
from favae_demo.ui.components import feedback_panel
from favae_demo.ui.selection import Selection
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.history import chart, listing, overview, tab, view
from favae_demo.ui.tabs.history.controls import OWN_SPAN, Controls, asked_filter, parse_moment, ticks, zone_of

pytest_plugins = ["trained_widget"]
BERLIN = "Europe/Berlin"
EVERYTHING = Controls(zone=BERLIN, span="all", show="all")
EVIL = "<u>x</u>"


@pytest.fixture
def own(widget_settings: Settings) -> Services:
    """Folders of this test alone, with a model of `widget`."""
    return Services(widget_settings, Registry(widget_settings))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Forty pictures of two sources; the first is a defect whose picture was kept."""
    first = kept(tmp_path / "kept", at(0, 0, verdict="defect", name="lot/first.png"))
    return write_database(
        tmp_path / "v.sqlite", [first, *(at(n, n, source=("left", "right")[n % 2]) for n in range(1, 40))]
    )


def looked(services: Services, path: Path, **changes: Any) -> dict[str, Any]:
    names = (*tab.OVERVIEW, *tab.LIST)
    return dict(zip(names, view.page_values(services, path, replace(EVERYTHING, **changes)), strict=True))


def shown(page: str) -> str:
    """What a page says, without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_a_database_fills_the_tab(own: Services, path: Path) -> None:
    page = looked(own, path)
    assert "40 pictures · defects: 1 (2.50 %)" in shown(page["state"])
    assert f"Times are those of your browser ({BERLIN})" in shown(page["state"])
    assert "2026-03-01 13:00" in shown(page["state"])  # noon in UTC
    assert text.history.NO_DRIFT in shown(page["state"])
    assert [value for _, value in page["source"].choices] == ["", "left", "right"]
    assert page["chart"].count('class="median') == 2
    assert "13:00 2.50 % 1 of 40" in shown(page["shares"])
    assert "06:00–14:00 2.50 % 1 of 40" in shown(page["shares"])
    assert "right 0.00 % 0 of 20" in shown(page["shares"])
    assert "1 picture with a defect. Most regions: top left 100 %" in shown(page["places"])
    assert page["table"].count("<tr class=") == listing.PAGE_ROWS
    assert (page["page"], page["previous"].interactive, page["next"].interactive) == (0, False, True)


def test_filters_reach_everything(own: Services, path: Path) -> None:
    page = looked(own, path, source="right", show="defect")
    assert "20 pictures · defects: 0" in shown(page["state"])
    assert text.history.NO_ROWS in shown(page["table"])
    assert text.history.NO_PLACES in shown(page["places"])
    assert "1 picture ·" in shown(looked(own, path, text="first")["state"])
    assert text.history.NOTHING in shown(looked(own, path, text="no such name")["state"])
    hour = looked(own, path, span=OWN_SPAN, begin="2026-03-01 13:10", end="2026-03-01 13:20")
    assert "10 pictures" in shown(hour["state"])


def test_pages_are_turned(own: Services, path: Path) -> None:
    table, page, previous, following = view.list_values(own, path, EVERYTHING, 1)
    assert "25 to 40 of 40" in shown(table)
    assert (page, previous.interactive, following.interactive) == (1, True, False)
    assert view.list_values(own, path, EVERYTHING, 9)[1] == 1
    assert view.list_values(own, path, EVERYTHING, -1)[1] == 0


def test_an_empty_database_says_so(own: Services, tmp_path: Path) -> None:
    path = write_database(tmp_path / "new.sqlite", [])
    assert "new.sqlite has no verdicts yet" in shown(looked(own, path)["state"])
    assert view.list_values(own, path, EVERYTHING, 0)[0] == ""
    with pytest.raises(ConfigError, match="no verdicts yet"):
        list(tab.saved_csv(own, str(path), EVERYTHING))


def test_without_a_database_it_says_how_to_start_a_line(own: Services, tmp_path: Path) -> None:
    gone = tmp_path / "a line" / "v.sqlite"
    database, missing, content, *_ = tab.opening(own, str(gone), EVERYTHING)
    assert (database, missing.visible, content.visible) == (str(gone), True, False)
    services = Services(replace(own.settings, line_db=gone), own.registry)
    command = tab.command(services, Selection(services.first_category()))
    assert re.search(rf"watch FOLDER --model \S+ --out '{re.escape(str(gone))}'$", command)
    named = tab.command(services, Selection("cap", model="/models/cap-none-quick.safetensors"))
    assert "--model cap-none-quick --out" in named  # the one that the page shows
    write_database(gone, [at(0, 0)])
    _, missing, content, *_ = tab.opening(own, str(gone), EVERYTHING)
    assert (missing.visible, content.visible) == (False, True)


def test_names_of_others_are_no_markup(own: Services, tmp_path: Path) -> None:
    told = CHANGED.format(since=f"since {EVIL}", changes="darker")
    records = [at(n, n, source=EVIL, name=EVIL, remark=told, verdict="defect", model=EVIL) for n in range(3)]
    path = write_database(tmp_path / "v.sqlite", records)
    page = looked(own, path, source=EVIL)
    everywhere = " ".join(value for value in page.values() if isinstance(value, str))
    assert EVIL not in everywhere
    assert everywhere.count(html.escape(EVIL)) > 5
    assert EVIL not in listing.open_verdict(path, 1, zone_of(BERLIN), 10**6)[0]


def test_a_drift_is_told(own: Services, tmp_path: Path) -> None:
    told = CHANGED.format(since="since 00010.png", changes="darker")
    path = write_database(tmp_path / "v.sqlite", [at(n, n, remark=told if n > 30 else "") for n in range(40)])
    page = looked(own, path)
    assert "left drifts since 2026-03-01 13:3" in shown(page["state"])
    assert "darker" in shown(page["state"])
    assert 'class="drift"' in page["chart"]


def test_a_model_on_this_computer_gives_warning_lines(own: Services, tmp_path: Path) -> None:
    (model,) = own.registry.models("widget")
    identity = ModelIdentity(model.path.stem, fingerprint(model.path), "widget")
    usual = usual_of(own.registry, identity)
    assert usual == usual_of(own.registry, identity)
    assert usual is not None
    assert usual.images == len(model.card.good_scores.images)
    assert usual_of(own.registry, replace(identity, fingerprint="ab" * 32)) is None
    records = [at(n, n, multiple=0.5 if n < 30 else 0.9) for n in range(60)]
    path = write_database(tmp_path / "v.sqlite", records)
    with reading(path) as database:
        asked = everything(path)
        timeline = read_timeline(database, asked)
    known = {0: Usual(np.log(1.0), 0.05, 100)}
    drawn = chart.chart_html(timeline, [], known, zone_of(BERLIN), True)
    assert drawn.count('class="warning') == 2
    assert text.history.LEGEND_WARNING in drawn
    assert text.history.NO_WARNING_MANY in shown(
        chart.chart_html(timeline, [], known, zone_of(BERLIN), False)
    )
    assert "not on this computer" in shown(chart.chart_html(timeline, [], {}, zone_of(BERLIN), True))


def test_one_verdict_opens_with_its_picture(path: Path, tmp_path: Path) -> None:
    words, image = listing.open_verdict(path, 1, zone_of(BERLIN), 10**6)
    assert (
        "Defect 1.5 × the limit Highest at the top left. lot/first.png, left, 2026-03-01 13:00:00"
        in shown(words)
    )
    assert image is not None
    assert image.shape == (60, 80, 3)
    assert (image[12, 8:24] != 128).any()  # the upper edge of the box
    assert (image[40:, 40:] == 128).all()
    assert text.history.NOT_KEPT in listing.open_verdict(path, 2, zone_of(BERLIN), 10**6)[0]
    next((tmp_path / "kept").glob("*/*/*.jpg")).unlink()
    words, image = listing.open_verdict(path, 1, zone_of(BERLIN), 10**6)
    assert (image, html.escape(text.history.DELETED) in words) == (None, True)
    with pytest.raises(HistoryError, match="not in the database any more"):
        listing.open_verdict(path, 99, zone_of(BERLIN), 10**6)


def test_a_kept_picture_is_marked_with_its_verdict(own: Services, path: Path) -> None:
    """The model need not be on this computer: what it said is in the database."""
    spoken = listing.spoken_of(path, 1)
    assert "Added to the test pictures" in feedback_panel.keep(own, DEFECT, spoken, "ada")
    (mark,) = Feedback(own.settings.marks_dir, "widget").marks()
    assert (mark.said, mark.name, mark.verdict, mark.multiple, mark.model) == (
        DEFECT, "first.png", "defect", 1.5, "widget-none-quick",
    )  # fmt: skip
    (said,) = feedback_panel.state(own, "", "Thanks.", {"said": None}, "widget")
    assert "Marked: 0 good, 1 defect" in shown(said)
    assert listing.spoken_of(path, 0) is None
    assert listing.spoken_of(None, 1) is None
    with pytest.raises(ImageError, match="was not kept"):
        listing.spoken_of(path, 2)


def test_thumbnails_are_small_and_only_of_pictures(path: Path, tmp_path: Path) -> None:
    (picture,) = (tmp_path / "kept").glob("*/*/*.jpg")
    small = listing.small_image(picture, 40, 10**6)
    assert small is not None
    assert small.shape == (30, 40, 3)
    assert listing.small_image(picture, 40, 1000) is None  # more pixels than are read
    assert listing.small_image(path, 40, 10**6) is None
    assert listing.small_image(tmp_path / "gone.jpg", 40, 10**6) is None


def test_the_table_holds_what_is_shown(
    own: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "TELL_EVERY", 7)
    records = [
        at(n, n, verdict="defect" if n % 2 else "good", name=f"=1+{n}", picture="/srv/kept/a.jpg")
        for n in range(30)
    ]
    path = write_database(tmp_path / "v.sqlite", records)
    *progress, (words, out) = tab.saved_csv(own, str(path), replace(EVERYTHING, show="defect"))
    assert (len(progress), "15 verdicts are written" in words) == (2, True)
    assert out is not None
    with out.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["id"] for row in found] == [one.id for one in records if one.verdict == "defect"]
    assert (found[0]["utc"], found[0]["name"], found[0]["place_x"]) == (
        "2026-03-01T12:01:00.000Z",
        "'=1+1",
        "0.2",
    )
    assert found[0]["picture"] == "/srv/kept/a.jpg"
    monkeypatch.setenv("FAVAE_PUBLIC", "1")
    assert "a.jpg" in listing.csv_row(records[0])  # strangers are told no folders


@pytest.mark.parametrize(
    ("name", "words"),
    [(BERLIN, f"your browser ({BERLIN})"), ("", "the server ("), ("../../etc/passwd", "the server (")],
)
def test_zones(name: str, words: str) -> None:
    assert zone_of(name).words.startswith(words)


def test_typed_moments_are_those_of_the_zone() -> None:
    zone = zone_of(BERLIN)
    assert parse_moment(" 2026-03-01 13:00 ", zone) == NOON_MS
    assert parse_moment("2026-03-01T12:00Z", zone) == NOON_MS
    assert parse_moment("2026-07-01", zone) == round(datetime(2026, 6, 30, 22, tzinfo=UTC).timestamp() * 1000)
    assert parse_moment("", zone) is None
    for typed in ("yesterday", "2026-13-01", "9" * 400):
        with pytest.raises(HistoryError, match="is no date and time"):
            parse_moment(typed, zone)


def test_an_own_span_lies_within_the_verdicts(path: Path) -> None:
    def asked(**changes: str) -> Span:
        with reading(path) as database:
            found = asked_filter(database, Controls(zone=BERLIN, span=OWN_SPAN, **changes))
        assert found is not None
        return found.span

    assert asked(begin="2020-01-01", end="2030-01-01") == everything(path).span
    assert asked() == everything(path).span
    assert asked(begin="2026-03-01 13:05").start_ms == NOON_MS + 5 * MINUTE_MS
    assert asked(end="2020-01-01").length_ms == 1
    with pytest.raises(HistoryError, match="begin must lie before the end"):
        asked(begin="2026-03-02", end="2026-03-01")


@pytest.mark.parametrize("hours", [0.01, 1, 9, 24, 100, 720, 9000])
def test_labels_of_the_axis_are_round(hours: float) -> None:
    zone = zone_of("Asia/Kolkata")  # half an hour off
    span = Span(NOON_MS + 123_456, NOON_MS + 123_456 + round(hours * HOUR_MS))
    found = ticks(span, zone, 6)
    assert 1 <= len(found) <= 6
    for time, label in found:
        moment = zone.moment(time)
        assert span.start_ms <= time < span.end_ms
        assert moment.second % (1 if hours < 0.02 else 60) == 0
        assert hours < 100 or (moment.hour, moment.minute, label) == (0, 0, f"{moment:%d %b}".lstrip("0"))


def test_labels_stay_at_midnight_when_clocks_change() -> None:
    zone = zone_of(BERLIN)
    found = ticks(Span(NOON_MS + 26 * DAY_MS, NOON_MS + 31 * DAY_MS), zone, 6)
    assert [label for _, label in found] == ["28 Mar", "29 Mar", "30 Mar", "31 Mar", "1 Apr"]
    assert {zone.moment(time).hour for time, _ in found} == {0}


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (MINUTE_MS, "1 minute"),
        (3 * HOUR_MS, "3 hours"),
        (DAY_MS, "1 day"),
        (30_000, "30 seconds"),
        (90 * MINUTE_MS, "90 minutes"),
    ],
)
def test_steps_in_words(step: int, words: str) -> None:
    assert chart.step_words(step) == words


def test_where_most_regions_lie() -> None:
    grid = np.zeros((24, 24), int)
    grid[0, 0], grid[12, 12], grid[23, 0] = 6, 3, 1
    assert overview.main_places(grid) == "top left 60\u00a0%, centre 30\u00a0%, bottom left 10\u00a0%"


def test_shifts_have_names() -> None:
    assert overview.shift_names((360, 840, 1320)) == ["06:00–14:00", "14:00–22:00", "22:00–06:00"]


def test_only_who_may_name_a_path_opens_another_file(own: Services, path: Path) -> None:
    """The page asks `resolve_source`, which knows who asks."""
    with gr.Blocks() as app:
        with gr.Tab("History") as shown_tab:
            ui = tab.build(own) | {"tab": shown_tab}
        tab.wire(ui, own)
    handler = next(fn.fn for fn in app.fns.values() if fn.fn and fn.fn.__name__ == "open_named")

    def opened(host: str) -> list[Any]:
        request = SimpleNamespace(client=SimpleNamespace(host=host), headers={})
        return handler(str(path), request, *vars(replace(EVERYTHING, source="of another line")).values())

    database, _, _, source, state, *_ = opened("127.0.0.1")
    assert (database, source.value) == (str(path), "")
    assert "40 pictures" in shown(state)
    with pytest.raises(gr.Error, match="only be named on the computer"):
        opened("10.0.0.7")


def test_the_controls_are_in_order() -> None:
    assert list(vars(Controls())) == list(tab.CONTROLS)


def test_bars_stand_for_enough_pictures() -> None:
    assert chart.steps_for_shares(np.full(10, 30), MINUTE_MS) == 1
    assert chart.steps_for_shares(np.array([4, 0] * 50), MINUTE_MS) == 30
    assert chart.steps_for_shares(np.array([4, 0] * 50), HOUR_MS) == 24
    assert chart.steps_for_shares(np.array([100, 1, 1, 0]), MINUTE_MS) == 2
    assert chart.steps_for_shares(np.ones(5, int), MINUTE_MS) == 2
    assert chart.steps_for_shares(np.zeros(5, int), MINUTE_MS) == 1
    assert chart.steps_for_shares(np.ones(1, int), MINUTE_MS) == 1
