"""Model files from elsewhere: whatever is in them, a model comes out that can judge, or one plain sentence."""

import json
import resource
from dataclasses import replace
from pathlib import Path

import hostile_checkpoints
import numpy as np
import pytest
import torch
from hostile_checkpoints import STRANGE, changed, parts, places
from hostile_outcome import ACCEPTED, REFUSED, outcome
from hypothesis import given, settings
from hypothesis import strategies as st

from favae_demo.checkpoints.card import Card
from favae_demo.checkpoints.card_file import card_of
from favae_demo.checkpoints.checkpoint import (
    Checkpoint,
    list_checkpoints,
    load_checkpoint,
    read_card,
    save_checkpoint,
)
from favae_demo.checkpoints.known_ranges import with_known_ranges
from favae_demo.checkpoints.weight_format import pack
from favae_demo.config.presets import PAPER
from favae_demo.model.favae import Favae
from favae_demo.scoring.calibration import calibrate

CONFIG = replace(PAPER, width=0.05, latent=4)
CHANNELS = (3, 5, 7)


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    """A model that guesses a teacher's features."""
    torch.manual_seed(0)
    maps = np.random.default_rng(0).random((3, 4, 16, 16), np.float32)
    calibration = calibrate(
        maps, np.ones((3, 16, 16), bool), ["pixels", "layer1", "layer2", "layer3"], "scaled"
    )
    metrics = {
        "pixel_auroc": 0.9,
        "image_auroc": None,
        "n_good": 3,
        "reasons": {"image_auroc": "Too few."},
        "data": "tests",
    }
    card = Card(
        "widget",
        CONFIG,
        "abc",
        "tests",
        CHANNELS,
        calibration,
        {"source": "tests"},
        {"steps": 5},
        metrics,
        "1",
    )
    rows = {f"{kind}{i}": torch.rand(n) + 1 for i, n in enumerate(CHANNELS) for kind in ("mean", "std")}
    path = tmp_path_factory.mktemp("models") / "good.safetensors"
    save_checkpoint(path, Checkpoint(card, pack(Favae(CHANNELS, 4, 0.05).state_dict()), rows))
    return path


def read(path: Path) -> None:
    """As the app does: its card for the list, its weights, its limits, its file name."""
    card = read_card(path)
    checkpoint = load_checkpoint(path)
    assert all(value.isfinite().all() for value in checkpoint.build_model().state_dict().values())
    calibration = checkpoint.card.calibration
    assert np.isfinite(calibration.factors).all()
    assert all(calibration.good(masked).images for masked in (True, False))
    assert Path(card.name).name == card.name
    for figure in ("pixel_auroc", "image_auroc"):
        value = card.metrics.get(figure)
        assert value is None or f"{value:.3f}"


def test_the_good_one_is_good(good: Path) -> None:
    assert outcome(lambda: read(good)) == ACCEPTED


def test_traps_are_refused(good: Path, tmp_path: Path) -> None:
    traps = hostile_checkpoints.traps(good)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, data in traps.items():
        path = tmp_path / "trap.safetensors"
        path.write_bytes(data)
        assert outcome(lambda path=path: read(path)) == REFUSED, name
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 800_000  # KB
    (tmp_path / "folder.safetensors").mkdir()
    (tmp_path / "link.safetensors").symlink_to("nothing")
    assert list_checkpoints(tmp_path).keys() <= {tmp_path / "trap.safetensors"}


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_damaged_files_are_a_model_or_refused(good: Path, tmp_path_factory, seed: int) -> None:
    path = tmp_path_factory.mktemp("damaged") / "a.safetensors"
    for data in hostile_checkpoints.damaged(good.read_bytes(), np.random.default_rng(seed), 3):
        path.write_bytes(data)
        outcome(lambda: read(path))


def test_every_value_of_the_description_may_be_of_any_type(good: Path) -> None:
    _, card = parts(good)
    for place in places(card):
        for value in STRANGE:
            text = json.dumps(changed(card, place, value))
            outcome(lambda text=text: _read_text(text))


def _read_text(text: str) -> None:
    """As `read_card` does with what is in a file."""

    class Held:
        def metadata(self) -> dict[str, str]:
            return {"favae": text}

    card = with_known_ranges(card_of(Held(), Path("a.safetensors")))
    assert Path(card.name).name == card.name
    assert np.isfinite(card.calibration.factors).all()


def test_a_model_s_category_cannot_lead_elsewhere(good: Path, tmp_path: Path) -> None:
    tensors, card = parts(good)
    for name in ("../../evil", "/etc/evil", "..", ".hidden", "a\\b", "a\nb", "x" * 300):
        for record in (card | {"category": name}, changed(card, ("config", "preset"), name)):
            (tmp_path / "a.safetensors").write_bytes(hostile_checkpoints.file(tensors, record))
            assert outcome(lambda: read(tmp_path / "a.safetensors")) == REFUSED
