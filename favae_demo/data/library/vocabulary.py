"""The words by which people name folders and files of good parts, of defects, of masks, and of splits."""

import re
import unicodedata

GOOD_WORDS = frozenset({
    "good", "ok", "okay", "io", "normal", "nominal", "ok_front", "free", "mt_free", "nondefective",
    "non_defective", "no_defect", "no_defects", "nodefect", "defect_free", "defectfree", "pass",
    "passed", "healthy", "goods", "normals", "negative_good", "good_part", "good_parts", "goodpart",
    "goodparts", "flawless", "intact", "golden", "without_defect", "without_defects",
    "gut", "gute", "gutteil", "gutteile", "i_o", "in_ordnung", "fehlerfrei", "ohne_defekt",
    "ohne_defekte", "einwandfrei", "ohne_fehler",
})  # fmt: skip
BAD_WORDS = frozenset({
    "ng", "ko", "nok", "nio", "bad", "defect", "defects", "defective", "def", "def_front", "anomaly",
    "anomalies", "anomalous", "abnormal", "fail", "failed", "faulty", "reject", "rejects", "rejected",
    "scrap", "broken", "damaged", "scratch", "scratches", "scratched", "crack", "cracks", "cracked",
    "dent", "dents", "hole", "holes", "stain", "stains", "contamination", "cut", "bent", "missing",
    "chipped", "chip", "burr", "pit", "pits", "rust", "blowhole", "break", "fray", "uneven",
    "mt_blowhole", "mt_break", "mt_crack", "mt_fray", "mt_uneven", "logical_anomalies",
    "structural_anomalies", "not_ok", "no_ok", "notok", "not_good", "no_good", "bad_part", "bad_parts",
    "fault", "faults", "flaw", "flaws", "damage", "with_defect", "with_defects",
    "schlecht", "schlechte", "schlechtteil", "schlechtteile", "n_i_o", "nicht_ok", "nicht_gut",
    "mit_defekt", "mit_defekten", "mit_fehler", "mit_fehlern", "nicht_in_ordnung", "fehler",
    "fehlerhaft", "fehlteil", "fehlteile", "defekt", "defekte", "defekt_teile", "ausschuss", "kratzer",
    "riss", "risse", "delle", "dellen", "loch", "loecher", "bruch", "gebrochen", "beschaedigt",
    "beschaedigung", "verschmutzt", "verschmutzung", "fleck", "flecken", "anomalie", "anomalien",
})  # fmt: skip
TRAIN_WORDS = frozenset({
    "train", "training", "trainset", "train_set",
})  # fmt: skip
TEST_WORDS = frozenset({
    "test", "testing", "testset", "test_set", "val", "valid", "validation", "test_public", "eval",
    "evaluation",
    "pruefung", "pruefen",
})  # fmt: skip
MASK_WORDS = frozenset({
    "ground_truth", "groundtruth", "gt", "gts", "mask", "masks", "label", "labels", "segmentation",
    "segmentations", "segmask", "seg", "annotations", "annotation",
    "maske", "masken",
})  # fmt: skip
MASK_ENDING = re.compile(
    r"^(?P<stem>.+?)[_\-. ]+(mask|masks|maske|label|labels|gt|seg|groundtruth|ground_truth)$", re.I
)
MASK_START = re.compile(r"^(mask|maske|gt|label|seg)[_\-. ]+(?P<stem>.+)$", re.I)
CAMERA = re.compile(r"^(cam|camera|view|kamera|station|side|c|v)[_\- ]?\d{1,3}$", re.I)
IMAGE_WORDS = frozenset({
    "image", "images", "img", "imgs", "picture", "pictures", "photo", "photos", "data", "rgb",
    "bild", "bilder", "foto", "fotos", "aufnahmen",
})  # fmt: skip
_NOUNS = frozenset({
    "part", "parts", "piece", "pieces", "sample", "samples", "item", "items", "product", "products",
    "teil", "teile", "bauteil", "bauteile", "stueck", "stuecke", "muster",
}) | IMAGE_WORDS  # fmt: skip
# 2024-01-31, 20240131 or 31.1.2024, perhaps with a time; other numbers may be those of products.
_DATE = re.compile(
    r"((19|20)\d\d([-_. ])\d\d?\3\d\d?|(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|\d\d?\.\d\d?\.(\d\d){1,2})"
    r"([-_ T]\d+([-_:.h]\d+)*)?$"
)
_VIEWS = frozenset({
    "left", "right", "top", "bottom", "front", "back", "rear", "upper", "lower",
    "links", "rechts", "oben", "unten", "vorne", "hinten",
})  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def plain(word: str) -> str:
    """A folder's name as it stands in the tables of words; umlauts, in either form of Unicode, are two letters there."""
    letters = unicodedata.normalize("NFC", word).strip().lower().translate(_UMLAUTS)
    return re.sub(r"[\s\-.]+", "_", letters).strip("_")


def telling_word(folder: str) -> str:
    """A folder's name as in the tables, without what says nothing beside a word of them: `Gute Teile` and `01_gute` are `gute`."""
    whole = plain(folder)
    words = [word for word in whole.split("_") if word not in _NOUNS and not word.isdigit()]
    known = GOOD_WORDS | BAD_WORDS | MASK_WORDS | TRAIN_WORDS | TEST_WORDS
    return "_".join(words) if whole not in known and "_".join(words) in known else whole


def is_view(folder: str) -> bool:
    """Whether a folder's name tells a camera, a side or a day, of which each holds the same kinds of parts."""
    return bool(CAMERA.match(folder) or _DATE.match(folder)) or plain(folder) in _VIEWS


def is_neutral(folder: str) -> bool:
    """Whether a folder's name says nothing of the parts in it, as `images` or `cam1`."""
    return plain(folder) in IMAGE_WORDS or is_view(folder)


def mask_stem(stem: str) -> str:
    """A file's stem without a word for masks at its start or end: `003_mask` becomes `003`."""
    return next((match["stem"] for form in (MASK_ENDING, MASK_START) if (match := form.match(stem))), stem)


def split_name(word: str) -> str:
    """Returns `train` or `test` if a word names such a split, else an empty string."""
    word = telling_word(word)
    return "train" if word in TRAIN_WORDS else "test" if word in TEST_WORDS else ""


def split_of(path: str) -> str:
    """Returns the split that a folder of a path names, or an empty string."""
    return next((split for part in path.split("/")[:-1] if (split := split_name(part))), "")
