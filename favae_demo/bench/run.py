"""The whole benchmark: its parts run one after another, each in its own process."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from favae_demo.bench import during_training, growth, machine, training
from favae_demo.bench.detection import measure_engine, measure_stages
from favae_demo.bench.models import find_models, sample_images
from favae_demo.bench.start import measure_start
from favae_demo.bench.timing import print_status, run_isolated
from favae_demo.config.variants import TEACHERS
from favae_demo.core.settings import Settings
from favae_demo.detection import engines

PARTS = ("detection", "beside", "training", "start")
COST_REMARK = (
    "training_cost_ratio is composed of measured parts: the reference's 100 epochs of 8,000 pictures at its measured cost a picture, over "
    "a quick run's preparation (views, standardisation, teacher features), steps, validations and snapshots, without its last calibration."
)


def measure(
    settings: Settings,
    *,
    only: str | None = None,
    quickly: bool = False,
    sizes: tuple[int, ...] = (),
    reference_batch: int = 32,
) -> dict[str, Any]:
    """Runs the benchmark and returns all figures, JSON-serialisable.

    Args:
        settings: Folders.
        only: One of `PARTS`, or None for all.
        quickly: Whether to use few repeats; the figures are then rough.
        sizes: Numbers of good images for the table of growing cost; empty for none.
        reference_batch: Batch size of the reference's step, 32 in the report; a smaller one needs less memory.
    """
    about = machine.describe()
    models, remarks = find_models(settings)
    if about["load"] is not None and about["load"] > machine.BUSY:
        remarks.insert(
            0,
            f"Other programs kept the processor busy at the start (load {about['load']}): figures are too low.",
        )
    if quickly:
        remarks.insert(0, "Measured quickly, with few repeats: figures are rough.")
    figures: dict[str, Any] = {"machine": about, "versions": machine.versions()}
    print_status("roofline")
    figures["roofline"] = run_isolated(machine.roofline, 3 if quickly else 20)
    images = sample_images(8)
    if only in (None, "detection"):
        figures |= _detection(settings, models, images, 5 if quickly else 60)
    if only in (None, "beside"):
        figures |= _during_training(settings, models, images[0], remarks, 8 if quickly else 60)
    if only in (None, "training"):
        figures |= _training(settings, models, remarks, quickly, reference_batch)
    if only in (None, "start"):
        print_status("start")
        figures["start"] = measure_start(
            settings, [kind for kind in models if kind in TEACHERS], images[0], 1 if quickly else 3
        )
        figures["startup_seconds"] = figures["start"]["startup_seconds"]
        figures["peak_rss_mb"] = figures["start"]["peak_mb"]
    if sizes:
        figures["growth"] = _growth(settings, models, remarks, sizes, quickly)
    return figures | {"remarks": remarks}


def _detection(
    settings: Settings, models: dict[str, Path], images: list[np.ndarray], repeats: int
) -> dict[str, Any]:
    rows, stages = [], []
    for teacher, path in models.items():
        print_status(f"stages, teacher {teacher}")
        measured = run_isolated(measure_stages, path, images, settings, repeats)
        stages += [{"teacher": teacher} | row for row in measured["rows"]]
        for engine in engines.installed():
            print_status(f"teacher {teacher}, engine {engine}")
            measured = run_isolated(measure_engine, path, engine, images, settings, repeats)
            shared = {"load_ms": measured["load_ms"], "peak_mb": measured["peak_mb"]}
            rows += [{"teacher": teacher, "engine": engine} | row | shared for row in measured["rows"]]
    return {"stages": stages, "detection": rows} | headline(rows)


def headline(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns the images per second with VGG16 at batch size 1, for the fastest engine and for PyTorch."""
    alone = {
        row["engine"]: row["pictures_per_second"]
        for row in rows
        if (row["teacher"], row["batch"]) == ("vgg16", 1)
    }
    if not alone:
        return {}
    fastest = max(alone, key=lambda engine: alone[engine])
    return {
        "pictures_per_second": alone[fastest],
        "pictures_per_second_engine": fastest,
        "pictures_per_second_torch": alone["torch"],
    }


def _during_training(
    settings: Settings, models: dict[str, Path], image: np.ndarray, remarks: list[str], repeats: int
) -> dict[str, Any]:
    if training.TEACHER not in models:
        remarks.append("Detection beside a training is not measured without the weights of VGG16.")
        return {}
    if during_training.has_low_priority():
        remarks.append(during_training.LOW_PRIORITY_REMARK)

    def measure_engines(names: Iterable[str]) -> dict[str, dict[str, Any]]:
        path = models[training.TEACHER]
        return {
            name: run_isolated(during_training.measure_image, path, name, image, settings, repeats)
            for name in names
        }

    print_status("detection alone")
    alone = measure_engines(engines.installed())
    print_status("detection while a training runs; it needs a minute until its first step")
    with during_training.running_training(settings):
        during = measure_engines(dict.fromkeys((during_training.fastest(alone), "torch")))
    return during_training.compare(alone, during)


def _training(
    settings: Settings, models: dict[str, Path], remarks: list[str], quickly: bool, batch: int
) -> dict[str, Any]:
    if training.TEACHER not in models:
        remarks.append("Training is not measured without the weights of VGG16.")
        return {}
    batch = min(batch, 4) if quickly else batch
    print_status("quick training")
    quick = run_isolated(training.measure_quick, settings, 0.25 if quickly else 1.0)
    print_status("the reference's training step")
    reference = run_isolated(training.measure_reference, settings, batch, 1 if quickly else 3)
    if batch != 32:
        remarks.append(f"The reference's step was measured on {batch} pictures instead of 32.")
    remarks.append(COST_REMARK)
    return {"training": {"reference": reference, "quick": quick}} | training.ratios(reference, quick)


def _growth(
    settings: Settings, models: dict[str, Path], remarks: list[str], sizes: tuple[int, ...], quickly: bool
) -> list[dict[str, Any]]:
    if training.TEACHER not in models:
        return []
    remarks.append(growth.REMARK)
    rows = []
    for count in sizes:
        print_status(f"quick training on {count:,} pictures")
        rows.append(run_isolated(growth.measure_growth, settings, count, 8 if quickly else growth.STEPS))
    return rows
