"""What stands in charts, in the language of the request."""

from favae_demo.ui import text
from favae_demo.viz.charts import ChartWords


def chart_words() -> ChartWords:
    """Returns the words of the charts."""
    return ChartWords(**text.results.CHART_WORDS)
