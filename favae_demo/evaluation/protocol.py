"""The evaluation protocol of all published numbers: all test images of a category, with score maps of 128×128 for square images.

Thresholds, scales and model selection use good training images only; the metrics are computed on raw scores.
"""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from favae_demo.core.device import images_per_pass
from favae_demo.core.errors import DataError
from favae_demo.data.io.image_cache import cached_images
from favae_demo.data.io.images import DecodedImage, image_size
from favae_demo.data.io.levels import Levels
from favae_demo.data.mask_checks import mask_remarks, with_checked_masks
from favae_demo.data.mvtec import Category, Sample, load_category, load_mask
from favae_demo.detection.detector import Detector
from favae_demo.evaluation import metrics
from favae_demo.scoring.detection import NOT_JUDGED

MIN_GOOD = 2  # good test images that image-level metrics need
NO_MASK = "This figure cannot be given: no picture with a defect has a mask."
NO_USABLE_MASK = "This figure cannot be given: none of the masks of pictures with a defect can be used."
FIGURES = ("pixel_auroc", "image_auroc", "aupro", "pixel_ap", "f1_max")


@dataclass(frozen=True)
class Evaluation:
    """Scores of all test images of a category, and the metrics.

    Attributes:
        samples: The test images, in order.
        scores: Image scores, N.
        maps: Combined score maps, N×h×w float32.
        masks: Ground truth, N×h×w bool.
        figures: Metrics by name (`FIGURES`); None if one is not defined on these images.
        reasons: Why a metric is None, by name.
        seconds: Duration of the evaluation.
        not_judged: N bool, True for images with the verdict `not judged`; None where only scores are known.
        milliseconds: Mean time that the model took for an image; None where it is not known.
    """

    samples: tuple[Sample, ...]
    scores: np.ndarray
    maps: np.ndarray
    masks: np.ndarray
    figures: dict[str, float | None]
    reasons: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    not_judged: np.ndarray | None = None
    milliseconds: float | None = None

    @property
    def labels(self) -> np.ndarray:
        """N bool, True for images with a defect."""
        return np.array([not sample.is_good for sample in self.samples])

    @property
    def n_good(self) -> int:
        """Good test images."""
        return int((~self.labels).sum())

    @property
    def n_defect(self) -> int:
        """Test images with a defect."""
        return int(self.labels.sum())

    def to_dict(self) -> dict[str, Any]:
        """Returns the metrics with the numbers of images, for JSON and for the checkpoint's card."""
        counts = {"n_good": self.n_good, "n_defect": self.n_defect}
        return self.figures | counts | {"reasons": self.reasons}


ScoreFunction = Callable[[np.ndarray], Iterable[tuple[float, np.ndarray]]]
"""Maps images N×H×W×3 uint8 to an image score and a score map h×w for each."""


def evaluate(
    model: Detector | Path | str,
    category: Category | Path | str,
    progress: Callable[[int, int], None] | None = None,
    cache_dir: Path | None = None,
) -> Evaluation:
    """Scores every test image of a category with a model, and computes the metrics.

    Args:
        model: A detector, or what `Detector.load` takes: the path of a model file or a name that `list_models` returns.
        category: The index of a category, or its folder in MVTec layout.
        progress: Called with the images done and in all.
        cache_dir: The app's cache folder, so that the images are decoded only once; None keeps nothing.

    Returns:
        Scores, maps and ground truth of all test images, with the metrics in `Evaluation.figures`.

    Raises:
        CheckpointError, WeightsError: As from `Detector.load`.
        DataError: There is no such category, or it has no test images.

    Examples:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from PIL import Image
        >>> from favae_demo import evaluate
        >>> from favae_demo.data.synthetic import render_part
        >>> folder = TemporaryDirectory()
        >>> for kind, defect in {"good": None, "broken_lip": "broken_lip"}.items():
        ...     images = Path(folder.name, "sample_bottle", "test", kind)
        ...     images.mkdir(parents=True)
        ...     for seed in range(2):
        ...         image, mask = render_part("sample_bottle", seed, defect)
        ...         Image.fromarray(image).save(images / f"{seed}.png")
        >>> result = evaluate("sample_bottle-efficientnet-lite0-extended", images.parents[1])
        >>> result.n_good, result.n_defect, result.figures["image_auroc"]
        (2, 2, 1.0)
        >>> result.reasons["pixel_ap"]
        'This figure cannot be given: no picture with a defect has a mask.'
        >>> folder.cleanup()
    """
    detector = model if isinstance(model, Detector) else Detector.load(model)
    if not isinstance(category, Category):
        root = Path(category).resolve()
        category = load_category(root.parent, root.name)

    sizes = (image_size(sample.path) for sample in category.test)
    not_judged: list[bool] = []
    times: list[float] = []

    def judge(images: np.ndarray) -> Iterable[tuple[float, np.ndarray]]:
        given = [DecodedImage(image, original=next(sizes)) for image in images]
        for detection in detector.detect(given):
            not_judged.append(detection.verdict == NOT_JUDGED)
            times.append(detection.timings["total"])
            yield detection.score, detection.map

    result = evaluate_with(
        judge, detector.config.shape, category, progress, cache_dir, levels=detector.levels
    )
    return replace(result, not_judged=np.array(not_judged), milliseconds=float(np.mean(times)))


def evaluate_with(
    score_function: ScoreFunction,
    shape: int | tuple[int, int],
    category: Category,
    progress: Callable[[int, int], None] | None = None,
    cache_dir: Path | None = None,
    *,
    levels: Levels | None = None,
) -> Evaluation:
    """Scores every test image of a category, loaded at a shape, with any function; see `evaluate`.

    Images with more than 8 bits are converted with `levels`, as for `decode`.
    """
    if not category.test:
        raise DataError(f"The category {category.name!r} has no test pictures to measure on.")
    start = time.perf_counter()
    category = with_checked_masks(category, cache_dir)
    scores, maps = [], []
    images = cached_images([sample.path for sample in category.test], shape, category.name, cache_dir, levels)
    size = images_per_pass(*images.shape[1:3])
    for first in range(0, len(images), size):
        for score, score_map in score_function(images[first : first + size]):
            scores.append(score)
            maps.append(score_map)
        if progress:
            progress(len(scores), len(category.test))
    with ThreadPoolExecutor() as pool:
        map_shape = maps[0].shape
        masks = np.stack(list(pool.map(lambda sample: load_mask(sample, map_shape), category.test)))
    labels = np.array([not sample.is_good for sample in category.test])
    # Pixel metrics leave out defect images without a mask, whose defect would count as background.
    known = np.array([sample.has_ground_truth for sample in category.test])
    figures, reasons = measure(np.array(scores), np.stack(maps), masks, labels, known)
    if remarks := mask_remarks(category):
        reasons["masks"] = " ".join(remarks)
    if any(sample.mask_problem for sample in category.test):
        reasons = {name: NO_USABLE_MASK if reason == NO_MASK else reason for name, reason in reasons.items()}
    return Evaluation(
        category.test, np.array(scores), np.stack(maps), masks, figures, reasons, time.perf_counter() - start
    )


def measure(
    scores: np.ndarray, maps: np.ndarray, masks: np.ndarray, labels: np.ndarray, known: np.ndarray
) -> tuple[dict[str, float | None], dict[str, str]]:
    """Computes all metrics, and the reason for each that is not defined.

    Args:
        scores: Image scores, N.
        maps: Score maps, N×h×w.
        masks: Ground truth, N×h×w bool.
        labels: N bool, True for a defect.
        known: N bool, whether the ground truth of the image is known.
    """
    few_good = f"needs at least {MIN_GOOD} good test pictures, there are {int((~labels).sum())}"
    pixel = {
        "pixel_auroc": metrics.pixel_auroc,
        "aupro": metrics.aupro,
        "pixel_ap": metrics.pixel_ap,
    }
    image = {"image_auroc": metrics.image_auroc, "f1_max": lambda s, m: metrics.f1_max(s, m)[0]}
    figures: dict[str, float | None] = dict.fromkeys(FIGURES)
    reasons: dict[str, str] = {}
    for names, values, truth, problem in (
        (pixel, maps[known], masks[known], "" if (known & labels).any() or not labels.any() else NO_MASK),
        (image, scores, labels, few_good if (~labels).sum() < MIN_GOOD else ""),
    ):
        for name, function in names.items():
            try:
                if problem:
                    raise metrics.UndefinedMetricError(problem)
                figures[name] = float(function(values, truth))
            except metrics.UndefinedMetricError as reason:
                reasons[name] = str(reason)
    return figures, reasons
