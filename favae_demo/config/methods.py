"""The methods: FAVAE, and those that it is compared with.

A row says what a method needs and which error maps it gives; its network is a row in `model.networks`, and its settings are a preset.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from favae_demo.config.term_names import term_names

Channels = Sequence[int]
PATCHES = {"image_size": 512, "latent_side": 8}  # rebuilt at 256×256, patch by patch


class Term(NamedTuple):
    """The residual that one error map is made of.

    Attributes:
        channels: Channels of the residual.
        level: How often its sides are halved, beside those of the map.
    """

    channels: int
    level: int = 0


@dataclass(frozen=True)
class Method:
    """One row of the table of methods.

    Attributes:
        title: Name on screen.
        paper: The paper that it follows.
        terms: Returns the terms of the residual by name, for the channels of the teacher's layers.
        teacher: Whether a teacher is `optional`, `needed` or `unused`.
        by_teacher: Whether models with different teachers count as different variants.
        learns: Whether it has a network that is trained by steps of Adam.
        keeps_last: Whether the last weights are kept and not those with the lowest held-out loss, which says nothing of adversaries.
        rebuilds: Whether it rebuilds pictures.
        texture: Changes of its settings for a category of textures.
        weights: Weight of a term in the combined map, where that is not 1.
        exponents: Exponents of the maps' scores in the image score, see `Calibration.exponents`; empty for the combined map's alone.
        format: Lowest version of the file format that knows the method.
    """

    title: str
    paper: str
    terms: Callable[[Channels], dict[str, Term]]
    teacher: str = "unused"
    by_teacher: bool = False
    learns: bool = True
    keeps_last: bool = False
    rebuilds: bool = True
    texture: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    exponents: Mapping[str, float] = field(default_factory=dict)
    format: int = 4


def _pixels_and_layers(channels: Channels) -> dict[str, Term]:
    names = term_names(len(channels))
    return {
        name: Term(count, level)
        for level, (name, count) in enumerate(zip(names, (3, *channels), strict=True))
    }


METHODS = {
    "favae": Method(
        "FAVAE",
        "Dehaene and Eline 2020, arXiv 2008.05369",
        _pixels_and_layers,
        teacher="optional",
        by_teacher=True,
        format=1,
    ),
    "ae": Method(
        "AE", "Bergmann et al. 2018, arXiv 1807.02011", lambda channels: {"pixels": Term(3)}, texture=PATCHES
    ),
    "ae-ssim": Method(
        "AE (SSIM)",
        "Bergmann et al. 2018, arXiv 1807.02011",
        lambda channels: {"ssim": Term(3)},
        texture=PATCHES,
    ),
    "deep-svdd": Method(
        "Deep SVDD",
        "Ruff et al. 2018, ICML",
        lambda channels: {"sphere": Term(1, 3)},
        rebuilds=False,
    ),
    "anogan": Method(
        "f-AnoGAN",
        "Schlegl et al. 2017, arXiv 1703.05921, and 2019",
        lambda channels: {"pixels": Term(3), "critic": Term(1, 3)},
        keeps_last=True,
    ),
    "dagmm": Method(
        "DAGMM",
        "Zong et al. 2018, ICLR",
        lambda channels: {"rebuilt": Term(1, 3), "energy": Term(1, 3)},
        teacher="needed",
        rebuilds=False,
        weights={"energy": 0.0},
        exponents={"energy": 1.0},
    ),
    "padim": Method(
        "PaDiM",
        "Defard et al. 2021, arXiv 2011.08785",
        lambda channels: {"places": Term(1, 2)},
        teacher="needed",
        learns=False,
        rebuilds=False,
    ),
    "patchcore": Method(
        "PatchCore",
        "Roth et al. 2022, arXiv 2106.08265",
        lambda channels: {},  # its map is that of the memory
        teacher="needed",
        learns=False,
        rebuilds=False,
    ),
}
