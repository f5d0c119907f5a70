"""Detection: load, stages, time from an image in memory to its `Detection`, images a second."""

from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from favae_demo.bench.timing import Times, repeat
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import resize
from favae_demo.detection.detector import Detector
from favae_demo.detection.graph import Graph
from favae_demo.model.favae import Output, to_map_side
from favae_demo.scoring.detection import Detection
from favae_demo.viz.overlay import overlay

BATCHES = (1, 8)


def measure_engine(
    path: Path, engine: str, images: list[np.ndarray], settings: Settings, repeats: int
) -> dict[str, Any]:
    """One model run by one engine: seconds to load it, and for each batch size its times.

    The first load is left out: it may convert the model, and reads its files from a disk.
    """
    load = repeat(lambda: Detector.load(path, settings, engine=engine), max(1, repeats // 10), warm_up=1)
    detector = Detector.load(path, settings, engine=engine)
    rows = []
    for batch in BATCHES:
        groups = cycle([images[i : i + batch] for i in range(0, len(images) - batch + 1, batch)])
        found = []
        times = repeat(
            lambda groups=groups, found=found: found.extend(detector.detect(next(groups))),
            _fewer(repeats, batch),
        )
        rows.append(_row(batch, times, found[2 * batch :]))  # without the warm-up
    return {"load_ms": round(1000 * load.median, 1), "rows": rows}


def measure_stages(
    path: Path, images: list[np.ndarray], settings: Settings, repeats: int
) -> dict[str, list[dict[str, Any]]]:
    """Teacher, VAE, error maps and drawing of one model by PyTorch, one row a batch size; milliseconds an image."""
    detector = Detector.load(path, settings)
    drawn = cycle(detector.detect(images))
    render = repeat(lambda: overlay(next(drawn)), repeats)
    rows = []
    for batch in BATCHES:
        small = np.stack([resize(one, detector.config.image_size) for one in images[:batch]])
        with torch.inference_mode():
            parts = _parts(detector, torch.from_numpy(small).permute(0, 3, 1, 2).float().div_(255))
            found = {name: repeat(call, _fewer(repeats, batch)) for name, call in parts.items()}
            work = {name: _gflop(call) / batch for name, call in parts.items() if name != "maps"}
        row = {f"{name}_ms": _milliseconds(times, batch) for name, times in found.items()}
        row |= {f"{name}_gflop": round(value, 2) for name, value in work.items()}
        rows.append({"batch": batch} | row | {"render_ms": _milliseconds(render, 1)})
    return {"rows": rows}


def _parts(detector: Detector, x: Tensor) -> dict[str, Callable[[], object]]:
    """The stages of a model's graph as calls on images N×3×S×S in [0, 1]."""
    graph, small = detector.graph, to_map_side(x)
    teacher, parts = graph.teacher, {"vae": lambda: graph.model(small, features)}
    features, channels = [], ()
    if teacher is not None:
        parts["teacher"] = lambda: teacher.features(x)
        features, channels = teacher.features(x), teacher.channels
    # The same graph over answers that are there already: what remains is the error maps.
    answers = _Answers(graph.model(small, features), features, channels)
    maps = Graph(answers, answers if features else None, detector.config, detector.calibration)
    return parts | {"maps": lambda: maps(x)}


class _Answers:
    """Stands in for model and teacher with what they have answered."""

    def __init__(self, output: Output, features: list[Tensor], channels: tuple[int, ...]):
        self.output, self.known, self.channels = output, features, channels

    def __call__(self, *_: object) -> Output:
        return self.output

    def features(self, _: object) -> list[Tensor]:
        return self.known


def _row(batch: int, times: Times, found: list[Detection]) -> dict[str, Any]:
    stages = {
        f"{name}_ms": round(median(one.timings[name] for one in found), 2) for name in ("prepare", "model")
    }
    return {
        "batch": batch,
        "p50_ms": round(1000 * times.median, 2),
        "p95_ms": round(1000 * times.p95, 2),
        "pictures_per_second": round(batch / times.median, 2),
    } | stages


def _fewer(repeats: int, batch: int) -> int:
    return max(3, repeats // batch)


def _milliseconds(times: Times, batch: int) -> float:
    return round(1000 * times.median / batch, 2)


def _gflop(call: Callable[[], object]) -> float:
    with FlopCounterMode(display=False) as counter:
        call()
    return counter.get_total_flops() / 1e9
