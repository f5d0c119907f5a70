"""The presets: complete sets of training settings."""

from dataclasses import replace
from typing import Any

from favae_demo.config.adaptation import texture_training
from favae_demo.config.methods import METHODS
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import ConfigError

PAPER = TrainConfig()

# A compact network on precomputed features. Tap, step length, image score and mask were chosen with the test results in view;
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

# Encodes the teacher's features of a larger image into a spatial code, and whitens errors by the variation of good parts. The effect of each
# choice is measured by `python -m favae_demo ablation`.
EXTENDED = replace(
    QUICK,
    preset="extended",
    teacher="efficientnet-lite0",
    adapt=True,
    image_size=256,
    align=True,
    register=True,
    encoder="features",
    latent=64,
    latent_side=8,
    epochs=200,
    patience=200,
    max_steps=400,
    optimiser="muon",
    learning_rate=8e-3,
    weight_average=0.99,
    kl_weight=0.1,
    balance_layers=True,
    views=0,
    score="whitened",
    pixel_weight=0.0,
    neighbours=True,
    top_share=0.003,
    nuisance=1.0,
    memory=2000,
    memory_whitened=False,
    blur=1.5,
    snapshot_every=5,
)

# The other methods of the report's chapter 3, with the figures of their papers where a processor allows it; see docs/method.md.
AE = replace(
    QUICK,
    preset="ae",
    method="ae",
    teacher="none",
    bank=False,
    learning_rate=2e-3,
    max_steps=1000,
    epochs=200,
    patience=200,
    score="sum",
    image_score="max",
    blur=2.0,
    snapshot_every=10,
)
AE_SSIM = replace(AE, preset="ae-ssim", method="ae-ssim")
DEEP_SVDD = replace(
    AE,
    preset="deep-svdd",
    method="deep-svdd",
    width=0.5,
    latent=128,
    learning_rate=1e-3,
    weight_decay=5e-6,
    weight_average=0.0,
)
ANOGAN = replace(AE, preset="anogan", method="anogan", learning_rate=5e-4, weight_decay=0.0)
DAGMM = replace(
    AE,
    preset="dagmm",
    method="dagmm",
    teacher="efficientnet-lite0",
    image_size=256,
    align=True,
    views=0,
    bank=True,
    batch_size=4,
    max_steps=3000,
    learning_rate=1e-3,
    latent_side=8,
)
# Methods that compare a teacher's features with those of good parts, without a network that learns; see docs/method.md.
PADIM = replace(
    EXTENDED,
    preset="padim",
    method="padim",
    encoder="picture",
    memory=0,
    nuisance=0.0,
    score="sum",
    neighbours=False,
    image_score="max",
    pixel_weight=1.0,
    blur=2.0,
)
PATCHCORE = replace(
    PADIM, preset="patchcore", method="patchcore", memory=2000, memory_layer="middle", memory_whitened=False
)
# The first answer: a memory of few, whitened patches, from features as the teacher gives them.
INSTANT = replace(
    PATCHCORE,
    preset="instant",
    memory=1000,
    memory_layer="coarse",
    memory_whitened=True,
    standardise=False,
    image_score="top",
    top_share=EXTENDED.top_share,
)

PRESETS = {
    "instant": INSTANT,
    "quick": QUICK,
    "extended": EXTENDED,
    "paper": PAPER,
    "ae": AE,
    "ae-ssim": AE_SSIM,
    "deep-svdd": DEEP_SVDD,
    "anogan": ANOGAN,
    "dagmm": DAGMM,
    "padim": PADIM,
    "patchcore": PATCHCORE,
}
# The preset by which each method is compared with the others, and the two that are offered beside them.
METHOD_PRESETS = {"favae": "extended", "favae-quick": "quick", "instant": "instant"} | {
    config.method: name for name, config in PRESETS.items() if name == config.method
}
COMPARED = tuple(name for name, config in PRESETS.items() if name == config.method)  # methods of others
ANY_TEACHER = ("quick", "paper")  # presets that suit each teacher; the others are made for their own
# Changes for the plain VAE, which has no features.
PLAIN = {"encoder": "picture", "pixel_weight": 1.0, "memory": 0}


def make_config(preset: str, category: str | None = None, **changes: Any) -> TrainConfig:
    """Returns a preset's settings, adapted to a category, with explicit changes on top.

    Args:
        preset: A key of `PRESETS`.
        category: Its background and the augmentations that it allows replace the preset's; None keeps the preset's. The preset `paper`
            has the report's settings for every category.
        changes: Fields of `TrainConfig` with their values.

    Raises:
        ConfigError: The preset is unknown, or a value is out of range.

    Examples:
        >>> from favae_demo import make_config
        >>> config = make_config("quick", "bottle", teacher="vgg19", max_steps=200)
        >>> config.teacher, config.max_steps, config.background
        ('vgg19', 200, 'light')
    """
    from favae_demo.config.categories import category_defaults, category_info

    if preset not in PRESETS:
        raise ConfigError(f"There is no preset called {preset!r}. Known: {', '.join(PRESETS)}.")
    own = {} if preset == "paper" or category is None else category_defaults(category)
    if category is not None and category_info(category).texture:
        own |= {**METHODS[PRESETS[preset].method].texture, **texture_training(PRESETS[preset])}
    plain = PLAIN if changes.get("teacher") == "none" else {}
    return replace(PRESETS[preset], **(own | plain | changes))
