"""What `viewer.js` works with: the buttons of the zoom, and the list of regions, each of which can be shown."""

import html

from favae_demo.scoring.detection import Detection, Region
from favae_demo.scoring.multiples import multiple
from favae_demo.ui import text


def zoom_tools_html(found: Detection) -> str:
    """Returns the buttons that zoom all panes together, with the width of the picture's file for the script."""
    inward, outward, whole = (
        f'<button type="button" data-zoom="{name}"{state} aria-label="{title}">{sign}</button>'
        for name, state, title, sign in (
            ("in", "", text.page.ZOOM_IN, "+"),
            ("out", " disabled", text.page.ZOOM_OUT, "−"),
            ("reset", " disabled", text.page.ZOOM_WHOLE, text.page.ZOOM_WHOLE),
        )
    )
    return (
        f'<div class="zoom-tools" role="group" aria-label="{text.page.ZOOM}" data-width="{found.size[0]}">'
        f"{outward}<output>100 %</output>{inward}{whole}<small>{text.page.ZOOM_HINT}</small></div>"
    )


def regions_html(found: Detection) -> str:
    """Returns the regions as a list of buttons, highest peak first; a sentence where there are none."""
    if not found.regions:
        return f'<div class="regions"><p class="table-caption">{text.page.NO_REGIONS}</p></div>'
    entries = "".join(_region(region, found.pixel_threshold) for region in found.regions)
    title = f'<p class="table-caption">{text.page.REGIONS}</p>'
    return f'<div class="regions">{title}<ol>{entries}</ol><small>{text.page.REGIONS_INFO}</small></div>'


def _region(region: Region, threshold: float) -> str:
    box = " ".join(f"{share:.5f}" for share in region.box)
    where, (x, y) = text.formatting.place(*region.centre), region.centre
    where = where[0].upper() + where[1:]  # `capitalize` would take the capitals of nouns away
    about = text.page.REGION.format(
        area=text.formatting.area(region.area), x=text.formatting.percent(x), y=text.formatting.percent(y)
    )
    height = text.formatting.multiple(multiple(region.peak, threshold))
    return (
        f'<li><button type="button" data-box="{box}" aria-pressed="false"><b>{html.escape(where)}</b> <span>{height}</span>'
        f"<small>{html.escape(about)}</small></button></li>"
    )
