"""Previews of the training data: good parts, their augmented views, and what counts as background."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np

from favae_demo.config.categories import category_defaults
from favae_demo.config.train_config import MAP_SIDE, TrainConfig
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import decode, resize
from favae_demo.data.io.levels import Levels
from favae_demo.data.library.category_levels import category_levels
from favae_demo.data.mvtec import Category, Sample
from favae_demo.data.thumbnails import thumbnails
from favae_demo.data.transforms.masking import foreground
from favae_demo.data.transforms.nuisance import strongest_changes
from favae_demo.runs.adapted import adapted
from favae_demo.ui import text
from favae_demo.ui.components.strip import CaptionedImage, image_data_url, strip_html

SAMPLE_COUNT, VIEW_COUNT, MASK_COUNT = 6, 5, 3
TRIALS = 8  # views, of which the strongest is shown
FEW_GOOD = 20  # good parts below which a warning is shown
MILLISECONDS = 8  # for a picture of 256×256 by `extended` on two cores, see docs/benchmarks.md
STRIPE = 6  # width of a stripe in pixels
STRIPE_COLOURS = np.array([[148, 163, 184], [71, 85, 105]], np.uint8)

T = TypeVar("T")


def previews(category: Category | None, config: TrainConfig, settings: Settings) -> tuple[str, str, str]:
    """Returns the three previews as HTML: good parts, augmented views, background mask.

    Raises:
        ImageError: An image cannot be read.
    """
    if category is None or not category.train:
        return strip_html(text.train.SAMPLES, [], [text.train.NO_PICTURES]), "", ""
    levels = category_levels(category, settings.cache_dir)
    config = adapted(config, category, settings.cache_dir, levels)
    return (
        samples_html(category, settings, levels, looked_at(config)),
        views_html(category.train[0], config, levels)
        + augmentations_html(category, config, levels)
        + changes_html(category.train[0], config, levels),
        mask_html(_mask_samples(category), config, levels),
    )


def looked_at(config: TrainConfig) -> str:
    """Returns a sentence on what the network looks at, and how long that takes for one picture."""
    height, width = config.shape
    how = (text.train.UPRIGHT if config.align else "") + (text.train.TEXTURE if config.centre else "")
    cost = MILLISECONDS * height * width / (2 * MAP_SIDE) ** 2 if config.encoder == "features" else 0
    time = text.train.LOOKS_LONG.format(milliseconds=f"{cost:.0f}") if cost else ""
    return text.train.LOOKED_AT.format(width=width, height=height, how=how, time=time)


def samples_html(category: Category, settings: Settings, levels: Levels | None = None, note: str = "") -> str:
    """Returns a strip of some good parts, evenly spaced over all of them, with a note below."""
    samples = evenly_spaced(category.train, SAMPLE_COUNT)
    paths = thumbnails(samples, settings.cache_dir, levels)
    images = [
        CaptionedImage(
            image_data_url(path), text.train.SAMPLE.format(number=category.train.index(sample) + 1)
        )
        for path, sample in zip(paths, samples, strict=True)
    ]
    few = text.train.FEW.format(count=len(category.train)) if len(category.train) < FEW_GOOD else ""
    return strip_html(text.train.SAMPLES, images, [note, few])


def views_html(sample: Sample, config: TrainConfig, levels: Levels | None = None) -> str:
    """Returns a strip of one image and some of its augmented views."""
    original, *copies = augmented_views(_load(sample.path, config.shape, levels), config, VIEW_COUNT)
    if all(np.array_equal(original, copy) for copy in copies):
        return strip_html(text.train.VIEWS, [], [text.train.VIEWS_NONE])
    images = [CaptionedImage(image_data_url(original), text.train.VIEW_ORIGINAL)] + [
        CaptionedImage(image_data_url(copy), text.train.VIEW.format(number=number))
        for number, copy in enumerate(copies, start=1)
    ]
    return strip_html(text.train.VIEWS, images, [text.train.VIEWS_NOTE])


def augmented_views(image: np.ndarray, config: TrainConfig, count: int) -> list[np.ndarray]:
    """Returns an image as the network sees it, followed by `count` augmented views; none where the config asks for no views.

    Args:
        image: S×S×3 uint8 RGB.
        config: Settings; with `align` the part is turned upright first.
        count: Number of views.
    """
    # Both import torch, which the start of the page must not wait for.
    from favae_demo.data.transforms.augment import augmented_view
    from favae_demo.training.views import prepare_images, to_tensor

    image = prepare_images(image[None], config)[0]
    original = to_tensor(image[None])[0]
    seeds = range(count) if config.views else ()
    copies = [augmented_view(original, config, seed).permute(1, 2, 0).numpy() for seed in seeds]
    return [image, *copies]


def augmentations_html(category: Category, config: TrainConfig, levels: Levels | None = None) -> str:
    """Returns a strip of the first good part under each kind of augmentation alone; empty where there is none.

    A note names the kinds that are not recommended for the category.
    """
    # Imports torch, which the start of the page must not wait for.
    from favae_demo.data.transforms.augment import kinds

    views = strongest_views(_load(category.train[0].path, config.shape, levels), config)
    if not views:
        return ""
    images = [
        CaptionedImage(
            image_data_url(view),
            text.train.KINDS[kind],
            text.train.KIND_SHARE.format(share=text.formatting.percent(getattr(config, f"{kind}_p"))),
        )
        for kind, view in views.items()
    ]
    recommended = kinds(replace(config, **category_defaults(category.name)))
    others = ", ".join(text.train.KINDS[kind] for kind in views if kind not in recommended)
    warning = text.train.KINDS_HELD.format(kinds=others) if others else ""
    return strip_html(text.train.KINDS_TITLE, images, [text.train.KINDS_NOTE, warning])


def changes_html(sample: Sample, config: TrainConfig, levels: Levels | None = None) -> str:
    """Returns a strip of a good part under the strongest of the changes that are no defect; empty where all changes count."""
    if not config.nuisance or config.score != "whitened":
        return ""
    changed = strongest_changes(_load(sample.path, config.shape, levels), strength=config.nuisance)
    images = [
        CaptionedImage(image_data_url(image), text.train.CHANGES[kind]) for kind, image in changed.items()
    ]
    return strip_html(text.train.CHANGES_TITLE, images, [text.train.CHANGES_NOTE])


def strongest_views(image: np.ndarray, config: TrainConfig) -> dict[str, np.ndarray]:
    """Returns, by kind of augmentation, the one of `TRIALS` views that differs most from the image (S×S×3 uint8)."""
    # Imports torch, which the start of the page must not wait for.
    from favae_demo.data.transforms.augment import kinds, only

    if not config.views:
        return {}
    trials = {kind: augmented_views(image, only(config, kind), TRIALS)[1:] for kind in kinds(config)}
    return {
        kind: max(views, key=lambda view: _mean_difference(view, image)) for kind, views in trials.items()
    }


def _mean_difference(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.abs(first.astype(np.int16) - second).mean())


def mask_html(samples: Sequence[Sample], config: TrainConfig, levels: Levels | None = None) -> str:
    """Returns a strip of images with striped background, and says where the config uses the mask."""
    if config.background == "none":
        return strip_html(text.train.MASK, [], [text.train.MASK_KIND_NONE])
    images = []
    for sample in samples:
        image = _load(sample.path, config.shape, levels)
        part = foreground(image, config.background)
        share = text.train.MASK_SHARE.format(share=text.formatting.percent(1 - part.mean()))
        source = image_data_url(stripe_background(image, part))
        images.append(CaptionedImage(source, text.formatting.kind(sample.defect), share))
    uses = text.train.MASK_USES[config.mask_training, config.mask_score]
    return strip_html(text.train.MASK, images, [f"{text.train.MASK_NOTE} {uses}"])


def stripe_background(image: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Returns a copy of the image with diagonal stripes on the background.

    Args:
        image: H×W×3 uint8 RGB.
        part: H×W bool, False on the background.
    """
    height, width = part.shape
    band = (np.add.outer(np.arange(height), np.arange(width)) // STRIPE) % 2
    mixed = (0.25 * image + 0.75 * STRIPE_COLOURS[band]).astype(np.uint8)
    return np.where(part[..., None], image, mixed)


def evenly_spaced(items: Sequence[T], count: int) -> list[T]:
    """Returns at most `count` items, evenly spaced over all of them, the first included."""
    count = min(count, len(items))
    return [items[i * len(items) // count] for i in range(count)]


def _mask_samples(category: Category) -> list[Sample]:
    """Returns good parts and one with a defect, which shows whether the mask cuts the defect away."""
    defective = [sample for sample in category.test if not sample.is_good]
    return (evenly_spaced(category.train, MASK_COUNT - 1) + evenly_spaced(defective, 1))[:MASK_COUNT]


@lru_cache(maxsize=32)
def _load(path: Path, shape: tuple[int, int], levels: Levels | None) -> np.ndarray:
    return resize(decode(path, levels), shape)
