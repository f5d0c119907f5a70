"""Generated categories that are being rendered: one example at once, and how far the rest is, for several visitors together."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread

import numpy as np

from favae_demo.data.io.images import save_png
from favae_demo.data.synthetic.catalogue import sample_part
from favae_demo.data.synthetic.writer import ensure_samples, render_sample, sample_dir

PAUSE = 0.3  # seconds between two reports of progress
_lock = Lock()
_running: dict[Path, "_Drawing"] = {}


@dataclass(frozen=True)
class Example:
    """One image of a generated category.

    Attributes:
        path: Its file, in a folder of its own.
        key: Its name among the category's images, as `test/crack/000.png`.
        defect: The kind of defect.
        mask: Where the defect is, H×W bool.
    """

    path: Path
    key: str
    defect: str
    mask: np.ndarray


def is_drawn(category: str, cache_dir: Path) -> bool:
    """Whether all images of a generated category are there."""
    return (sample_dir(cache_dir) / category).is_dir()


def first_example(category: str, cache_dir: Path) -> Example:
    """Renders the first test image with a defect of a generated category, within a moment.

    Raises:
        DataError: There is no such generated category.
    """
    defect = min(sample_part(category).defects)
    key = f"test/{defect}/000.png"
    image, mask = render_sample(category, key)
    path = sample_dir(cache_dir).parent / "first" / category / f"{defect}-000.png"
    save_png(path, image)
    return Example(path, key, defect, mask)


def draw(category: str, cache_dir: Path) -> Iterator[float]:
    """Renders a generated category in the background, and yields the share that is done until all is there.

    Several callers share one rendering.

    Raises:
        DataError: There is no such generated category.
        OSError: It cannot be written.
    """
    target = sample_dir(cache_dir) / category
    with _lock:
        if target not in _running and not target.is_dir():
            _running[target] = _Drawing(category, cache_dir)
            _running[target].start()
        drawing = _running.get(target)
    while drawing is not None and drawing.is_alive():
        yield drawing.share
        drawing.join(PAUSE)
    with _lock:
        _running.pop(target, None)
    if drawing is not None and drawing.error is not None:
        raise drawing.error


class _Drawing(Thread):
    def __init__(self, category: str, cache_dir: Path):
        super().__init__(name=f"draw {category}", daemon=True)
        self.category, self.cache_dir = category, cache_dir
        self.share = 0.0
        self.error: Exception | None = None

    def run(self) -> None:
        def tell(share: float) -> None:
            self.share = share

        try:
            ensure_samples(self.category, self.cache_dir, progress=tell)
        except Exception as error:  # passed on to everybody who waits
            self.error = error
