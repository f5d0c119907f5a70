"""Understands folders without a published layout by the words in their names and in the file names; what they leave open stays open."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from favae_demo.data.library.listing import Listing
from favae_demo.data.library.plan_rows import CategoryPlan, PlanRow
from favae_demo.data.library.roles import ASK, DEFECT, GOOD, MASK, SKIP, TEST, TRAIN
from favae_demo.data.library.unnamed_images import paired_masks, plan_unnamed
from favae_demo.data.library.vocabulary import (
    BAD_WORDS,
    GOOD_WORDS,
    IMAGE_WORDS,
    MASK_ENDING,
    MASK_START,
    MASK_WORDS,
    TEST_WORDS,
    TRAIN_WORDS,
    is_neutral,
    is_view,
    mask_stem,
    plain,
    telling_word,
)

_WORD = r"[^\W\d_]+"
_PHRASES = [
    rf"(?:{_WORD}[_\-. ]+){{{more}}}{_WORD}" for more in (2, 1, 0)
]  # longest first: `not ok` is not `ok`
_STARTS = [re.compile(rf"({phrase})(?=$|[\W\d_])") for phrase in _PHRASES]
_ENDS = [re.compile(rf"(?<=[\W\d_])({phrase})[_\-. ]*$") for phrase in _PHRASES]
_NEGATIONS = ("no", "not", "non", "without", "nicht", "kein", "keine", "ohne")


@dataclass(frozen=True)
class _Sign:
    """What a file's own name and folders say.

    Attributes:
        path: The file.
        role: A role, or `ASK`.
        reason: The word that says so.
        start: Number of folders above the first that says something: the category's folder.
        pattern: What the file has in common with others of the same sign.
        doubt: What speaks against the role, or an empty string.
    """

    path: str
    role: str
    reason: str
    start: int
    pattern: str
    doubt: str = ""


def plan_by_names(listing: Listing) -> tuple[CategoryPlan, ...]:
    """Returns the categories of a folder that people have named themselves."""
    common = _common_folders(listing.images)
    stems = {_stem(path) for path in listing.images}
    signs = [_sign(path, common, stems) for path in listing.images]
    signs = _with_paired_masks(_with_kinds_of_test(signs), listing)
    signs = _others_are_good(_by_their_masks(signs))
    if all(sign.role == ASK for sign in signs):
        return (CategoryPlan(listing.name, "", plan_unnamed(listing)),)
    return _categories(listing.name, signs)


def _common_folders(paths: Sequence[str]) -> int:
    """Number of folders that all paths share, which tell nothing of the differences between them."""
    folders = [path.split("/")[:-1] for path in paths]
    return next(
        (depth for depth, parts in enumerate(zip(*folders, strict=False)) if len(set(parts)) > 1),
        min(map(len, folders), default=0),
    )


def _sign(path: str, common: int, stems: Collection[str]) -> _Sign:
    folders = path.split("/")[:-1]
    words = [telling_word(folder) for folder in folders]
    naming = [i for i, word in enumerate(words) if word in _TELLING or is_view(folders[i])]
    # A word that all share, as the parts' own name may be, counts only if it is the folder's last one.
    naming = [i for i in naming if i >= common or i == len(words) - 1 or words[i] in _SPLITS]
    start = min(naming, default=len(folders))
    folder = "/".join(folders)
    pattern = f"{folder}/*" if folder else "*"
    if any(words[i] in MASK_WORDS and i >= common for i in naming) or _names_mask(path, stems):
        ending = "" if any(words[i] in MASK_WORDS for i in naming) else _mask_ending(path)
        return _Sign(path, MASK, "named as masks", start, pattern + ending)
    split = next((_SPLITS[words[i]] for i in naming if words[i] in _SPLITS), "")
    for i in reversed(naming):
        if words[i] in GOOD_WORDS:
            return _Sign(path, split or GOOD, f"{folders[i]!r} names good parts", start, pattern)
        if words[i] in BAD_WORDS:
            kind = _kind_below(folders, i)
            return _Sign(path, f"defect:{kind}", f"{folders[i]!r} names a defect", start, pattern)
    return _from_name(path, split, start, pattern)


def _kind_below(folders: Sequence[str], place: int) -> str:
    """A folder inside one of defects in general names their kind."""
    if telling_word(folders[place]) not in _ANY_DEFECT:
        return folders[place]
    return next((part for part in folders[place + 1 :] if _may_be_kind(part)), folders[place])


def _may_be_kind(folder: str) -> bool:
    return not is_neutral(folder) and telling_word(folder) not in _SPLITS and any(map(str.isalpha, folder))


_SPLITS = dict.fromkeys(TRAIN_WORDS, TRAIN) | dict.fromkeys(TEST_WORDS, TEST)
_ANY_DEFECT = frozenset({
    "ng", "ko", "nok", "nio", "n_i_o", "bad", "defect", "defects", "defective", "def", "anomaly", "anomalies", "anomalous", "abnormal",
    "reject", "rejects", "rejected", "scrap", "faults", "flaws", "not_ok", "schlecht", "fehler", "defekt", "defekte", "ausschuss",
    "anomalie", "anomalien",
})  # fmt: skip
_TELLING = GOOD_WORDS | BAD_WORDS | MASK_WORDS | IMAGE_WORDS | _SPLITS.keys()


def _from_name(path: str, split: str, start: int, pattern: str) -> _Sign:
    """A file name that begins or ends with a telling word."""
    stem = _name_stem(path)
    folder = pattern.removesuffix("*")
    for phrase, place in (
        (_telling([form.match(stem) for form in _STARTS]), "{}*"),
        (_telling([form.search(stem) for form in _ENDS]), "*{}.*"),
    ):
        if not phrase:
            continue
        shown = folder + place.format(phrase)
        if plain(phrase) in GOOD_WORDS:
            return _Sign(path, split or GOOD, f"{phrase!r} in the file name names good parts", start, shown)
        return _Sign(path, f"defect:{phrase}", f"{phrase!r} in the file name names a defect", start, shown)
    return _Sign(path, ASK, "nothing says what these are", start, pattern)


def _telling(matches: Iterable[re.Match[str] | None]) -> str:
    """The longest phrase that is a word for good parts or for defects; a word that another one negates says nothing."""
    for match in matches:
        if match is None:
            continue
        phrase = plain(match[1])
        if phrase in GOOD_WORDS or phrase in BAD_WORDS:
            return match[1]
        if phrase.count("_") == 1 and phrase.partition("_")[0] in _NEGATIONS:
            return ""
    return ""


def _name_stem(path: str) -> str:
    return PurePosixPath(path).stem


def _stem(path: str) -> str:
    return _name_stem(path).lower()


def _names_mask(path: str, stems: Collection[str]) -> bool:
    """Whether a name is another picture's with a word for a mask."""
    stem = _stem(path)
    return any((match := form.match(stem)) and match["stem"] in stems for form in (MASK_ENDING, MASK_START))


def _mask_ending(path: str) -> str:
    match = MASK_ENDING.match(_name_stem(path))
    return f"{_name_stem(path)[len(match['stem']) :]}.*" if match else ""


def _with_kinds_of_test(signs: list[_Sign]) -> list[_Sign]:
    """Below a folder `test` any other folder is a kind of defect, as in MVTec AD."""
    return [_kind_of_test(sign) if sign.role == ASK else sign for sign in signs]


def _kind_of_test(sign: _Sign) -> _Sign:
    folders = sign.path.split("/")[:-1]
    place = next((i for i, part in enumerate(folders) if _SPLITS.get(telling_word(part)) == TEST), None)
    below = [] if place is None else [part for part in folders[place + 1 :] if not is_neutral(part)]
    if not below:
        return sign
    return replace(sign, role=f"defect:{below[0]}", reason="each folder of a test set is a kind of defect")


def _with_paired_masks(signs: list[_Sign], listing: Listing) -> list[_Sign]:
    """Of a picture and its mask that share one name, the mask is no picture, whatever the folder is called."""
    if all(sign.role in (ASK, MASK) for sign in signs):
        return signs  # that is decided where nothing else is known
    masks = paired_masks(listing)
    return [
        replace(
            sign,
            role=MASK,
            reason="a picture and its mask share one name",
            pattern=f"{sign.pattern}{PurePosixPath(sign.path).suffix.lower()}",
        )
        if sign.path in masks
        else sign
        for sign in signs
    ]


def _by_their_masks(signs: list[_Sign]) -> list[_Sign]:
    """Pictures of which nothing but a mask tells what they are: all of a folder must have one."""
    masked = {mask_stem(_stem(sign.path)) for sign in signs if sign.role == MASK}
    if not masked:
        return signs
    lacking = {sign.pattern for sign in signs if sign.role == ASK and _stem(sign.path) not in masked}
    return [
        replace(sign, role="by-mask:good", reason="their masks tell which have a defect")
        if sign.role == ASK and sign.pattern not in lacking
        else replace(
            sign, role="by-mask:good", reason="they have a mask", pattern=f"{sign.pattern} with a mask"
        )
        if sign.role == ASK and _stem(sign.path) in masked
        else sign
        for sign in signs
    ]


def _others_are_good(signs: list[_Sign]) -> list[_Sign]:
    """Where only the defects of one folder are named as such, the others are the good parts."""
    folders = {sign.path.rpartition("/")[0] for sign in signs}
    roles = {sign.role.partition(":")[0] for sign in signs}
    if len(folders) > 1 or roles != {ASK, DEFECT}:
        return signs
    named = next(sign.pattern for sign in signs if sign.role != ASK)
    doubt = f"'{named}' names defects, so the others are taken as good parts"
    return [
        replace(sign, role=GOOD, reason=doubt, doubt=doubt) if sign.role == ASK else sign for sign in signs
    ]


def _categories(name: str, signs: Sequence[_Sign]) -> tuple[CategoryPlan, ...]:
    roots = _roots(signs)
    by_root: dict[str, list[_Sign]] = {root: [] for root in roots}
    outside: list[_Sign] = []
    for sign in signs:
        root = next((root for root in roots if sign.path.startswith(root)), None)
        (outside if root is None else by_root[root]).append(sign)
    plans = [
        CategoryPlan(
            name if len(roots) == 1 else root.rstrip("/").rpartition("/")[2], root, _rows(paths_in, root)
        )
        for root, paths_in in by_root.items()
    ]
    if outside:
        left = [
            replace(sign, role=SKIP, reason="they lie outside the folders of the categories")
            for sign in outside
        ]
        plans[0] = replace(plans[0], rows=(*plans[0].rows, *_rows(left, "")))
    return tuple(plans)


def _roots(signs: Iterable[_Sign]) -> list[str]:
    """Folders of the categories: those that hold folders of good parts; one for all if one lies in another."""
    folders = {tuple(sign.path.split("/")[: sign.start]) for sign in signs if sign.role in (GOOD, TRAIN)}
    folders = folders or {tuple(sign.path.split("/")[: sign.start]) for sign in signs if sign.role != ASK}
    texts = sorted("".join(f"{part}/" for part in folder) for folder in folders)
    if len(texts) > 1 and any(text.startswith(texts[0]) for text in texts[1:]):
        return [texts[0]]
    return texts


def _rows(signs: Iterable[_Sign], root: str) -> tuple[PlanRow, ...]:
    groups: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for sign in signs:
        groups[sign.pattern.removeprefix(root), sign.role, sign.reason, sign.doubt].append(sign.path)
    return tuple(
        PlanRow(pattern, role, tuple(paths), reason, doubt)
        for (pattern, role, reason, doubt), paths in sorted(groups.items())
    )
