"""What people said of verdicts: a log for each category, and copies of the pictures, which are further good parts and test pictures.

    MARKS/CATEGORY/log.jsonl            every mark and every one taken back, in order; lines are only ever added
    MARKS/CATEGORY/train/good/*         pictures marked good
    MARKS/CATEGORY/test/marked/*        pictures marked as a defect: to measure with, they set no threshold

The folder of a category itself is not written to.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from filelock import FileLock, Timeout

from favae_demo.core.errors import DataError, ImageError
from favae_demo.core.files import display_name, parse_json
from favae_demo.data.io.images import MAX_PIXELS
from favae_demo.data.library.own_parts import store_image
from favae_demo.data.library.store import clean_name
from favae_demo.data.mvtec import Category, Sample, load_category

GOOD, DEFECT, TAKEN_BACK = "good", "defect", "taken back"
SAID = (GOOD, DEFECT)
MARKED = "marked"  # kind of defect of the pictures that were marked as one
FOLDERS = {GOOD: "train/good", DEFECT: f"test/{MARKED}"}
LOG, LOCK = "log.jsonl", ".lock"
LOCK_SECONDS = 30.0
LONGEST_SIDE = 4096  # pixels; as judged, unless a picture is very large
LONGEST_TEXT = 200  # characters of a name in the log
DIGITS = 16  # of the digest, in a file's name
COPY_START = re.compile(rf"^[0-9a-f]{{{DIGITS}}}_")


@dataclass(frozen=True)
class Verdict:
    """The verdict that somebody spoke about.

    Attributes:
        verdict: `good`, `defect` or `not judged`; empty if the image was not judged.
        multiple: The score as a multiple of the threshold; None without a verdict.
        model: Name of the model.
        fingerprint: SHA-256 of the model's file.
    """

    verdict: str = ""
    multiple: float | None = None
    model: str = ""
    fingerprint: str = ""


@dataclass(frozen=True)
class Mark:
    """One line of the log; the attributes are the keys of its JSON.

    Attributes:
        time: When it was said, ISO 8601 in UTC.
        said: `good`, `defect` or `taken back`.
        picture: SHA-256 of the image's file.
        name: Name of the image as it was given.
        who: Who said it.
        file: The copy, relative to the category's folder of marks; empty if none was made.
        key: The image's key within its category; empty if it is not from there.
        verdict: See `Verdict`, as for the next three.
        multiple: As there.
        model: As there.
        fingerprint: As there.
    """

    time: str
    said: str
    picture: str
    name: str
    who: str
    file: str = ""
    key: str = ""
    verdict: str = ""
    multiple: float | None = None
    model: str = ""
    fingerprint: str = ""


class Feedback:
    """The marks of one category.

    Args:
        marks_dir: Folder with one sub-folder for each category with marks.
        category: Name of the category.

    Raises:
        DataError: The name is not that of a category.
    """

    def __init__(self, marks_dir: Path, category: str):
        if not category or category != Path(category).name or category.startswith("."):
            raise DataError(f"There is no category {display_name(category)!r}.")
        self.category, self.folder = category, marks_dir / category

    def log(self) -> list[Mark]:
        """Returns everything that was said, in order; a line that cannot be read, as after a power failure, is left out."""
        try:
            lines = (self.folder / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        return [mark for mark in map(_parsed, lines) if mark]

    def marks(self) -> list[Mark]:
        """Returns what holds now: for each image the last that was said, unless that was taken back; the oldest first."""
        last: dict[str, Mark] = {}
        for mark in self.log():
            last.pop(mark.picture, None)
            if mark.said != TAKEN_BACK:
                last[mark.picture] = mark
        return list(last.values())

    def said(self, image: Path) -> str:
        """Returns what holds now of an image, `good` or `defect`; empty where nobody has said anything or it cannot be read."""
        marks = self.marks()
        try:
            picture = digest(image) if marks else ""
        except ImageError:
            return ""
        return next((mark.said for mark in marks if mark.picture == picture), "")

    def paths(self, said: str) -> list[Path]:
        """Returns the copies of the images that are marked so, the oldest mark first."""
        files = (self.folder / mark.file for mark in self.marks() if mark.said == said and mark.file)
        return [file for file in files if file.is_file()]

    def mark(
        self,
        image: Path,
        said: str,
        who: str,
        *,
        name: str = "",
        sample: Sample | None = None,
        verdict: Verdict = Verdict(),
        max_pixels: int = MAX_PIXELS,
    ) -> Mark:
        """Records what somebody said of an image, and copies the image; what was said of it before holds no longer.

        A known defect of the category that is called a defect stays where it is, with its mask.

        Args:
            image: The file.
            said: `good` or `defect`.
            who: Who says it.
            name: Name of the image; empty takes the file's.
            sample: The image of the category that it is, or None.
            verdict: What the model said.
            max_pixels: Largest image that is read.

        Raises:
            ImageError: The file is no image.
            DataError: The marks cannot be written.
        """
        known = sample is not None and not sample.is_good and said == DEFECT
        content = digest(image)
        with self._writing():
            self._remove_copy(content)
            file = "" if known else self._copy(image, content, said, name or image.name, max_pixels)
            entry = Mark(
                _now(), said, content, display_name(name or image.name, LONGEST_TEXT), display_name(who, LONGEST_TEXT),
                file, sample.key if sample else "", **asdict(verdict),
            )  # fmt: skip
            self._append(entry)
        return entry

    def take_back(self, picture: str, who: str) -> Mark:
        """Takes a mark back: the copy is removed, and the log says who took it back.

        Args:
            picture: `Mark.picture`.
            who: Who takes it back.

        Raises:
            DataError: The image is not marked, or the marks cannot be written.
        """
        with self._writing():
            mark = next((mark for mark in self.marks() if mark.picture == picture), None)
            if mark is None:
                raise DataError("This picture is not marked any more.")
            self._remove_copy(picture)
            entry = replace(mark, time=_now(), said=TAKEN_BACK, who=display_name(who, LONGEST_TEXT), file="")
            self._append(entry)
        return entry

    def forget(self) -> None:
        """Removes all marks with the copies and the log: those of a category that is deleted are not those of the next one of its name."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _copy(self, image: Path, content: str, said: str, name: str, max_pixels: int) -> str:
        folder = self.folder / FOLDERS[said]
        folder.mkdir(parents=True, exist_ok=True)
        try:
            readable = f"_{clean_name(Path(name).stem)}"
        except DataError:
            readable = ""
        start = f"{content[:DIGITS]}{readable}"
        store_image(image, folder / f"{start}.png", max_pixels, longest=LONGEST_SIDE)
        stored = next(folder.glob(f"{content[:DIGITS]}*"))
        return stored.relative_to(self.folder).as_posix()

    def _remove_copy(self, picture: str) -> None:
        for folder in FOLDERS.values():
            for file in (self.folder / folder).glob(f"{picture[:DIGITS]}*"):
                file.unlink(missing_ok=True)

    def _append(self, entry: Mark) -> None:
        path = self.folder / LOG
        # After a power failure the log may end within a line; the next one must not continue it.
        torn = path.exists() and not path.read_bytes().endswith(b"\n")
        with path.open("ab") as file:
            file.write(b"\n" * torn + json.dumps(asdict(entry), ensure_ascii=False).encode() + b"\n")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / LOCK, timeout=LOCK_SECONDS):
                yield
        except Timeout:
            raise DataError("Somebody else is marking pictures; try again in a moment.") from None
        except OSError as error:
            raise DataError(f"The mark cannot be written: {error.strerror or error}.") from error


def with_marked(category: Category, marks_dir: Path) -> Category:
    """Returns a category with its marked pictures: good ones among the training's, defects as test images of the kind `marked`.

    An image of the category that was marked is there once: as what it was marked.
    """
    marks = Feedback(marks_dir, category.name).marks()
    if not marks:
        return category
    moved = {mark.key for mark in marks if mark.file and mark.key}
    own = [sample for sample in category.samples if sample.key not in moved]
    added = _marked_samples(marks_dir, category.name)
    train = [sample for sample in (*own, *added) if sample.split == "train"]
    test = [sample for sample in (*own, *added) if sample.split == "test"]
    return Category(category.name, category.root, (*train, *test))


def beside_marked(category: Category, marks_dir: Path) -> Category:
    """Returns a category to look through: its images where they lie, and behind them those of visitors that were marked as a defect.

    So a mark moves no image out of sight, and can be changed.
    """
    own = {mark.file for mark in Feedback(marks_dir, category.name).marks() if mark.file and not mark.key}
    if not own:
        return category
    folder = marks_dir / category.name
    added = [
        sample
        for sample in _marked_samples(marks_dir, category.name)
        if sample.split == "test" and sample.path.relative_to(folder).as_posix() in own
    ]
    return Category(category.name, category.root, (*category.samples, *added))


def _marked_samples(marks_dir: Path, name: str) -> Sequence[Sample]:
    try:
        return load_category(marks_dir, name).samples
    except DataError:  # all marks are of pictures that stayed where they were
        return ()


def name_as_given(name: str) -> str:
    """Returns the name of a picture without what the name of a marked picture's copy begins with."""
    return COPY_START.sub("", name) or name


def digest(image: Path) -> str:
    """Returns the SHA-256 of an image's file, by which the log names it.

    Raises:
        ImageError: The file cannot be read.
    """
    try:
        stat = image.stat()
        return _digest(image, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise ImageError(
            f"The picture {display_name(image.name)!r} cannot be read: {error.strerror or error}."
        ) from error


@lru_cache(maxsize=64)
def _digest(image: Path, _modified: int, _size: int) -> str:
    """As `digest`; an image in Detect is drawn anew at each move of a slider, and may have many megabytes."""
    return hashlib.sha256(image.read_bytes()).hexdigest()


def _parsed(line: str) -> Mark | None:
    try:
        record = parse_json(line)
        mark = Mark(**{item.name: record[item.name] for item in fields(Mark) if item.name in record})
    except (KeyError, TypeError, ValueError):
        return None
    texts = (mark.time, mark.said, mark.picture, mark.name, mark.who, mark.file, mark.key)
    return mark if all(isinstance(text, str) for text in texts) else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
