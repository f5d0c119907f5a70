"""The models and images of the benchmarks: generated bottles, and the models shipped for them."""

from pathlib import Path

import numpy as np

from favae_demo.checkpoints.checkpoint import SUFFIX, read_card
from favae_demo.config.variants import REPORT_TEACHERS, TEACHERS
from favae_demo.core.errors import WeightsError
from favae_demo.core.settings import SHIPPED_CHECKPOINTS, Settings
from favae_demo.data.io.images import load_images
from favae_demo.data.synthetic import SAMPLE_CATEGORIES, ensure_samples, render_part

CATEGORY = "sample_bottle"
# Teacher and preset of each measured model, by its name in the tables.
KINDS = {teacher: (teacher, "quick") for teacher in TEACHERS} | {
    "efficientnet-lite0 extended": ("efficientnet-lite0", "extended")
}
UNSEEN = 30_000  # first seed of parts that are in no data set


def find_models(settings: Settings) -> tuple[dict[str, Path], list[str]]:
    """Returns the models by `KINDS` for which the teacher's weights are available, and remarks on those that are left out.

    A model in the user's folder replaces a shipped one that is missing. A missing model is remarked on only if the report has it.
    """
    from favae_demo.teacher.weight_store import ensure

    models, remarks = {}, []
    for kind, (teacher, preset) in KINDS.items():
        name = f"{CATEGORY}-{teacher}-{preset}{SUFFIX}"
        paths = [folder / name for folder in (SHIPPED_CHECKPOINTS, settings.checkpoint_dir)]
        path = next((path for path in paths if path.is_file()), None)
        if path is None:
            if kind in REPORT_TEACHERS:
                remarks.append(f"There is no quick model of {CATEGORY} with teacher {teacher}: not measured.")
            continue
        try:
            if teacher != "none":
                expected = read_card(path).teacher_fingerprint
                ensure(teacher, settings.cache_dir, settings.teacher_dir, expected=expected)
        except WeightsError as reason:
            remarks.append(f"Teacher {teacher} is not measured: {reason}")
            continue
        models[kind] = path
    return models, remarks


def sample_images(count: int) -> list[np.ndarray]:
    """Returns generated bottles of 256×256 pixels, every other one with a defect."""
    defects = SAMPLE_CATEGORIES[CATEGORY].defects
    kinds = [defects[i // 2 % len(defects)] if i % 2 else None for i in range(count)]
    return [render_part(CATEGORY, UNSEEN + i, kind)[0] for i, kind in enumerate(kinds)]


def good_images(settings: Settings, count: int, side: int) -> np.ndarray:
    """Returns good generated bottles, count×side×side×3 uint8; beyond the 120 existing ones they are repeated."""
    folder = ensure_samples(CATEGORY, settings.cache_dir) / CATEGORY / "train" / "good"
    paths = sorted(folder.glob("*.png"))[:count]
    return np.resize(load_images(paths, side), (count, side, side, 3))
