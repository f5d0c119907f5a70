"""Finds the files that a table or an annotation names."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from pathlib import PurePosixPath

from favae_demo.core.files import display_name
from favae_demo.data.library.vocabulary import MASK_WORDS, plain, split_name, split_of

_MOST_NAMESAKES = 200  # images of one file name that are told apart by their folders


class PathFinder:
    """Finds the path in the source of an image that a table names by a path of another folder."""

    def __init__(self, images: Sequence[str]):
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in images:
            self._by_name[path.rpartition("/")[2].lower()].append(path)
        self._by_stem: dict[str, list[str]] = defaultdict(list)  # tables may leave the ending out
        for path in images:
            self._by_stem[PurePosixPath(path).stem.lower()].append(path)
        self.lost: list[str] = []

    def holds(self, written: str) -> bool:
        """Whether some image has the name, with its ending or without."""
        return bool(self._namesakes(written.replace("\\", "/")))

    def find(self, written: str, beside: str, *, is_mask: bool = False) -> str:
        """The path with most folders in common with the written one; empty, and noted as lost, if there is not a single one.

        Args:
            written: As a table names it.
            beside: Path of the table.
            is_mask: Whether it is a mask, which a folder of masks may hold under its picture's name.
        """
        best = self._best(written, beside)
        for fits in (lambda path: _is_below(path, MASK_WORDS) == is_mask, _fitssplit_name(beside)):
            best = [path for path in best if fits(path)] or best
        if len(best) != 1:
            self.lost.append(written)
            return ""
        return best[0]

    def remarks(self) -> tuple[str, ...]:
        """A sentence on what was not found."""
        lost = list(dict.fromkeys(self.lost))
        if not lost:
            return ()
        names = ", ".join(repr(display_name(path, 80)) for path in lost[:3])
        more = f" and {len(lost) - 3:,} more" if len(lost) > 3 else ""
        what = (
            "1 file that a table names is"
            if len(lost) == 1
            else f"{len(lost):,} files that a table names are"
        )
        return (f"{what} not there, or several have that name: {names}{more}.",)

    def _best(self, written: str, beside: str) -> list[str]:
        written = written.strip().replace("\\", "/")
        candidates = self._namesakes(written)
        if len(candidates) > _MOST_NAMESAKES:
            candidates = [path for path in candidates if path.endswith(written.lstrip("./"))][:2]
        folders = (PurePosixPath(beside).parent / written).parts
        common = {path: _common_end(path, folders) for path in candidates}
        most = max(common.values(), default=0)
        return [path for path in candidates if common[path] == most]

    def _namesakes(self, written: str) -> list[str]:
        name = written.strip().rpartition("/")[2].lower()
        return self._by_name.get(name) or self._by_stem.get(name, [])


def _is_below(path: str, words: Collection[str]) -> bool:
    return any(plain(part) in words for part in path.split("/")[:-1])


def _fitssplit_name(table: str) -> Callable[[str], bool]:
    """Whether a path lies in the split that a table's name says, as `instances_train.json` does."""
    named = {split_name(word) for word in re.split(r"[^a-z]+", table.rpartition("/")[2].lower())} - {""}
    return lambda path: len(named) == 1 and split_of(path) in named


def _common_end(path: str, folders: tuple[str, ...]) -> int:
    mine = [part.lower() for part in PurePosixPath(path).parts]
    same = 0
    for left, right in zip(reversed(mine), reversed(folders), strict=False):
        if left != right.lower():
            break
        same += 1
    return same
