"""Benchmarks of detection: loading, stages, latency from an image in memory to its `Detection`, throughput."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from favae_demo.bench.timing import Times, time_calls
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import resize
from favae_demo.detection.detector import Detector
from favae_demo.detection.graph import Graph
from favae_demo.model.favae import Output, residuals, to_map_size
from favae_demo.model.network import MethodNetwork
from favae_demo.scoring.detection import Detection
from favae_demo.teacher.teacher import Teacher
from favae_demo.viz.overlay import overlay

BATCHES = (1, 8)


def measure_engine(
    path: Path, engine: str, images: list[np.ndarray], settings: Settings, repeats: int
) -> dict[str, Any]:
    """Measures one model with one engine: milliseconds to load it, and the times of each batch size.

    The first load is not counted: it may convert the model, and reads its files from the disk.
    """
    load = time_calls(lambda: Detector.load(path, settings, engine=engine), max(1, repeats // 10), warm_up=1)
    detector = Detector.load(path, settings, engine=engine)
    rows = []
    for batch in BATCHES:
        groups = cycle([images[i : i + batch] for i in range(0, len(images) - batch + 1, batch)])
        detections: list[Detection] = []
        times = time_calls(partial(_detect_next, detector, groups, detections), _fewer(repeats, batch))
        rows.append(_row(batch, times, detections[2 * batch :]))  # without the warm-up
    return {"load_ms": round(1000 * load.median, 1), "rows": rows}


def _detect_next(detector: Detector, groups: Iterator[list[np.ndarray]], detections: list[Detection]) -> None:
    detections += detector.detect(next(groups))


def measure_stages(
    path: Path, images: list[np.ndarray], settings: Settings, repeats: int
) -> dict[str, list[dict[str, Any]]]:
    """Measures teacher, VAE, error maps and drawing of one model with PyTorch, in milliseconds per image; one row per batch size."""
    detector = Detector.load(path, settings)
    detections = cycle(detector.detect(images))
    render = time_calls(lambda: overlay(next(detections)), repeats)
    rows = []
    for batch in BATCHES:
        small = np.stack([resize(image, detector.config.shape) for image in images[:batch]])
        with torch.inference_mode():
            stages = _stages(detector, torch.from_numpy(small).permute(0, 3, 1, 2).float().div_(255))
            measured = {name: time_calls(call, _fewer(repeats, batch)) for name, call in stages.items()}
            work = {name: _gflop(call) / batch for name, call in stages.items() if name != "maps"}
        row = {f"{name}_ms": _milliseconds(times, batch) for name, times in measured.items()}
        row |= {f"{name}_gflop": round(value, 2) for name, value in work.items()}
        rows.append({"batch": batch} | row | {"render_ms": _milliseconds(render, 1)})
    return {"rows": rows}


def _stages(detector: Detector, x: Tensor) -> dict[str, Callable[[], object]]:
    """Returns the stages of a model's graph as calls on images N×3×S×S in [0, 1]."""
    graph, small = detector.graph, to_map_size(x)
    teacher = graph.teacher
    features = [] if teacher is None else teacher.features(x)
    stages: dict[str, Callable[[], object]] = {"vae": lambda: graph.model(small, features)}
    if teacher is not None:
        stages["teacher"] = lambda: teacher.features(x)
    # With precomputed outputs of model and teacher, the graph computes the error maps alone. It calls no other methods of the two.
    outputs = _Precomputed(graph.model(small, features), features, teacher.channels if teacher else ())
    maps = Graph(
        cast(MethodNetwork, outputs),
        cast(Teacher, outputs) if features else None,
        detector.config,
        detector.calibration,
    )
    return stages | {"maps": lambda: maps(x)}


class _Precomputed:
    """Replaces model and teacher and returns their precomputed outputs."""

    def __init__(self, output: Output, features: list[Tensor], channels: tuple[int, ...]):
        self.output, self.known, self.channels = output, features, channels

    def residuals(
        self, x: Tensor, features: list[Tensor], *, centre: bool = False
    ) -> tuple[Tensor, list[Tensor]]:
        return self.output.image, residuals(self.output, x, features, centre=centre)

    def features(self, _: object) -> list[Tensor]:
        return self.known


def _row(batch: int, times: Times, detections: list[Detection]) -> dict[str, Any]:
    stages = {
        f"{name}_ms": round(median(detection.timings[name] for detection in detections), 2)
        for name in ("prepare", "model")
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
