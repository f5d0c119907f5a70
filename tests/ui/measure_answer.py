"""What an answer of the Detect tab is made of, without a browser: `python tests/ui/measure_answer.py --data DIR [--category bottle]`.

Prints medians in milliseconds: the whole answer to a click with its pictures as JPEG, its stages, the encodings of one picture, and the page
itself with its size. Commits are compared in turn, each in a checkout of its own: `--checkout DIR`.
"""

import argparse
import functools
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

PROJECT = Path(__file__).resolve().parents[2]
WARM_UP, TIMES = 8, 30
WEBP_QUALITY = 80


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with MVTec categories")
    parser.add_argument("--category", default="bottle", help="category whose test pictures are judged")
    parser.add_argument("--checkout", type=Path, default=PROJECT, help="working copy to measure")
    asked = parser.parse_args()
    sys.path[:0] = [str(asked.checkout), str(asked.checkout / "tests" / "helpers")]
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"FAVAE_DATA_DIR": str(asked.data), "GRADIO_TEMP_DIR": folder}
        for name, times in (measure_answer(asked.category, folder) | measure_page()).items():
            print(f"{name:44} {1000 * statistics.median(times):7.1f}")


def measure_answer(category: str, folder: str) -> dict[str, list[float]]:
    """Returns the seconds of answers to clicks on test pictures, and of their stages."""
    import cv2
    import numpy as np

    from favae_demo.core.settings import Settings
    from favae_demo.detection.registry import Registry
    from favae_demo.ui.components import picture_output
    from favae_demo.ui.components.turns import Turns
    from favae_demo.ui.services import Services
    from favae_demo.ui.tabs.detect import answers, view

    settings = Settings.from_env()
    services = Services(settings, Registry(settings))
    model, turns = services.first_model(category), Turns(options=view.DetectOptions())
    keys = [sample.key for sample in services.browsed(category)][: WARM_UP + TIMES]
    seconds: dict[str, list[float]] = defaultdict(list)
    photo: Any = None
    for key in keys:
        with (
            timed(Services, "detect", seconds["of it the model"]),
            timed(answers, "render", seconds["of it drawing"]),
        ):
            begun = time.perf_counter()
            turns.take()
            values = answers.drawn_test_image(services, turns, category, model, key)
            drawn = time.perf_counter()
            pictures = [one for value in values for one in (value if isinstance(value, tuple) else (value,))]
            photo, *_ = pictures = [one for one in pictures if isinstance(one, np.ndarray)]
            for picture in pictures:
                picture_output._stored(picture, "jpeg", folder)
        seconds[f"of it encoding {len(pictures)} pictures"].append(time.perf_counter() - drawn)
        seconds["an answer"].append(time.perf_counter() - begun)
    stages = {name: times[WARM_UP:] for name, times in seconds.items()}
    jpeg, webp = picture_output.ENCODINGS["jpeg"], [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY]
    for encoding, quality in {"jpeg": jpeg, "png": [], "webp": webp}.items():
        work = functools.partial(cv2.imencode, f".{encoding}", photo, quality)
        stages[f"one picture of {photo.shape[1]}×{photo.shape[0]} as {encoding}"] = repeated(work)
    return stages


def measure_page() -> dict[str, list[float]]:
    """Returns the seconds in which a server makes its page; the name says how large it is."""
    import httpx
    from hosts import running

    with tempfile.TemporaryDirectory() as home, running(Path(home)) as host:
        client = httpx.Client(base_url=host.url, timeout=60)
        kilobytes = len(client.get("/").content) // 1000
        return {f"the page, {kilobytes} kB": repeated(lambda: client.get("/").raise_for_status())}


@contextmanager
def timed(owner: Any, name: str, seconds: list[float]) -> Iterator[None]:
    """Adds the seconds of each call of a function within the block."""
    function = getattr(owner, name)

    @functools.wraps(function)
    def wrapped(*values: Any, **options: Any) -> Any:
        begun = time.perf_counter()
        try:
            return function(*values, **options)
        finally:
            seconds.append(time.perf_counter() - begun)

    with mock.patch.object(owner, name, wrapped):
        yield


def repeated(work: Callable[[], Any]) -> list[float]:
    """Returns the seconds of each of some calls."""
    seconds = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return seconds


if __name__ == "__main__":
    main()
