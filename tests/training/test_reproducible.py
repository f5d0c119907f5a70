"""The same seed on the same machine gives the same file, byte for byte, whatever the recipe."""

from dataclasses import replace

import pytest
from simple_teacher import LargeTeacher, SimpleTeacher
from whole_runs import assert_same_run, finish, new_folder

from favae_demo.config.presets import make_config
from favae_demo.runs import pipeline

pytest_plugins = ["whole_runs"]

SMALL = {"width": 0.05, "batch_size": 4, "max_steps": 6, "weight_average": 0.5}
RECIPES = {
    "quick, plain": (make_config("quick", "widget", teacher="none", latent=4, views=20, **SMALL), None),
    "quick, guided": (
        make_config("quick", "widget", teacher="vgg16", latent=4, views=20, **SMALL),
        SimpleTeacher,
    ),
    "extended": (make_config("extended", "screw", latent=4, weight_bits=8, **SMALL), LargeTeacher),
}


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(
    tmp_path, tiny_mvtec, settings, monkeypatch, recipe
):
    config, teacher = RECIPES[recipe]
    monkeypatch.setattr(pipeline, "load_teacher", lambda *_, **__: teacher())
    seeds = {"one": 0, "again": 0, "other": 1}
    made = {}
    for name, seed in seeds.items():
        made[name] = new_folder(tmp_path / name, tiny_mvtec, replace(config, seed=seed))
        finish(made[name], replace(settings, cache_dir=tmp_path / f"cache of {name}"))  # nothing is taken up
    assert_same_run(made["again"], made["one"])
    assert made["again"].best.read_bytes() == made["one"].best.read_bytes()
    assert made["other"].best.read_bytes() != made["one"].best.read_bytes()
