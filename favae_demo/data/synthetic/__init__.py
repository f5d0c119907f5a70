"""Generated sample parts: synthetic images for a first try without real data."""

from favae_demo.data.synthetic.catalogue import SAMPLE_CATEGORIES, render_part
from favae_demo.data.synthetic.writer import ensure_samples

__all__ = ["SAMPLE_CATEGORIES", "ensure_samples", "render_part"]
