"""Export of a model: a folder with the graph, its thresholds, and a program that runs it without PyTorch."""

import math
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from favae_demo.config.term_names import MEMORY
from favae_demo.core.errors import ConfigError
from favae_demo.core.files import write_json
from favae_demo.core.settings import install_command
from favae_demo.data import image_properties
from favae_demo.data.io.images import save_png
from favae_demo.data.transforms import alignment, registration
from favae_demo.detection.detector import Detector
from favae_demo.detection.engines import ENGINES
from favae_demo.detection.engines.conversion import convert
from favae_demo.scoring import likeness
from favae_demo.scoring.score_maps import top_count

PREPARED = {
    "grey": "; its colours left out: grey levels in all three channels",
    "align": "; the part turned upright by alignment.py, and the maps turned back before they are combined",
    "register": "; shifted to match reference.png by registration.py, and the maps shifted back before they are combined",
}
RATES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
FORMATS = tuple(name for name, spec in ENGINES.items() if spec.module)
ABOUT = "model.json"
EXAMPLE = Path(__file__).with_name("example")


def export(detector: Detector, to: str, out: Path, *, licence: str) -> dict[str, Any]:
    """Exports a model. The folder appears complete or not at all, and only if the converted model's output agrees with PyTorch's.

    Args:
        detector: The model, run by PyTorch.
        to: One of `FORMATS`.
        out: The folder, which must not exist yet.
        licence: Terms of the training images, as the model's card says; may be empty.

    Returns:
        The content of `model.json`.

    Raises:
        ConfigError: The folder exists, a package is missing, or the conversion failed.
    """
    if out.exists():
        raise ConfigError(f"{out} is there already; name a folder that is not.")
    if missing := ENGINES[to].missing():
        raise ConfigError(
            f"To write {ENGINES[to].title} files, install {' and '.join(missing)}: {install_command('fast')}"
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        error = convert(to, detector.graph, staging)
        about = describe(detector, licence) | {"format": to, "largest_relative_error": error}
        write_json(staging / ABOUT, about)
        for name, source in program(to, align=about["align"], register=about["register"]).items():
            shutil.copyfile(source, staging / name)
        if detector.calibration.reference is not None:
            save_png(staging / "reference.png", detector.calibration.reference)
        staging.chmod(0o755)
        staging.rename(out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return about


def program(to: str, *, align: bool, register: bool) -> dict[str, Path]:
    """Returns the source files of the example program, by their name in the folder.

    Args:
        to: One of `FORMATS`.
        align: Whether the model aligns parts first.
        register: Whether it registers images first.
    """
    files = {"run.py": EXAMPLE / "run.py", "network.py": EXAMPLE / f"network_{to}.py"}
    moving = (alignment,) if align else (alignment, registration) if register else ()
    modules = (image_properties, likeness, *moving)
    return files | {Path(str(one.__file__)).name: Path(str(one.__file__)) for one in modules}


def describe(detector: Detector, licence: str) -> dict[str, Any]:
    """Returns what a program needs to know of a model: sizes, terms, scales, thresholds, levels, licence; without a background mask."""
    config, calibration = detector.config, detector.calibration
    thresholds = {
        str(rate): {
            name: threshold.value for name, threshold in detector.thresholds(rate, masked=False).items()
        }
        for rate in RATES
    }
    prepared = {
        "grey": calibration.grey,
        "align": config.align,
        "register": calibration.reference is not None,
    }
    support = {str(rate): asdict(detector.thresholds(rate, masked=False)["image"].support) for rate in RATES}
    return {
        "category": detector.category,
        "licence": licence,
        "shape": list(config.shape),
        "input": "RGB divided by 255, shrunk by area average, channels first"
        + "".join(note for key, note in PREPARED.items() if prepared[key]),
        "outputs": {
            "maps": list(calibration.scales),
            "rebuilt": "RGB in 0 to 1",
            "score_map": "sum of maps * factors; where geometric, exp of the sum of log(1 + maps) * factors, minus 1",
        },
        "scales": calibration.scales,
        "factors": calibration.factors,
        "geometric": calibration.geometric,
        **prepared,
        "levels": detector.levels.to_dict(),
        "score": "of each map in `exponents`, divided by its scale (`combined` is the score map), the mean of the highest `top_pixels` values to "
        "the power of its exponent, all multiplied; where `usual` is not empty, each is divided by its usual value first, and they are added "
        "instead, to the power of one by the mean exponent; above the image limit is a defect; an image is not judged "
        "where a property lies outside `ranges`, see likeness.py, the score below `floor`, or nearly all of its map `memory`, divided by its scale, above `furthest`, where that is not null",
        "exponents": calibration.exponents or {"combined": 1.0},
        "usual": calibration.usual,
        "top_pixels": top_count(math.prod(config.map_shape), calibration.score, calibration.share),
        "limits": thresholds,
        "support": support,
        "floor": calibration.plain.floor(),
        "furthest": furthest if math.isfinite(furthest := calibration.plain.highest(MEMORY)) else None,
        "ranges": {name: asdict(one) for name, one in (calibration.ranges or likeness.ANY_PART).items()},
        "config": config.to_dict(),
    }
