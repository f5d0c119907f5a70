"""Published layouts of inspection data sets.

A layout is a table of rules: a pattern of file paths inside a category, and the role of those files. The first rule that matches counts.
Patterns ignore upper and lower case.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from favae_demo.data.library.roles import GOOD, MASK, SKIP, TEST, TRAIN


@dataclass(frozen=True)
class Rule:
    """The role of the files of a category whose path matches a pattern.

    Attributes:
        pattern: Regular expression over the whole path inside the category; a group `kind` names the defect, a group `inner` what is left
            of the path inside its folder.
        role: One of `ROLES`; `{kind}` is replaced.
        reason: Why, for people.
    """

    pattern: str
    role: str
    reason: str

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self.pattern, re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """A published way to lay out a data set.

    Attributes:
        name: Of the data set.
        paper: Where it was published.
        signs: Patterns over paths in the source of which each must match a file for the same group `root`, the category's folder.
        rules: What the files of a category are.
        own_names: Whether a category takes its folder's name; otherwise the source's own.
        verbatim: Whether the files are copied byte by byte.
    """

    name: str
    paper: str
    signs: tuple[str, ...]
    rules: tuple[Rule, ...]
    own_names: bool = True
    verbatim: bool = True


_ROOT = r"(?P<root>(?:[^/]+/){0,4}?)"
_ENDING = r"\.[a-z0-9]+"
_GOOD_TRAIN = Rule(r"train/good/(?P<inner>.+)", TRAIN, "train/good holds good parts to learn from")
_GOOD_VALIDATION = Rule(
    r"validation/good/(?P<inner>.+)",
    TRAIN,
    "good parts for the limit; the app holds out some of all good parts itself",
)
_MVTEC_RULES = (
    _GOOD_TRAIN,
    Rule(r"test/good/(?P<inner>.+)", TEST, "test/good holds good parts"),
    Rule(r"ground_truth/(?P<kind>[^/]+)/(?P<inner>.+)", MASK, "ground_truth holds masks"),
    Rule(r"test/(?P<kind>[^/]+)/(?P<inner>.+)", "defect:{kind}", "each folder of test is a kind of defect"),
)

LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "MVTec AD 2",
        "Heckler-Kram et al., The MVTec AD 2 Dataset, 2025",
        (f"{_ROOT}train/good/.+", f"{_ROOT}test_public/.+"),
        (
            _GOOD_TRAIN,
            _GOOD_VALIDATION,
            Rule(r"test_public/good/(?P<inner>.+)", TEST, "test_public/good holds good parts"),
            Rule(r"test_public/ground_truth/(?P<kind>[^/]+)/(?P<inner>.+)", MASK, "ground_truth holds masks"),
            Rule(r"test_public/(?P<kind>[^/]+)/(?P<inner>.+)", "defect:{kind}", "test_public/bad holds defects"),
            Rule(r"test_private(_mixed)?/.+", SKIP, "the publisher keeps secret which of these are good"),
        ),
    ),
    Layout(
        "MVTec LOCO AD",
        "Bergmann et al., Beyond Dents and Scratches, IJCV 2022",
        (f"{_ROOT}train/good/.+", f"{_ROOT}test/(logical|structural)_anomalies/.+"),
        (_GOOD_TRAIN, _GOOD_VALIDATION, *_MVTEC_RULES[1:]),
    ),
    Layout(
        "BTAD",
        "Mishra et al., VT-ADL, ISIE 2021",
        (f"{_ROOT}train/ok/.+", f"{_ROOT}test/ko/.+"),
        (
            Rule(r"train/ok/(?P<inner>.+)", TRAIN, "train/ok holds good parts to learn from"),
            Rule(r"test/ok/(?P<inner>.+)", TEST, "test/ok holds good parts"),
            Rule(r"test/(?P<kind>ko)/(?P<inner>.+)", "defect:ko", "test/ko holds parts with a defect"),
            Rule(r"ground_truth/(?P<kind>[^/]+)/(?P<inner>.+)", MASK, "ground_truth holds masks"),
        ),
    ),
    Layout(
        "MVTec AD layout (also MPDD and others)",
        "Bergmann et al., MVTec AD, CVPR 2019; Jezek et al., MPDD, ICUMT 2021",
        (f"{_ROOT}train/good/.+",),
        (_GOOD_TRAIN, _GOOD_VALIDATION, *_MVTEC_RULES[1:]),
    ),
    Layout(
        "VisA",
        "Zou et al., SPot-the-Difference, ECCV 2022",
        (f"{_ROOT}Data/Images/Normal/.+", f"{_ROOT}Data/Images/Anomaly/.+"),
        (
            Rule(r"Data/Images/Normal/(?P<inner>.+)", GOOD, "Normal holds good parts"),
            Rule(r"Data/Images/Anomaly/(?P<inner>.+)", "defect:anomaly", "Anomaly holds parts with a defect"),
            Rule(r"Data/Masks/(?P<kind>[^/]+)/(?P<inner>.+)", MASK, "Masks holds label images"),
        ),
    ),
    Layout(
        "KolektorSDD",
        "Tabernik et al., Segmentation-based deep-learning approach, J. Intell. Manuf. 2020",
        (rf"{_ROOT}kos\d+/part\d+\.(jpg|png|bmp)", rf"{_ROOT}kos\d+/part\d+_label\.bmp"),
        (
            Rule(rf"(?P<inner>kos\d+/part\d+_label{_ENDING})", MASK, "_label names the mask of a picture"),
            Rule(rf"(?P<inner>kos\d+/part\d+{_ENDING})", "by-mask:good", "good and defective parts lie together; the mask tells"),
        ),
        own_names=False,
    ),
    Layout(
        "KolektorSDD2",
        "Božič et al., Mixed supervision for surface-defect detection, Comput. Ind. 2021",
        (rf"{_ROOT}train/\d+_GT\.png", rf"{_ROOT}test/\d+_GT\.png"),
        (
            Rule(rf"(?P<inner>(train|test)/\d+_GT{_ENDING})", MASK, "_GT names the mask of a picture"),
            Rule(rf"train/(?P<inner>\d+{_ENDING})", "by-mask:train", "good parts have an empty mask"),
            Rule(rf"test/(?P<inner>\d+{_ENDING})", "by-mask:test", "good parts have an empty mask"),
        ),
        own_names=False,
    ),
    Layout(
        "DAGM 2007",
        "Wieler and Hahn, Weakly Supervised Learning for Industrial Optical Inspection, DAGM 2007",
        (rf"{_ROOT}Train/\d+{_ENDING}", rf"{_ROOT}(Train|Test)/Label/\d+_label{_ENDING}"),
        (
            Rule(rf"(?P<inner>(train|test)/label/.+{_ENDING})", MASK, "Label holds the masks"),
            Rule(rf"train/(?P<inner>\d+{_ENDING})", "by-mask:train", "only defects have a label file"),
            Rule(rf"test/(?P<inner>\d+{_ENDING})", "by-mask:test", "only defects have a label file"),
        ),
    ),
    Layout(
        "Magnetic tile defects",
        "Huang et al., Surface defect saliency of magnetic tile, Vis. Comput. 2020",
        (rf"{_ROOT}MT_Free/Imgs/.+\.jpg",),
        (
            Rule(r"(?P<inner>MT_[^/]+/Imgs/.+\.png)", MASK, "a PNG beside a JPEG of the same name is its mask"),
            Rule(r"MT_Free/Imgs/(?P<inner>.+)", GOOD, "MT_Free holds good parts"),
            Rule(r"MT_(?P<kind>[^/]+)/Imgs/(?P<inner>.+)", "defect:{kind}", "each MT_ folder is a kind of defect"),
        ),
        own_names=False,
    ),
    Layout(
        "Casting product images (Kaggle)",
        "Dabhi, Casting product image data for quality inspection, Kaggle 2020",
        (f"{_ROOT}train/ok_front/.+", f"{_ROOT}(train|test)/def_front/.+"),
        (
            Rule(r"train/ok_front/(?P<inner>.+)", TRAIN, "ok_front holds good parts"),
            Rule(r"test/ok_front/(?P<inner>.+)", TEST, "ok_front holds good parts"),
            Rule(r"(?P<inner>(train|test)/def_front/.+)", "defect:def_front", "def_front holds parts with a defect"),
        ),
        own_names=False,
    ),
)  # fmt: skip
