"""Reads the card in a model file, as it was written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from favae_demo.checkpoints.card import Card
from favae_demo.core.errors import CheckpointError, ConfigError
from favae_demo.data.transforms.registration import SIDE

REFERENCE = "pose.reference"  # tensor of `Calibration.reference`
MAX_BYTES = (
    500_000_000  # of a file: the report's network, twice as wide, with the widest teacher, takes half of it
)


def open_file(path: Path, framework: str = "pt") -> safe_open:
    """Opens a model file.

    Raises:
        CheckpointError: It is missing, too large, or no such file.
    """
    if not path.is_file():
        raise CheckpointError(f"There is no model file at {path}.")
    if path.stat().st_size > MAX_BYTES:
        raise CheckpointError(f"{path.name} is larger than any model of this app.")
    try:
        return safe_open(path, framework)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path.name} is not a model file of this app, or it is damaged.") from error


def card_alone(path: Path) -> Card:
    """Returns the card of a model file, without the weights.

    Raises:
        CheckpointError: As `open_file` and `card_of`.
    """
    with open_file(path, "np") as file:
        return card_of(file, path)


def card_of(file: safe_open, path: Path) -> Card:
    """Returns the card of an open model file.

    Raises:
        CheckpointError: It has none, or a damaged one, or that of a later version.
    """
    metadata = file.metadata() or {}
    if "favae" not in metadata:
        raise CheckpointError(f"{path.name} is not a model file of this app.")
    try:
        card = Card.from_json(metadata["favae"])
        reference = np.asarray(file.get_tensor(REFERENCE)) if REFERENCE in file.keys() else None  # noqa: SIM118
        if reference is not None and not (reference.dtype == np.uint8 and reference.shape == (SIDE, SIDE)):
            raise ValueError("no image of the part")
        return replace(card, calibration=replace(card.calibration, reference=reference))
    except (ArithmeticError, AttributeError, ConfigError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path.name} is damaged: its description cannot be read.") from error
