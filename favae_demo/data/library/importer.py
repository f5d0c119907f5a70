"""Adds what an archive or a folder holds: categories in MVTec layout, or any images as good parts."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from favae_demo.config.categories import CATEGORIES
from favae_demo.core.disk_space import check_space
from favae_demo.core.errors import CancelledError, DataError
from favae_demo.data.io import archives, extraction
from favae_demo.data.io.formats import EXTENSIONS
from favae_demo.data.library import own_parts, upload_checks
from favae_demo.data.library.store import (
    Library,
    Origin,
    check_new,
    check_writable,
    clean_name,
    folder_bytes,
    publish,
    staging,
)
from favae_demo.data.mvtec import GOOD

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, how much is done, how much there is or 0)."""
UNPACKING, CHECKING, WRITING = "unpacking", "checking", "writing"
DEEPEST = 3  # folders above a category within an archive
MOST_CATEGORIES = 50


def ignore(stage: str, done: int, total: int) -> None:
    """A progress that nobody watches."""


def add(
    source: Path,
    library: Library,
    name: str | None = None,
    progress: Progress = ignore,
    cancel: Callable[[], bool] = lambda: False,
    *,
    origin: Origin | None = None,
) -> list[str]:
    """Copies the categories of an archive or a folder into the data folder, all or none; the source stays as it is.

    Args:
        source: A ZIP or TAR archive, or a folder. Without MVTec layout inside, all its images are taken as good parts.
        library: Where they are added.
        name: The category's name; by default the folder's own, or the archive's.
        progress: Told what is being done and how far it is.
        cancel: Asked often; True stops, and nothing is left.
        origin: Where it comes from, if its checksum has proved it.

    Returns:
        Names of the categories.

    Raises:
        DataError: It cannot be read, is unsafe, holds no images, or the name is taken.
        CancelledError: `cancel` answered True.
    """

    def tick(stage: str) -> Callable[[int, int], None]:
        def report(done: int, total: int) -> None:
            if cancel():
                raise CancelledError("Stopped; nothing was added.")
            progress(stage, done, total)

        return report

    check_writable(library)
    if source.is_dir():
        check_space({library.data_dir: folder_bytes(source)})
    with staging(library) as inside:
        unpacked, ready = inside / "unpacked", inside / "ready"
        unpacked.mkdir()
        ready.mkdir()
        with _named(source):
            if not extraction.unpack(source, unpacked, tick(UNPACKING)):
                raise DataError(f"There are no pictures in {source.name!r}.")
        found = _categories(unpacked, source, name)
        for each in found:
            check_new(each, library, own=False)
        if not found:
            found = {_only_name(source, name): ready / "own"}
            _loose(unpacked, ready / "own", next(iter(found)), library, tick)
        elif origin is None:
            _check_images(list(found.values()), library.max_pixels, tick(CHECKING))
        for each, root in found.items():
            publish(root, each, origin or _origin(each, source), library.data_dir)
    return list(found)


@contextlib.contextmanager
def _named(source: Path) -> Iterator[None]:
    """A folder that may not be read says so in a sentence."""
    try:
        yield
    except PermissionError as error:
        raise DataError(f"{str(source)!r} may not be read by this app.") from error


def _categories(root: Path, source: Path, name: str | None) -> dict[str, Path]:
    """Categories in MVTec layout by their name."""
    roots = list(_layouts(root, DEEPEST))
    if len(roots) > MOST_CATEGORIES:
        raise DataError(f"{source.name!r} holds more than {MOST_CATEGORIES} categories; add them in parts.")
    if len(roots) > 1 and name:
        raise DataError(
            f"{source.name!r} holds {len(roots)} categories; leave the name empty, they have their own."
        )
    found = {clean_name(name or (_stem(source) if at == root else at.name)): at for at in roots}
    if len(found) < len(roots):
        raise DataError(f"{source.name!r} holds two categories of the same name; rename one.")
    return found


def _layouts(folder: Path, depth: int) -> Iterator[Path]:
    if (folder / "train" / GOOD).is_dir():
        yield folder
    elif depth:
        for inner in sorted(path for path in folder.iterdir() if path.is_dir()):
            yield from _layouts(inner, depth - 1)


def _loose(root: Path, target: Path, name: str, library: Library, tick: Callable) -> None:
    """Images without a layout: all are good parts."""
    check_new(name, library, own=True)
    if len({path.parent for path in _images(root)}) > 1:  # one of them may well be the defects
        raise DataError(
            "The pictures lie in several folders, and which are good parts is not known; put those of good parts into "
            "'train/good' and the others into 'test/<kind of defect>', or give them apart as your own parts."
        )
    report = upload_checks.inspect(_images(root), max_pixels=library.max_pixels, tick=tick(CHECKING))
    if report.stops:
        raise DataError(report.stops[0])
    own_parts.write(report, target, library.max_pixels, tick(WRITING))


def _check_images(roots: list[Path], max_pixels: int, tick: Callable[[int, int], None]) -> None:
    """One damaged image would stop a training later, so it stops the adding now."""
    report = upload_checks.read_all([path for root in roots for path in _images(root)], max_pixels, tick)
    if report:
        more = f" {len(report) - 1} more cannot be read either." if len(report) > 1 else ""
        raise DataError(f"{report[0]}{more} Nothing was added.")


def _images(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.suffix.lower() in EXTENSIONS)


def _only_name(source: Path, name: str | None) -> str:
    return clean_name(name or _stem(source))


def _stem(source: Path) -> str:
    """A file's name without the ending of an archive."""
    ending = next((ending for ending in archives.ENDINGS if source.name.lower().endswith(ending)), "")
    return source.name[: -len(ending)] if ending else source.name


def _origin(name: str, source: Path) -> Origin:
    """Under a published data set's name its terms are assumed: they are the stricter ones."""
    info = CATEGORIES.get(name)
    return Origin(info.source if info else "own pictures", info.licence if info else "", source.name)
