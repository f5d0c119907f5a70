"""Which mask belongs to which image, by file name."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

_ENDING = "_mask"


def match_masks(images: Sequence[Path], masks: Iterable[Path]) -> dict[Path, tuple[Path | None, str]]:
    """Finds the mask of each image: by its full name (`000.png`, `000.png_mask.png`), else `<stem>_mask`, else its stem, whatever the format.

    A mask that would serve several images serves none of them, and of several masks with equal right none is taken.

    Args:
        images: Images of one folder.
        masks: Masks of one folder.

    Returns:
        By image its mask, or None, and what is wrong with it: a phrase as in 'is the mask of several pictures', or an empty string.
    """
    by_name: dict[str, list[Path]] = defaultdict(list)
    for mask in masks:
        for name in {mask.name, mask.stem, mask.stem.removesuffix(_ENDING)}:
            by_name[name].append(mask)
    own = {image: _only(by_name.get(image.name, ())) for image in images}
    taken = {mask for mask in own.values() if mask is not None}
    sharing: dict[str, list[Path]] = defaultdict(list)
    for image in images:
        if own[image] is None:
            sharing[image.stem].append(image)
    return {
        image: (own[image], "")
        if own[image] is not None
        else _by_stem(by_name[image.stem], taken, sharing[image.stem])
        for image in images
    }


def _only(masks: Sequence[Path]) -> Path | None:
    return masks[0] if len(masks) == 1 else None


def _by_stem(masks: Sequence[Path], taken: set[Path], images: Sequence[Path]) -> tuple[Path | None, str]:
    """The mask of an image that has none of its own full name."""
    free = [mask for mask in masks if mask not in taken]
    named = [mask for mask in free if mask.stem.endswith(_ENDING)] or free
    if not named:
        return None, ""
    if len(images) > 1:
        return named[0], f"belongs to several pictures ({_listed(images)})"
    return named[0], f"is one of several masks ({_listed(named)})" if len(named) > 1 else ""


def _listed(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths[:3]) + (" …" if len(paths) > 3 else "")
