import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from favae_demo.checkpoints.card import NEWEST_FORMAT, Card
from favae_demo.checkpoints.checkpoint import (
    Checkpoint,
    list_checkpoints,
    load_checkpoint,
    read_card,
    save_checkpoint,
    write_metrics,
)
from favae_demo.checkpoints.weight_format import pack, unpack
from favae_demo.config.presets import PAPER
from favae_demo.core.errors import CheckpointError
from favae_demo.core.files import read_json
from favae_demo.model.favae import Favae
from favae_demo.scoring.calibration import calibrate
from favae_demo.scoring.likeness import PropertyRange
from favae_demo.scoring.thresholds import GoodScores, Support, Threshold

CONFIG = replace(PAPER, width=0.05, latent=4)
CHANNELS = (3, 5, 7)


@pytest.fixture
def checkpoint() -> Checkpoint:
    torch.manual_seed(0)
    names = ["pixels", "layer1", "layer2", "layer3"]
    maps = np.random.default_rng(0).random((3, 4, 16, 16), np.float32)
    calibration = calibrate(maps, np.ones((3, 16, 16), bool), names, "scaled")
    card = Card(
        "widget", CONFIG, "abc", "tests", CHANNELS, calibration, {"train": 10}, {"steps": 5}, version="1.0"
    )
    weights = pack(Favae(CHANNELS, 4, 0.05).state_dict())
    standardisation = {
        f"{kind}{i}": torch.rand(n) + 1 for i, n in enumerate(CHANNELS) for kind in ("mean", "std")
    }
    return Checkpoint(card, weights, standardisation)


@pytest.fixture
def path(tmp_path, checkpoint):
    path = tmp_path / "models" / "widget.safetensors"
    save_checkpoint(path, checkpoint)
    return path


def rewrite(path, change) -> None:
    """Saves the file again with its description changed."""
    with safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        record = json.loads(file.metadata()["favae"])
    save_file(tensors, path, {"favae": json.dumps(change(record))})


def test_everything_comes_back(path, checkpoint):
    loaded = load_checkpoint(path)
    assert loaded.card == checkpoint.card == read_card(path)
    for ours, theirs in (
        (loaded.weights, checkpoint.weights),
        (loaded.standardisation, checkpoint.standardisation),
    ):
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[name], theirs[name]) for name in ours)
        assert all(ours[name].dtype == theirs[name].dtype for name in ours)
    assert [file.name for file in path.parent.iterdir()] == [path.name]  # no temporary file is left


def test_the_built_model_answers_as_the_saved_one(path, checkpoint):
    x = torch.rand(2, 3, 128, 128)
    with torch.inference_mode():
        ours, theirs = load_checkpoint(path).build_model()(x), checkpoint.build_model()(x)
    assert torch.equal(ours.image, theirs.image)
    assert [features.shape[1] for features in ours.features] == list(CHANNELS)


def test_kernels_are_kept_in_half_precision_and_vectors_in_full(checkpoint):
    kinds = {(value.ndim > 1, value.dtype) for value in checkpoint.weights.values()}
    assert kinds == {(True, torch.float16), (False, torch.float32), (False, torch.int64)}


def test_a_small_matrix_is_kept_as_it_can_be_used():
    """In eight bits this covariance, as a mixture learns some, has no square root."""
    covariance = torch.tensor([[[1.0, 0.998], [0.998, 1.0]]])
    kept = unpack(pack({"sigma": covariance}, bits=8))
    assert kept.keys() == {"sigma"}
    assert torch.linalg.cholesky(kept["sigma"]).isfinite().all()


def test_weights_in_eight_bits_halve_the_file_and_keep_each_row_s_range(path, checkpoint):
    exact = {name: value.clone() for name, value in Favae(CHANNELS, 4, 0.05).state_dict().items()}
    exact["encoder.head.weight"][0] = 0  # a row without any range
    card = replace(checkpoint.card, config=replace(CONFIG, weight_bits=8))
    small = path.with_name("small.safetensors")
    save_checkpoint(small, replace(checkpoint, card=card, weights=pack(exact, bits=8)))
    write_metrics(small, {"pixel_auroc": 0.9})  # written anew
    loaded = load_checkpoint(small)
    rounded = unpack(loaded.weights)
    assert rounded.keys() == exact.keys()
    for name, value in exact.items():
        rows = value.flatten(1) if value.ndim > 1 else value[None]
        step = rows.abs().amax(1, keepdim=True) / 127 if value.ndim > 1 else 0
        difference = (rounded[name].reshape(rows.shape) - rows).abs()
        assert (difference <= step * 0.5001).all(), name
    again = unpack(pack(rounded, bits=8))
    assert all(torch.allclose(again[name], rounded[name], rtol=1e-6, atol=0) for name in rounded)
    built = loaded.build_model().state_dict()
    assert all(torch.equal(built[name].float(), rounded[name]) for name in rounded)
    bits = [sum(t.nbytes for n, t in c.weights.items() if t.ndim > 1) for c in (loaded, checkpoint)]
    assert bits[0] < 0.6 * bits[1]


def test_readers_of_version_1_are_told_of_weights_they_cannot_read(path, checkpoint):
    def version(one):
        with safe_open(one, "pt") as file:
            return json.loads(file.metadata()["favae"])["format"]

    assert version(path) == 1
    card = replace(checkpoint.card, config=replace(CONFIG, weight_bits=8))
    save_checkpoint(path, replace(checkpoint, card=card))
    assert version(path) == 2


def test_a_missing_file(tmp_path):
    with pytest.raises(CheckpointError, match="There is no model file"):
        load_checkpoint(tmp_path / "none.safetensors")


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x80\x04]\x94.", b"\xff" * 64])
def test_a_file_of_another_kind(tmp_path, content):
    path = tmp_path / "other.safetensors"
    path.write_bytes(content)
    for read in (load_checkpoint, read_card):
        with pytest.raises(CheckpointError, match=r"other\.safetensors is not a model file"):
            read(path)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
def test_a_file_cut_short(path, share):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(CheckpointError, match="damaged"):
        load_checkpoint(path)


def test_a_safetensors_file_of_somebody_else(tmp_path):
    path = tmp_path / "foreign.safetensors"
    save_file({"x": torch.zeros(2)}, path)
    with pytest.raises(CheckpointError, match="not a model file of this app"):
        load_checkpoint(path)


def test_a_later_format(path):
    rewrite(path, lambda record: record | {"format": NEWEST_FORMAT + 1})
    with pytest.raises(CheckpointError, match="newer version"):
        load_checkpoint(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda record: 5,
        lambda record: [],
        lambda record: {},
        lambda record: record | {"format": "one"},
        lambda record: {name: value for name, value in record.items() if name != "calibration"},
        lambda record: record | {"config": record["config"] | {"width": 99.0}},
        lambda record: record | {"config": None},
        lambda record: record | {"teacher_channels": 3},
        lambda record: record | {"calibration": record["calibration"] | {"plain": {"images": [], "peaks": []}}},
    ],
)  # fmt: skip
def test_a_damaged_description(path, change):
    rewrite(path, change)
    with pytest.raises(CheckpointError, match="damaged"):
        load_checkpoint(path)


@pytest.mark.parametrize("channels", [[3, 5], [3, 5, 8], []])
def test_weights_that_do_not_fit_the_description(path, channels):
    rewrite(path, lambda record: record | {"teacher_channels": channels})
    with pytest.raises(CheckpointError, match="do not fit"):
        load_checkpoint(path).build_model()


def test_fields_of_a_later_version_are_ignored(path, checkpoint):
    rewrite(path, lambda record: record | {"invented_later": 1})
    assert load_checkpoint(path).card == checkpoint.card


def test_figures_are_added_without_touching_the_rest(path, checkpoint):
    write_metrics(path, {"pixel_auroc": 0.9, "image_auroc": None})
    loaded = load_checkpoint(path)
    assert loaded.card == replace(checkpoint.card, metrics={"pixel_auroc": 0.9, "image_auroc": None})
    assert all(torch.equal(loaded.weights[name], value) for name, value in checkpoint.weights.items())


def test_the_list_passes_over_what_is_no_model(path, checkpoint):
    (path.parent / "broken.safetensors").write_bytes(b"x")
    (path.parent / "notes.txt").write_text("x")
    assert list_checkpoints(path.parent, path.parent / "nowhere") == {path: checkpoint.card}
    assert checkpoint.card.name == "widget-vgg16-paper"


def test_a_list_shows_what_is_there_now(path, checkpoint):
    assert list_checkpoints(path.parent) == {path: checkpoint.card}
    write_metrics(path, {"pixel_auroc": 0.7})
    assert list_checkpoints(path.parent)[path].metrics == {"pixel_auroc": 0.7}
    content = path.read_bytes()
    path.write_bytes(b"no model")
    assert list_checkpoints(path.parent) == {}
    path.write_bytes(content)
    assert list_checkpoints(path.parent)[path].metrics == {"pixel_auroc": 0.7}
    path.unlink()
    assert list_checkpoints(path.parent) == {}


@pytest.mark.parametrize(("mask_score", "expected"), [(False, 9.0), (True, 90.0)])
def test_a_cards_thresholds_are_ranks_among_its_held_out_scores(checkpoint, mask_score, expected):
    plain, masked = (
        GoodScores(images, {"combined": tuple(value / 2 for value in images)})
        for images in (tuple(range(1, 10)), tuple(range(10, 100, 10)))
    )
    calibration = replace(checkpoint.card.calibration, plain=plain, masked=masked)
    config = replace(checkpoint.card.config, mask_score=mask_score)
    good_scores = replace(checkpoint.card, calibration=calibration, config=config).good_scores
    assert good_scores.threshold(0.1) == Threshold(expected, Support(9, rank=9))
    assert good_scores.threshold(0.1, "combined").value == expected / 2
    assert not good_scores.threshold(0.05).supported


def test_ranges_of_the_good_images_are_kept_and_older_cards_have_none(path, checkpoint):
    ranges = {"brightness": PropertyRange(4.0, 0.1, 3.8, 4.2)}
    calibration = replace(checkpoint.card.calibration, ranges=ranges)
    text = replace(checkpoint.card, calibration=calibration).to_json()
    assert Card.from_json(text).calibration.ranges == ranges
    older = json.loads(text)
    del older["calibration"]["ranges"]
    assert Card.from_json(json.dumps(older)).calibration.ranges == {}
    for wrong in ({"low": "dark"}, {"low": float("nan")}, {"more": 1.0}):
        hostile = json.loads(text)
        hostile["calibration"]["ranges"]["brightness"] |= wrong
        with pytest.raises(ValueError, match=r"brightness|NaN"):
            Card.from_json(json.dumps(hostile))


def test_the_index_is_of_the_shipped_models() -> None:
    folder = Path(__file__).parents[2] / "checkpoints"
    for row in read_json(folder / "index.json"):
        card = read_card(folder / row["file"])
        assert (folder / row["file"]).stat().st_size == row["bytes"]
        assert (card.category, card.config.name, card.metrics) == (
            row["category"], row["name"], row["metrics"]
        )  # fmt: skip
