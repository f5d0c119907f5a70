"""`train`: from a folder with images of good parts to a model file, in this process."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.settings import Settings
from favae_demo.data.mvtec import load_category, require_training
from favae_demo.runs.process import mark_process, run_lock
from favae_demo.training.events import Event
from favae_demo.training.run_folder import RunFolder


def train(
    config: TrainConfig,
    category: Path | str,
    out: Path | str,
    *,
    measure: bool = True,
    exclude: Sequence[str] = (),
    on_event: Callable[[Event], None] | None = None,
    settings: Settings | None = None,
) -> Path:
    """Trains and calibrates a model, and measures it on the category's test images where there are some.

    Args:
        config: Settings of the training, as from `make_config`.
        category: Folder in MVTec layout: good parts in `train/good`, test images in `test/<defect>`, masks in
            `ground_truth/<defect>`. Only `train/good` is needed; the folder's name becomes the model's category.
        out: Run folder, which must not hold a training yet. It records settings, events and snapshots, and the app's Train tab shows
            it if it lies in the folder of the runs.
        measure: Whether the finished model is measured on the test images.
        exclude: File names of images in `train/good` that are left out, such as `Card.suspects` of an earlier model.
        on_event: Called with every event of the training; see `training.events`.
        settings: Folders of the teacher weights and the cache; None reads them from the environment.

    Returns:
        Path of the model file, for `Detector.load`.

    Raises:
        DataError: The folder holds too few images of good parts, or none of a name in `exclude`.
        TrainingError: The run folder is in use, or the training diverged.
        WeightsError: The teacher's weights can neither be found nor downloaded.

    Examples:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> import numpy as np
        >>> from PIL import Image
        >>> from favae_demo import Detector, make_config, train
        >>> folder = TemporaryDirectory()
        >>> good = Path(folder.name, "data", "plate", "train", "good")
        >>> good.mkdir(parents=True)
        >>> for i in range(4):
        ...     Image.fromarray(np.full((64, 64, 3), 100 + i, np.uint8)).save(good / f"{i}.png")
        >>> config = make_config("quick", teacher="none", width=0.05, max_steps=2, views=0)
        >>> model = train(config, good.parents[1], Path(folder.name, "run"))
        >>> model.name, Detector.load(model).category
        ('model.safetensors', 'plate')
        >>> folder.cleanup()
    """
    from favae_demo.runs.pipeline import run_training  # torch: not before it is needed

    settings, root, run = settings or Settings.from_env(), Path(category).resolve(), RunFolder(Path(out))
    require_training(load_category(root.parent, root.name).without(exclude))
    run.create(config, root.name, root.parent, exclude)
    with run_lock(run):
        mark_process(run, os.getpid())
        for event in run_training(run, settings, measure=measure):
            if on_event:
                on_event(event)
    return run.model
