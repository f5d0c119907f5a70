"""Plans for pictures whose folders and file names say nothing: what belongs together, and which of them are masks."""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath

from favae_demo.data.library.listing import Listing
from favae_demo.data.library.mask_images import looks_like_mask
from favae_demo.data.library.plan_rows import PlanRow
from favae_demo.data.library.roles import ASK, GOOD, MASK
from favae_demo.data.library.vocabulary import is_neutral

_PROBED = 4  # files of a group that are opened
_SAME = "pictures without any other sign are taken as good parts"


def plan_unnamed(listing: Listing) -> tuple[PlanRow, ...]:
    """Returns rows for pictures without a telling word: good parts if they lie in one folder and no two belong together."""
    folders = defaultdict(list)
    for path in listing.images:
        names = [part for part in path.split("/")[:-1] if not is_neutral(part)]
        folders["/".join(names)].append(path)
    if len(folders) > 1:  # one of them may well be the defects
        return tuple(
            PlanRow(
                f"{folder}/*".lstrip("/"),
                ASK,
                tuple(paths),
                "nothing says which of the folders are good parts",
            )
            for folder, paths in folders.items()
        )
    return _same_stems(listing) or _same_starts(listing) or (PlanRow("*", GOOD, listing.images, _SAME),)


def paired_masks(listing: Listing) -> frozenset[str]:
    """Returns masks that lie beside a picture of the same name but of another ending, as `bad/3.png` beside `bad/3.jpg`."""
    stems: dict[str, list[str]] = defaultdict(list)
    for path in listing.images:
        stems[path.rpartition(".")[0].lower()].append(path)
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for paths in stems.values():
        for path in paths if len(paths) > 1 else ():
            groups[path.rpartition("/")[0], PurePosixPath(path).suffix.lower()].append(path)
    masks = {key for key, paths in groups.items() if _all_mask_like(paths, listing)}
    both = {folder for folder, _ in groups if all(key in masks for key in groups if key[0] == folder)}
    return frozenset(path for key in masks if key[0] not in both for path in groups[key])


def _same_stems(listing: Listing) -> tuple[PlanRow, ...]:
    """`x.jpg` beside `x.png`: one is the mask of the other, if its pixels are those of a mask."""
    endings: dict[str, list[str]] = defaultdict(list)
    for path in listing.images:
        endings[path.rpartition(".")[0]].append(path)
    pairs = [paths for paths in endings.values() if len(paths) > 1]
    if not pairs:
        return ()
    groups: dict[str, list[str]] = defaultdict(list)
    for path in listing.images:
        groups[PurePosixPath(path).suffix.lower()].append(path)
    paired = {
        ending: [path for pair in pairs for path in pair if path.lower().endswith(ending)]
        for ending in groups
    }
    masks = {ending for ending, paths in paired.items() if paths and _all_mask_like(paths, listing)}
    if len(masks) != 1:
        reason = "pictures of the same name but of other endings belong together, and which are good parts is not known"
        return _rows_of(groups, dict.fromkeys(groups, ASK), reason)
    roles = {ending: MASK if ending in masks else "by-mask:good" for ending in groups}
    return _rows_of(groups, roles, "a picture and its mask share one name")


def _rows_of(groups: dict[str, list[str]], roles: dict[str, str], reason: str) -> tuple[PlanRow, ...]:
    return tuple(PlanRow(f"*{key}", roles[key], tuple(paths), reason) for key, paths in groups.items())


def _all_mask_like(paths: Sequence[str], listing: Listing) -> bool:
    step = max(1, len(paths) // _PROBED)
    chosen = paths[::step][:_PROBED]
    contents = listing.peek(chosen)
    return len(contents) == len(chosen) and all(map(looks_like_mask, contents.values()))


def _same_starts(listing: Listing) -> tuple[PlanRow, ...]:
    """`x_temp.jpg` beside `x_test.jpg`: several pictures of each part, of which some may be no photos of it."""
    starts: dict[str, set[str]] = defaultdict(set)
    groups: dict[str, list[str]] = defaultdict(list)
    for path in listing.images:
        match = re.match(r"^(.*?)[_\-. ]([A-Za-z]+)$", path.rpartition(".")[0])
        start, last = (match[1], match[2]) if match else (path, "")
        starts[start].add(last)
        groups[f"_{last}.*" if last else ".*"].append(path)
    several = sum(len(lasts) > 1 for lasts in starts.values())
    if several < 2 or several * 2 < len(starts):
        return ()
    return _rows_of(groups, dict.fromkeys(groups, ASK), "several pictures share the start of their names")
