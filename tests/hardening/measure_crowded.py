"""What many runs, categories, models and pictures cost at the start and at each look: `python tests/hardening/measure_crowded.py`.

Makes folders with 500 runs, 2,000 categories, 200 models and one category of 20,000 pictures, then the same with a tenth of each, and prints seconds of
processor time for what the page does: being built, its first answer, listing runs, categories and models, and opening the large category.
"""

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from anywhere

from favae_demo.ui.start import set_gradio_environment

set_gradio_environment()

from favae_demo.config.presets import make_config
from favae_demo.core.settings import SHIPPED_CHECKPOINTS, Settings
from favae_demo.data.io.images import save_png
from favae_demo.data.synthetic import render_part
from favae_demo.detection.registry import Registry
from favae_demo.runs import manager
from favae_demo.training.run_folder import RunFolder
from favae_demo.ui.app import build_app
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.detect.opening import opening
from favae_demo.ui.tabs.detect.view import DetectOptions

RUNS, CATEGORIES, MODELS, PICTURES = 500, 2000, 200, 20_000


def main() -> None:
    """Measures and prints one line of JSON for each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shares", type=float, nargs="+", default=[0.1, 1.0])
    for share in parser.parse_args().shares:
        with tempfile.TemporaryDirectory() as home:
            print(json.dumps(measure(Path(home), share)), flush=True)


def measure(home: Path, share: float) -> dict[str, Any]:
    """Returns the processor seconds of each step, and the memory in MB at the end."""
    settings = crowded(home, share)
    found: dict[str, Any] = {"share": share}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        begun = time.process_time()
        result = work()
        found[name] = round(time.process_time() - begun, 3)
        return result

    services = Services(settings, Registry(settings))
    timed("page built", lambda: build_app(settings, services))
    timed("list of categories", services.category_choices)
    timed("list of models", services.registry.models)
    timed("list of models again", services.registry.models)
    timed("list of runs", lambda: manager.list_infos(settings))
    timed("list of runs again", lambda: manager.list_infos(settings))
    turns = Turns(options=DetectOptions())
    timed("large category opened", lambda: list(opening(services, turns, "large", "")))
    timed("large category opened again", lambda: list(opening(services, turns, "large", "")))
    return found | {"MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10}


def crowded(home: Path, share: float) -> Settings:
    """Returns the settings of an installation with so much in it."""
    settings = Settings(*(home / name for name in ("data", "models", "runs", "cache")))
    image = home / "part.png"
    save_png(image, render_part("sample_bottle", 1)[0])
    for number in range(round(CATEGORIES * share)):
        for folder in ("train", "test"):
            _link(image, settings.data_dir / f"part {number:04}" / folder / "good" / "0.png")
    for number in range(round(PICTURES * share)):
        kind = ("train/good", "test/good", "test/scratch")[number % 20 - 18 if number % 20 > 18 else 0]
        _link(image, settings.data_dir / "large" / kind / f"{number:05}.png")
    _link(image, settings.data_dir / "large" / "test" / "scratch" / "0.png")
    settings.checkpoint_dir.mkdir(parents=True)
    shipped = SHIPPED_CHECKPOINTS / "sample_bottle-none-quick.safetensors"
    for number in range(round(MODELS * share)):
        shutil.copy(shipped, settings.checkpoint_dir / f"model-{number:03}.safetensors")
    config = replace(make_config("quick", "large"), epochs=1)
    for number in range(round(RUNS * share)):
        RunFolder(settings.runs_dir / f"20260101-{number:06}-large-none").create(
            config, "large", settings.data_dir
        )
    return settings


def _link(image: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.hardlink_to(image)


if __name__ == "__main__":
    main()
