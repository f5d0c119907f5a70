"""Settings that only judge with a trained network: they leave its training as it is, and can be tried on it afterwards."""

from dataclasses import replace

import torch
from whole_runs import TINY, epochs, finish, new_folder

from favae_demo.checkpoints.checkpoint import load_checkpoint
from favae_demo.config.train_config import SCORING_SETTINGS
from favae_demo.runs.pipeline import reevaluate
from favae_demo.training.state import load_tensors

pytest_plugins = ["whole_runs"]

OTHERWISE = {
    "mask_score": True,
    "score": "channels",
    "pixel_weight": 0.5,
    "centre": True,
    "neighbours": True,
    "image_score": "top",
    "top_share": 0.1,
    "blur": 1.0,
    "weight_bits": 8,
    "nuisance": 1.0,
    "memory_layer": "middle",
    "memory_whitened": False,
}


def test_they_leave_the_training_as_it_is(whole, tmp_path, tiny_mvtec, settings) -> None:
    config = replace(TINY, background="light")
    judged = replace(config, **OTHERWISE)
    assert OTHERWISE.keys() == set(SCORING_SETTINGS) - {"memory"}  # which needs a teacher
    assert all(getattr(config, name) != value for name, value in OTHERWISE.items())
    assert judged.network_config() == config.network_config()
    folder = new_folder(tmp_path / "otherwise", tiny_mvtec, judged)
    finish(folder, settings, measure=True)
    assert epochs(folder) == epochs(whole)
    ours, theirs = (load_tensors(one.best)[0] for one in (folder, whole))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)

    found = load_checkpoint(folder.model).card.metrics
    anew = reevaluate(whole, judged, settings)
    assert 0 <= anew.pop("synthetic_auroc") <= 1  # which a training does not measure
    assert anew == {name: found[name] for name in anew}
    assert anew["pixel_auroc"] != load_checkpoint(whole.model).card.metrics["pixel_auroc"]


def test_other_settings_are_another_training() -> None:
    assert replace(TINY, seed=1).network_config() != TINY.network_config()
    assert replace(TINY, mask_training=True).network_config() != TINY.network_config()
