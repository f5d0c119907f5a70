"""What a category holds, in sentences: counts, the white level of deep images, masks that are left out."""

from pathlib import Path

from favae_demo.data.library.category_levels import category_levels
from favae_demo.data.mask_checks import mask_remarks, with_checked_masks
from favae_demo.data.mvtec import Category

LEVELS = "More than 8 bits: {levels} are shown as black to white."


def summary(category: Category, cache_dir: Path | None = None) -> str:
    """Returns `Category.describe` with remarks on the category's images and masks, which are read on first use."""
    checked = with_checked_masks(category, cache_dir)
    levels = category_levels(category, cache_dir)
    said = [checked.describe(), LEVELS.format(levels=levels) if levels else "", *mask_remarks(checked)]
    return " ".join(filter(None, said))
