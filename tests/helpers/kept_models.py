"""Model files saved by earlier versions, which later versions must read with the same results.

    python tests/helpers/kept_models.py

trains the missing models and records their results; existing models are never changed.
"""

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from anywhere

import numpy as np
from data_trees import category
from simple_teacher import LargeTeacher, SimpleTeacher
from small_training import small_config

from favae_demo.checkpoints.checkpoint import load_checkpoint
from favae_demo.config.presets import make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.settings import Settings
from favae_demo.detection.detector import Detector
from favae_demo.runs import pipeline
from favae_demo.teacher.teacher import Teacher
from favae_demo.training.run_folder import RunFolder

FOLDER = Path(__file__).parents[1] / "fixtures" / "models"
ANSWERS = FOLDER / "answers.json"
_TINY = {"latent": 2, "max_steps": 40, "epochs": 40}
_PLAIN = small_config(**_TINY)
_GUIDED = replace(_PLAIN, teacher="vgg16", bank=False, score="scaled")
_WHITENED = replace(
    make_config("extended", "screw", width=0.05, batch_size=4), bank=False, weight_average=0.5, **_TINY
)
# Settings and teacher of each model; the teachers need no weights.
MODELS: dict[str, tuple[TrainConfig, type[Teacher]]] = {
    "plain-16": (_PLAIN, SimpleTeacher),
    "plain-8": (replace(_PLAIN, weight_bits=8), SimpleTeacher),
    "guided-16": (_GUIDED, SimpleTeacher),
    "guided-8": (replace(_GUIDED, weight_bits=8), SimpleTeacher),
    "whitened-16": (_WHITENED, LargeTeacher),
}


def image() -> np.ndarray:
    """Returns an asymmetric blob with a bright spot, 90×120×3 uint8; without random numbers, so that it never changes."""
    y, x = np.mgrid[:90, :120]
    inside = ((x - 55) / 40.0) ** 2 + ((y - 45) / 25.0) ** 2 < 1 + (x - 55) / 120
    grey = np.where(inside, 150 + (3 * x + 5 * y) % 17, 25 + (x + y) % 5)
    grey[40:46, 60:68] = 250
    return np.stack([grey, grey - 10, grey - 20], -1).astype(np.uint8)


def load(name: str) -> Detector:
    """Loads a saved model with the teacher that it was trained with."""
    teacher = MODELS[name][1]()
    with mock.patch("favae_demo.teacher.teacher.load_teacher", return_value=teacher):
        return Detector.load(FOLDER / f"{name}.safetensors", Settings.from_env())


def answer(name: str) -> dict[str, object]:
    """Returns the result of a saved model on the image."""
    (detection,) = load(name).detect([image()], rate=0.2)
    row, column = np.unravel_index(detection.map.argmax(), detection.map.shape)
    return {
        "score": detection.score,
        "threshold": detection.threshold,
        "mean": float(detection.map.mean()),
        "peak": [int(row), int(column)],
        "format": load_checkpoint(FOLDER / f"{name}.safetensors").card.config.weight_bits,
    }


def _make(name: str, home: Path) -> None:
    config, teacher = MODELS[name]
    pipeline.load_teacher = lambda *_, **__: teacher()
    folder = RunFolder(home / name)
    folder.create(config, "blob", home / "data")
    settings = replace(Settings.from_env(), cache_dir=home / "cache")
    for _ in pipeline.run_training(folder, settings, measure=False):
        pass
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder.model.rename(FOLDER / f"{name}.safetensors")


def main() -> None:
    """Trains the missing models and records their results."""
    answers = json.loads(ANSWERS.read_text()) if ANSWERS.exists() else {}
    with tempfile.TemporaryDirectory() as home:
        category(Path(home) / "data" / "blob", good=12)
        for name in MODELS:
            if name not in answers:
                _make(name, Path(home))
                answers[name] = answer(name)
    ANSWERS.write_text(json.dumps(answers, indent=2) + "\n")
    for name, result in answers.items():
        print(name, (FOLDER / f"{name}.safetensors").stat().st_size, result)


if __name__ == "__main__":
    main()
