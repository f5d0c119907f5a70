"""From a database and the values of the controls to the values of the tab's components."""

from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.line.history.places import read_places
from favae_demo.line.history.reader import Filter, reading, source_names
from favae_demo.line.history.shares import read_shares
from favae_demo.line.history.timeline import read_timeline
from favae_demo.line.history.verdicts import count_verdicts, read_page
from favae_demo.ui import text
from favae_demo.ui.components.html import notice_html
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.history import chart, listing, overview
from favae_demo.ui.tabs.history.controls import ALL, Controls, Zone, asked_filter, zone_of

T = text.history


def page_values(services: Services, path: Path, controls: Controls) -> list[Any]:
    """Returns the values of `tab.OVERVIEW` and `tab.LIST`, all of one moment.

    Raises:
        HistoryError: The database cannot be read, or a time is not valid.
    """
    settings, zone = services.settings, zone_of(controls.zone)
    with reading(path) as database:
        asked, sources = asked_filter(database, controls), source_names(database)
        if asked is None:
            return [gr.skip(), notice_html([T.EMPTY.format(name=path.name)]), "", "", "", *_rows("", 0, 1)]
        timeline = read_timeline(database, asked)
        listed = gr.Dropdown(
            choices=[(T.ALL_SOURCES, ALL), *((name, name) for name in sources)],
            value=asked.source if asked.source in sources else ALL,
        )
        if not timeline.pictures:
            return [listed, notice_html([T.NOTHING]), "", "", "", *_rows("", 0, 1)]
        drifts, usual = overview.all_drifts(database, asked, timeline, services.registry)
        shares = read_shares(database, asked, zone.info, settings.shifts)
        places = read_places(database, asked)
        rows = _listed(database, asked, controls, zone, 0, settings.max_pixels)
    return [
        listed,
        overview.state_html(timeline, drifts, zone),
        chart.chart_html(timeline, drifts, usual, zone, bool(asked.source) or len(sources) == 1),
        overview.shares_html(shares, settings.shifts),
        overview.places_html(places, settings.max_pixels),
        *rows,
    ]


def list_values(services: Services, path: Path, controls: Controls, page: int) -> list[Any]:
    """Returns the values of `tab.LIST`; a page index out of range gives the nearest page.

    Raises:
        HistoryError: The database cannot be read, or a time is not valid.
    """
    with reading(path) as database:
        asked = asked_filter(database, controls)
        if asked is None:
            return _rows("", 0, 1)
        return _listed(database, asked, controls, zone_of(controls.zone), page, services.settings.max_pixels)


def _listed(
    database: Any, asked: Filter, controls: Controls, zone: Zone, page: int, max_pixels: int
) -> list[Any]:
    count = count_verdicts(database, asked, controls.show)
    pages = max(1, -(-count // listing.PAGE_ROWS))
    page = min(max(page, 0), pages - 1)
    verdicts = read_page(database, asked, controls.show, controls.order, page, listing.PAGE_ROWS)
    return _rows(listing.table_html(verdicts, page, count, zone, max_pixels), page, pages)


def _rows(table: str, page: int, pages: int) -> list[Any]:
    return [table, page, gr.Button(interactive=page > 0), gr.Button(interactive=page + 1 < pages)]
