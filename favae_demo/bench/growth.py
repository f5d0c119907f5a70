"""Benchmarks of a quick training for different numbers of good images: seconds, memory and disk space.

The features are stored in memory-mapped files. Up to a limit they are kept in the cache for the next run, otherwise deleted with the run.
"""

from typing import Any

from favae_demo.bench.models import CATEGORY, good_images
from favae_demo.bench.timing import OwnMemory
from favae_demo.bench.training import GOOD, TEACHER, scratch_folder, time_training
from favae_demo.config.presets import make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.disk_cache import FEATURES
from favae_demo.core.settings import Settings
from favae_demo.teacher.teacher import load_teacher
from favae_demo.training.views import split_images

SIZES = (60, 200, 1_000, 5_000)
STEPS = 30
REMARK = f"Growth: {GOOD} rendered pictures, repeated up to each number; the cost does not depend on what they show."


def measure_growth(settings: Settings, count: int, steps: int = STEPS) -> dict[str, Any]:
    """Measures seconds and memory of the preparation and of a step, with `count` good images."""
    config = make_config("quick", CATEGORY, teacher=TEACHER)
    split = split_images(good_images(settings, count, config.image_size), config)
    teacher = load_teacher(TEACHER, settings.cache_dir, settings.teacher_dir, tap=config.tap)
    with scratch_folder(settings) as scratch, OwnMemory() as memory:
        times = time_training(config, split, teacher, scratch, most_steps=steps)
        kept = sum(path.stat().st_size for path in (scratch / FEATURES).rglob("*") if path.is_file())
    views = times.count + len(split.held_out)
    return {
        "pictures": count,
        "views": times.count,
        "preparation_seconds": round(times.preparation, 2),
        "seconds_per_step": round(times.step, 4),
        "bank_mb": round(bank_mb(teacher.channels, views, config), 1),
        "bank_kept_mb": round(kept / 1e6, 1),
        "own_memory_mb": memory.mb,
    }


def bank_mb(channels: tuple[int, ...], views: int, config: TrainConfig) -> float:
    """Returns the size in megabytes of the features of some views, in half precision."""
    values = sum(count * (config.image_size >> layer) ** 2 for layer, count in enumerate(channels, 1))
    return 2e-6 * views * values
