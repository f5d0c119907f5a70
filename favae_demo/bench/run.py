"""The whole bench: each part in a process of its own, one after the other."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from favae_demo.bench import beside, growth, machine, training
from favae_demo.bench.detection import measure_engine, measure_stages
from favae_demo.bench.models import find_models, test_images
from favae_demo.bench.start import measure_start
from favae_demo.bench.timing import apart, say
from favae_demo.config.train_config import TEACHERS
from favae_demo.core.settings import Settings
from favae_demo.detection import engines

PARTS = ("detection", "beside", "training", "start")
COMPOSED = (
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
    """Measures and returns everything, ready for JSON.

    Args:
        settings: Folders.
        only: One of `PARTS`, or None for all.
        quickly: Whether few repeats will do; figures are then rough.
        sizes: Numbers of good images for the table of how cost grows.
        reference_batch: Images in a step of the reference's recipe, 32 in the report; fewer need less memory.
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
    found = {"machine": about, "versions": machine.versions()}
    say("roofline")
    found["roofline"] = apart(machine.roofline, 3 if quickly else 20)
    images = test_images(8)
    if only in (None, "detection"):
        found |= _detection(settings, models, images, 5 if quickly else 60)
    if only in (None, "beside"):
        found |= _beside(settings, models, images[0], remarks, 8 if quickly else 60)
    if only in (None, "training"):
        found |= _training(settings, models, remarks, quickly, reference_batch)
    if only in (None, "start"):
        say("start")
        found["start"] = measure_start(
            settings, [kind for kind in models if kind in TEACHERS], images[0], 1 if quickly else 3
        )
        found["startup_seconds"] = found["start"]["startup_seconds"]
        found["peak_rss_mb"] = found["start"]["peak_mb"]
    if sizes:
        found["growth"] = _growth(settings, models, remarks, sizes, quickly)
    return found | {"remarks": remarks}


def _detection(settings: Settings, models: dict, images: list, repeats: int) -> dict[str, Any]:
    rows, stages = [], []
    for teacher, path in models.items():
        say(f"stages, teacher {teacher}")
        one = apart(measure_stages, path, images, settings, repeats)
        stages += [{"teacher": teacher} | row for row in one["rows"]]
        for engine in engines.installed():
            say(f"teacher {teacher}, engine {engine}")
            one = apart(measure_engine, path, engine, images, settings, repeats)
            same = {"load_ms": one["load_ms"], "peak_mb": one["peak_mb"]}
            rows += [{"teacher": teacher, "engine": engine} | row | same for row in one["rows"]]
    return {"stages": stages, "detection": rows} | headline(rows)


def headline(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Images a second, one at a time with VGG16: by the fastest engine, and by PyTorch."""
    alone = {
        row["engine"]: row["pictures_per_second"]
        for row in rows
        if (row["teacher"], row["batch"]) == ("vgg16", 1)
    }
    if not alone:
        return {}
    fastest = max(alone, key=alone.get)
    return {
        "pictures_per_second": alone[fastest],
        "pictures_per_second_engine": fastest,
        "pictures_per_second_torch": alone["torch"],
    }


def _beside(
    settings: Settings, models: dict, image: np.ndarray, remarks: list[str], repeats: int
) -> dict[str, Any]:
    if training.TEACHER not in models:
        remarks.append("Detection beside a training is not measured without the weights of VGG16.")
        return {}
    if beside.is_unfavoured():
        remarks.append(beside.UNFAVOURED)

    def each(names: Iterable[str]) -> dict[str, dict]:
        path = models[training.TEACHER]
        return {name: apart(beside.measure_image, path, name, image, settings, repeats) for name in names}

    say("detection alone")
    alone = each(engines.installed())
    say("detection while a training runs; it needs a minute until its first step")
    with beside.training_beside(settings):
        during = each(dict.fromkeys((beside.fastest(alone), "torch")))
    return beside.compare(alone, during)


def _training(
    settings: Settings, models: dict, remarks: list[str], quickly: bool, batch: int
) -> dict[str, Any]:
    if training.TEACHER not in models:
        remarks.append("Training is not measured without the weights of VGG16.")
        return {}
    batch = min(batch, 4) if quickly else batch
    say("quick training")
    quick = apart(training.measure_quick, settings, 0.25 if quickly else 1.0)
    say("the reference's training step")
    reference = apart(training.measure_reference, settings, batch, 1 if quickly else 3)
    if batch != 32:
        remarks.append(f"The reference's step was measured on {batch} pictures instead of 32.")
    remarks.append(COMPOSED)
    return {"training": {"reference": reference, "quick": quick}} | training.ratios(reference, quick)


def _growth(
    settings: Settings, models: dict, remarks: list[str], sizes: tuple[int, ...], quickly: bool
) -> list:
    if training.TEACHER not in models:
        return []
    remarks.append(growth.REMARK)
    rows = []
    for count in sizes:
        say(f"quick training on {count:,} pictures")
        rows.append(apart(growth.measure_growth, settings, count, 8 if quickly else growth.STEPS))
    return rows
