"""All charts of the Results tab as one file."""

import zipfile
from pathlib import Path

from favae_demo.core.errors import DataError
from favae_demo.core.files import atomic_path
from favae_demo.ui import text
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.results.view import ThresholdChoice, load_view


def write_charts(
    services: Services, category: str | None, model: str | None, choice: ThresholdChoice | None
) -> Path:
    """Writes the charts of a measured model as SVG and PNG with their data as CSV, in a ZIP file; returns its path.

    Args:
        services: The core.
        category: Kind of part.
        model: Path of the model.
        choice: The threshold that the charts mark; None takes the recommended one.

    Raises:
        DataError: The model is not measured yet.
    """
    from favae_demo.report.charts import add_charts, build  # late: the page opens without it

    view = load_view(services, category, model, alone=True)
    result = view.result
    if result is None:
        raise DataError(text.results.NOT_MEASURED_YET)
    choice = choice or ThresholdChoice()
    card = result.model.card
    charts = build(
        result.measured,
        result.title,
        result.threshold(choice),
        card.good_scores.threshold(choice.rate / 100, "combined"),
    )
    path = services.new_download_folder() / f"{card.name}-charts.zip"
    with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        add_charts(archive, charts)
    return path
