"""Published figures on MVTec AD, by category: the project report's own and those of other methods, each with its source.

They are quoted, not measured here, and not on equal terms: the other methods see larger images.
"""

from dataclasses import dataclass

CATEGORIES = ("bottle", "grid", "pill", "screw", "toothbrush")
MEAN = "mean of 15"  # stands for a category: the mean over all fifteen of MVTec AD
Figures = tuple[float | None, ...]


@dataclass(frozen=True)
class Method:
    """A method's figures in the order of `CATEGORIES`, then `MEAN`; None where the source gives none.

    Attributes:
        name: What the source calls it.
        size: Width and height of the images it sees, in pixels; None where the source does not say.
        source: Where the figures stand.
        pixel_auroc: In [0, 1].
        image_auroc: In [0, 1].
        aupro: In [0, 1], up to a false-positive rate of 0.3.
        teacher: For the report's own variants: the teacher of our model that it compares with.
    """

    name: str
    size: int | None
    source: str
    pixel_auroc: Figures
    image_auroc: Figures = (None,) * 6
    aupro: Figures = (None,) * 6
    teacher: str | None = None


@dataclass(frozen=True)
class PublishedRow:
    """A method's figures on one category; attributes as in `Method`, None where there is none."""

    name: str
    size: int | None
    source: str
    pixel_auroc: float | None
    image_auroc: float | None
    aupro: float | None
    teacher: str | None = None


REPORT = "Project report (Univ. Verona, 2024), Table 6.1"
IM_IAD = "IM-IAD benchmark, README"
METHODS = (
    Method("Report: VAE", 128, REPORT, (0.45, 0.65, 0.32, 0.56, 0.67, None), teacher="none"),
    Method("Report: VAE + VGG16", 128, REPORT, (0.957, 0.901, 0.930, 0.986, 0.981, None), teacher="vgg16"),
    Method("Report: VAE + VGG19", 128, REPORT, (0.931, 0.883, 0.893, 0.975, 0.941, None), teacher="vgg19"),
    Method(
        "FAVAE", None, "Dehaene and Eline, arXiv 2008.05369", (None, None, None, None, None, 0.953)
    ),
    # The columns of this row are permuted in that README (a share of 40 % defects can only be the transistor's).
    Method(
        "FAVAE, run again", None, f"{IM_IAD}, columns put in order",
        (0.958, 0.500, 0.868, 0.948, 0.828, 0.889),
        (0.971, 0.739, 0.546, 0.657, 0.503, 0.793),
        (0.874, 0.178, 0.767, 0.817, 0.504, 0.749),
    ),
    Method(
        "PaDiM", 256, "anomalib, README of PaDiM",
        (0.985, 0.970, 0.966, 0.988, 0.991, 0.979), (0.999, 0.942, 0.939, 0.845, 0.942, 0.950),
    ),
    Method(
        "PatchCore 25 %", 224, "Roth et al., CVPR 2022",
        (0.986, 0.987, 0.974, 0.994, 0.987, 0.981), (1.0, 0.982, 0.966, 0.981, 1.0, 0.991),
        (0.962, 0.960, 0.932, 0.979, 0.915, 0.934),
    ),
    Method(
        "EfficientAD-M", 256, "EfficientAD re-implementations of nelson1425 and rximg, READMEs",
        (0.989, 0.993, 0.983, 0.996, 0.987, None), (1.0, 1.0, 0.991, 0.974, 1.0, 0.991),
        (0.957, 0.892, 0.964, 0.973, 0.945, 0.937),
    ),
    Method(
        "Reverse distillation", None, IM_IAD,
        (0.988, 0.993, 0.982, 0.996, 0.991, 0.978), (0.999, 1.0, 0.968, 0.978, 0.997, 0.986),
        (0.968, 0.976, 0.964, 0.978, 0.945, 0.939),
    ),
    Method(
        "DRAEM", None, IM_IAD,
        (0.993, 0.996, 0.976, 0.997, 0.981, 0.975), (0.969, 1.0, 0.968, 0.992, 0.997, 0.981),
    ),
    Method(
        "Dinomaly", 392, "Guo et al., CVPR 2025",
        (0.990, 0.994, 0.980, 0.997, 0.989, 0.984), (1.0, 0.999, 0.995, 0.986, 1.0, 0.997),
        (0.966, 0.972, 0.973, 0.983, 0.953, 0.948),
    ),
)  # fmt: skip


def figures(category: str) -> list[PublishedRow]:
    """Returns the published figures for a category of MVTec AD, those of the report first; an empty list for other data.

    Args:
        category: Name of the category, as `bottle`, or `MEAN`.
    """
    columns = (*CATEGORIES, MEAN)
    if category not in columns:
        return []
    column = columns.index(category)
    rows = (
        PublishedRow(
            method.name, method.size, method.source,
            method.pixel_auroc[column], method.image_auroc[column], method.aupro[column], method.teacher,
        )
        for method in METHODS
    )  # fmt: skip
    return [row for row in rows if (row.pixel_auroc, row.image_auroc, row.aupro) != (None, None, None)]
