"""What a training will see: its good parts, their varied copies, and what counts as background."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from favae_demo.config.categories import category_defaults
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import decode, resize
from favae_demo.data.mvtec import Category, Sample
from favae_demo.data.thumbnails import thumbnails
from favae_demo.data.transforms.masking import foreground
from favae_demo.ui import text
from favae_demo.ui.tabs.train.html import Figure, image_source, strip_html

SAMPLES, VIEWS, MASKED = 6, 5, 3
TRIALS = 8  # views of which the strongest is shown
FEW = 20  # good parts below which a warning is shown
STRIPE = 6  # pixels


def previews(category: Category | None, config: TrainConfig, settings: Settings) -> tuple[str, str, str]:
    """The three previews as HTML: samples, varied copies, background.

    Raises:
        ImageError: A picture cannot be read.
    """
    if category is None or not category.train:
        return strip_html(text.train.SAMPLES, [], [text.train.NO_PICTURES]), "", ""
    return (
        samples_html(category, settings),
        views_html(category.train[0], config) + kinds_html(category, config),
        mask_html(_examples(category), config),
    )


def samples_html(category: Category, settings: Settings) -> str:
    """A few of the good parts, spread over all of them."""
    chosen = spread(category.train, SAMPLES)
    paths = thumbnails(chosen, settings.cache_dir)
    figures = [
        Figure(image_source(path), text.train.SAMPLE.format(number=category.train.index(sample) + 1))
        for path, sample in zip(paths, chosen, strict=True)
    ]
    few = text.train.FEW.format(count=len(category.train)) if len(category.train) < FEW else ""
    return strip_html(text.train.SAMPLES, figures, [few])


def views_html(sample: Sample, config: TrainConfig) -> str:
    """One picture and some of its varied copies under a config."""
    original, *copies = views(_small(sample.path, config.image_size), config, VIEWS)
    if all(np.array_equal(original, copy) for copy in copies):
        return strip_html(text.train.VIEWS, [], [text.train.VIEWS_NONE])
    figures = [Figure(image_source(original), text.train.VIEW_ORIGINAL)] + [
        Figure(image_source(copy), text.train.VIEW.format(number=number))
        for number, copy in enumerate(copies, start=1)
    ]
    return strip_html(text.train.VIEWS, figures, [text.train.VIEWS_NOTE])


def views(image: np.ndarray, config: TrainConfig, count: int) -> list[np.ndarray]:
    """A picture of S×S×3 uint8 as the training sees it, upright where the config says so, and `count` varied copies."""
    from favae_demo.data.transforms.augment import (
        augmented_view,  # these two import torch, which the page's start
    )
    from favae_demo.training.views import seen, to_tensor  # must not wait for

    image = seen(image[None], config)[0]
    original = to_tensor(image[None])[0]
    seeds = range(count) if config.views else ()
    copies = [augmented_view(original, config, seed).permute(1, 2, 0).numpy() for seed in seeds]
    return [image, *copies]


def kinds_html(category: Category, config: TrainConfig) -> str:
    """The first good part under each kind of variation by itself, and which of them the category had better do without."""
    from favae_demo.data.transforms.augment import (
        kinds,  # imports torch, which the page's start must not wait for
    )

    shown = strongest(_small(category.train[0].path, config.image_size), config)
    if not shown:
        return ""
    figures = [
        Figure(
            image_source(view),
            text.train.KINDS[kind],
            text.train.KIND_SHARE.format(share=getattr(config, f"{kind}_p")),
        )
        for kind, view in shown.items()
    ]
    advised = kinds(replace(config, **category_defaults(category.name)))
    held = ", ".join(text.train.KINDS[kind] for kind in shown if kind not in advised)
    careful = text.train.KINDS_HELD.format(kinds=held) if held else ""
    return strip_html(text.train.KINDS_TITLE, figures, [text.train.KINDS_NOTE, careful])


def strongest(image: np.ndarray, config: TrainConfig) -> dict[str, np.ndarray]:
    """For each kind of variation of a config the one of some views that differs most from the picture (S×S×3 uint8)."""
    from favae_demo.data.transforms.augment import kinds, only

    if not config.views:
        return {}
    tried = {kind: views(image, only(config, kind), TRIALS)[1:] for kind in kinds(config)}
    return {kind: max(found, key=lambda view: _difference(view, image)) for kind, found in tried.items()}


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(np.int16) - other).mean())


def mask_html(samples: list[Sample], config: TrainConfig) -> str:
    """Some pictures with their background striped, and what the config does with it."""
    if config.background == "none":
        return strip_html(text.train.MASK, [], [text.train.MASK_KIND_NONE])
    figures = []
    for sample in samples:
        image = _small(sample.path, config.image_size)
        part = foreground(image, config.background)
        share = text.train.MASK_SHARE.format(share=1 - part.mean())
        figures.append(Figure(image_source(striped(image, part)), text.formatting.kind(sample.defect), share))
    uses = text.train.MASK_USES[config.mask_training, config.mask_score]
    return strip_html(text.train.MASK, figures, [f"{text.train.MASK_NOTE} {uses}"])


def striped(image: np.ndarray, part: np.ndarray) -> np.ndarray:
    """A copy of an H×W×3 uint8 picture with diagonal stripes wherever `part` (H×W bool) is False."""
    height, width = part.shape
    band = (np.add.outer(np.arange(height), np.arange(width)) // STRIPE) % 2
    stripes = np.where(band[..., None] > 0, np.uint8([71, 85, 105]), np.uint8([148, 163, 184]))
    mixed = (0.25 * image + 0.75 * stripes).astype(np.uint8)
    return np.where(part[..., None], image, mixed)


def spread(items: tuple, count: int) -> list:
    """At most `count` items, evenly spread over all of them, the first included."""
    count = min(count, len(items))
    return [items[i * len(items) // count] for i in range(count)]


def _examples(category: Category) -> list[Sample]:
    """Two good parts and one with a defect: the mask must not cut the defect away."""
    defective = tuple(sample for sample in category.test if not sample.is_good)
    return (spread(category.train, MASKED - 1) + spread(defective, 1))[:MASKED]


@lru_cache(maxsize=32)
def _small(path: Path, size: int) -> np.ndarray:
    return resize(decode(path), size)
