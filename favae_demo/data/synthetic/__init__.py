"""Generated sample parts: images for a first try, made by the app itself when no real data is at hand."""

from favae_demo.data.synthetic.catalogue import SAMPLE_CATEGORIES, render_part
from favae_demo.data.synthetic.writer import ensure_samples

__all__ = ["SAMPLE_CATEGORIES", "ensure_samples", "render_part"]
