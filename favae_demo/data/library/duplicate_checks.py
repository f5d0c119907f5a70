"""Finds copies and near copies among the images of an upload."""

import numpy as np

from favae_demo.data.library.image_facts import ImageFacts, usable
from favae_demo.data.library.upload import WARN, UploadedImage, UploadFinding, count_of, names_of, noted

# On a 32×32 grey copy, new noise of σ = 4 and JPEG at quality 70 change no value by more than 2.3; two different parts
# of MVTec's bottle, pill, screw, toothbrush and grid differ by at least 6.7 somewhere.
_NEAR = 5
# Near copies come in series: of more than `_ALL_PAIRS` images each is compared with so many before it.
_ALL_PAIRS, _WINDOW = 2000, 200
_LEFT_OUT = {"each": "each counts once", "left": "; they are left out", "so": ", so left out"}


def find_copies(
    parts: list[UploadedImage], facts: list[ImageFacts | str], keep: bool
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    """Notes images that are given more than once, in training and test, or as good and defect; unless `keep`, they are left out."""
    first: dict[str, int] = {}
    twice, both, leaks = [], [], []
    for i, fact in usable(parts, facts):
        earlier = first.setdefault(fact.digest, i)
        if earlier == i:
            continue
        if parts[earlier].good != parts[i].good:
            both += [earlier, i]
        elif parts[earlier].in_test != parts[i].in_test:
            leaks.append(i)
        else:
            twice.append(i)
    kinds = (
        (twice, "a copy", "{count} given more than once (as {names}); {each}."),
        (leaks, "a copy of a training picture",
         "{count} for testing {copies} ({names}), which makes results look too good{left}."),
        (both, "good and defect at once", "Given both as good part and as defect{so}: {names}."),
    )  # fmt: skip
    findings = []
    for places, note, sentence in kinds:
        if places:
            parts = noted(parts, places, note, used=None if keep else False)
            values = {"each": "all stay", "left": "", "so": ""} if keep else _LEFT_OUT
            several = len(places) > 1
            copies = "are copies of training pictures" if several else "is a copy of a training picture"
            names = names_of(parts, dict.fromkeys(places))
            findings.append(
                UploadFinding(
                    WARN, sentence.format(count=count_of(len(places)), names=names, copies=copies, **values)
                )
            )
    return parts, findings


def find_near_copies(
    parts: list[UploadedImage], facts: list[ImageFacts | str]
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    """Notes good parts that are almost the same image as an earlier one, such as frames of one video."""
    good = [(i, fact) for i, fact in usable(parts, facts) if parts[i].good]
    if len(good) < 2:
        return parts, []
    small = np.stack([fact.small for _, fact in good]).astype(np.float32)
    near = [good[place][0] for place in _near_places(small)]
    if not near:
        return parts, []
    sentence = (
        f"{count_of(len(near))} almost the same as another one ({names_of(parts, near)}); "
        "photograph different parts, or the model knows too few."
    )
    return noted(parts, near, "almost a copy"), [UploadFinding(WARN, sentence)]


def _near_places(small: np.ndarray) -> list[int]:
    """Places of images (N×32×32) that are almost the same as an earlier one."""
    # No mean of 4×4 pixels differs more than the pixels themselves, so these means rule most pairs out.
    means = small.reshape(len(small), 8, 4, 8, 4).mean(axis=(2, 4)).reshape(len(small), -1)
    flat = small.reshape(len(small), -1)
    window = len(small) if len(small) <= _ALL_PAIRS else _WINDOW
    near = []
    for place in range(1, len(small)):
        start = max(0, place - window)
        close = start + np.flatnonzero(np.abs(means[start:place] - means[place]).max(axis=1) < _NEAR)
        if close.size and np.abs(flat[close] - flat[place]).max(axis=1).min() < _NEAR:
            near.append(place)
    return near
