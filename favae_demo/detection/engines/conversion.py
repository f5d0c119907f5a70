"""Conversion of models for other engines: each is converted once, compared with PyTorch, and kept in the cache folder."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from favae_demo import __version__
from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import PROGRAM_DIR
from favae_demo.detection.engines import ENGINES, Engine, open_engine
from favae_demo.detection.engines.torch_engine import TorchEngine
from favae_demo.detection.graph import Graph

FORMAT = 2  # increase it when the graph or the files change
FOLDER = "engines"
TOLERANCE = 1e-3  # largest relative error of a score map
CHECK = "check.npz"


def converted_folder(name: str, checkpoint: Path, cache_dir: Path) -> Path:
    """Returns the cache folder of a converted model, whether it exists or not; its name depends on the checkpoint's content.

    Args:
        name: Key of `ENGINES`.
        checkpoint: The model file.
        cache_dir: The app's cache folder.
    """
    return cache_dir / FOLDER / f"{name}-{content_digest(name, checkpoint)}"


def content_digest(name: str, checkpoint: Path) -> str:
    """Returns 32 hexadecimal digits that stand for a model file's content, this version of the app, and a name."""
    digest = hashlib.sha256(json.dumps([FORMAT, __version__, name]).encode())
    digest.update(checkpoint.read_bytes())
    return digest.hexdigest()[:32]


def ensure_converted(name: str, graph: Graph, folder: Path) -> Engine:
    """Opens the engine on a converted graph, which is converted first if the folder does not exist.

    The folder appears complete or not at all, and only if the engine's output agrees with PyTorch's.

    Raises:
        ConfigError: The conversion failed, or the engine's output differs from PyTorch's.
    """
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder.parent))
        try:
            convert(name, graph, staging)
            staging.chmod(0o755)
            staging.rename(folder)
        except OSError:
            if not folder.is_dir():  # another process was faster
                raise
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return open_engine(name, folder)


def convert_in_subprocess(
    name: str, checkpoint: Path, cache_dir: Path, teacher_dir: Path | None = None
) -> None:
    """Converts a model into its cache folder, in a separate process, which frees the memory that a conversion takes.

    Args:
        name: Key of `ENGINES`.
        checkpoint: The model file.
        cache_dir: The app's cache folder.
        teacher_dir: Folder with teacher weights for machines without a network, or None.

    Raises:
        ConfigError: The conversion failed; the message gives the reason.
    """
    environment = os.environ | {"FAVAE_CACHE_DIR": str(cache_dir), "OMP_NUM_THREADS": "1"}
    if teacher_dir:
        environment["FAVAE_TEACHER_DIR"] = str(teacher_dir)
    command = [
        sys.executable,
        "-m",
        "favae_demo",
        "export",
        "--checkpoint",
        str(checkpoint),
        "--to",
        name,
        "--keep",
    ]
    done = subprocess.run(command, env=environment, cwd=PROGRAM_DIR, capture_output=True, text=True)
    if done.returncode:
        raise ConfigError((done.stderr.strip() or "The conversion failed.").splitlines()[-1])


def convert(name: str, graph: Graph, folder: Path) -> float:
    """Converts a graph into a folder, and compares the engine's output with PyTorch's on an example image, which is saved too.

    Returns:
        The largest relative error of an error map.

    Raises:
        ConfigError: The conversion failed, or the error is larger than `TOLERANCE`.
    """
    ENGINES[name].load().convert(graph.cpu(), folder)
    image = example_image(*graph.shape)
    expected, rebuilt = TorchEngine(graph).run(image)
    np.savez(folder / CHECK, picture=image[0], maps=expected[0], rebuilt=rebuilt[0])
    maps, _ = open_engine(name, folder).run(image)
    error = relative_error(maps, expected)
    if not error <= TOLERANCE:  # this form also rejects NaN
        raise ConfigError(
            f"{ENGINES[name].title} answers {error:.1%} off what PyTorch answers; PyTorch runs this model."
        )
    return error


def relative_error(maps: np.ndarray, expected: np.ndarray) -> float:
    """Returns the largest absolute difference between maps N×T×h×w, as a share of the highest value of the expected map."""
    highest = np.abs(expected).max((-2, -1), keepdims=True)
    return float((np.abs(maps - expected) / np.maximum(highest, 1e-12)).max())


def example_image(height: int, width: int) -> np.ndarray:
    """Returns a synthetic image with edges, gradients and noise, 1×height×width×3 uint8."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:height, :width] / min(height, width)
    disc = (np.hypot(x - 0.5, y - 0.5) < 0.3) * 0.4
    colours = np.stack([disc + 0.5 * x, disc + 0.5 * y, disc + 0.25], -1)
    noisy = colours + rng.normal(0, 0.02, colours.shape)
    return (np.clip(noisy, 0, 1) * 255).astype(np.uint8)[None]
