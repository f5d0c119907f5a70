"""Times the farthest-first choice of patches: `python tests/model/measure_k_centre.py CATEGORY_FOLDER`.

The patches are those of PatchCore on EfficientNet-Lite0 for an anomalib model: 152 features (blocks 4 and 10) of 32×32 places. One of a
hundred is chosen. The time is that of the processor, so that other work on the machine does not count.
"""

import sys
import time
from pathlib import Path

import torch
from torch import Tensor

from favae_demo.core.settings import Settings
from favae_demo.data.io.image_cache import cached_images
from favae_demo.data.mvtec import load_category
from favae_demo.model.memory import k_centre, patch_features
from favae_demo.teacher.teacher import load_teacher
from favae_demo.training.views import to_float, to_tensor

CHECKED = 100  # choices that are compared with the plain algorithm


def patches(folder: Path, settings: Settings) -> Tensor:
    """Returns the patches of all good images of a category, N×152."""
    category = load_category(folder.parent, folder.name)
    images = cached_images([sample.path for sample in category.train], 256, category.name, settings.cache_dir)
    teacher = load_teacher("efficientnet-lite0", settings.cache_dir, settings.teacher_dir)
    rows = []
    with torch.inference_mode():
        for batch in to_tensor(images).split(16):
            found = patch_features(teacher.features(to_float(batch)), "middle")
            rows.append(
                torch.cat([found[:, :40], found[:, -112:]], 1).flatten(2).transpose(1, 2).flatten(0, 1)
            )
    return torch.cat(rows)


def plain(points: Tensor, count: int) -> list[int]:
    """Chooses as `k_centre`, and compares all points each time."""
    distance, chosen = torch.full((len(points),), float("inf")), [0]
    squares = (points * points).sum(1)
    while len(chosen) < count:
        torch.minimum(
            distance, squares + squares[chosen[-1]] - 2 * (points @ points[chosen[-1]]), out=distance
        )
        chosen.append(int(distance.argmax()))
    return chosen


if __name__ == "__main__":
    points = patches(Path(sys.argv[1]), Settings.from_env())
    start = time.process_time()
    chosen = k_centre(points, len(points) // 100)
    own = time.process_time() - start
    start = time.process_time()
    same = plain(points, CHECKED) == chosen[:CHECKED].tolist()
    each = (time.process_time() - start) / CHECKED
    print(f"{tuple(points.shape)}: {len(chosen)} chosen in {own:.1f} s of one thread")
    print(f"plain algorithm: {each * len(chosen):.0f} s; the same first {CHECKED} choices: {same}")
