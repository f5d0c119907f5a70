"""Calibration that suspicious images among the good ones do not spoil: they are found, named, and do not count."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import torch

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.device import release_memory
from favae_demo.detection.calibration.calibrate import calibrate_model, scored_of_training
from favae_demo.detection.calibration.passes import PassStore
from favae_demo.model.network import MethodNetwork
from favae_demo.scoring.calibration import Calibration
from favae_demo.scoring.suspects import MANY, Suspect, kept_in, merged, suspects_by, worth_a_look
from favae_demo.teacher.teacher import Teacher
from favae_demo.training.views import Split

ROUNDS = 2  # of calibration: more would leave out what only stands out among what is left


def calibrate_robustly(
    model: MethodNetwork,
    teacher: Teacher | None,
    split: Split,
    config: TrainConfig,
    names: Sequence[str],
    suspects: Collection[Suspect] = (),
    device: torch.device | str = "cpu",
    *,
    rounds: int = ROUNDS,
    store: PassStore | None = None,
) -> Calibration:
    """Returns the calibration from all good images but the suspicious ones, which it names.

    What is learned from good images (whitening, memory, scores behind the limit) is learned without those that stand far out. A score that stands far
    out in this calibration is suspicious too, and the calibration is repeated without it.

    Args:
        model: The network.
        teacher: The frozen teacher with the training's standardisation, or None for the plain VAE.
        split: The good images.
        config: Settings of the training.
        names: Names of the good images, in the order of the category's training list.
        suspects: Those that were found before the training.
        device: Where the network runs.
        rounds: Largest number of calibrations.
        store: What the network makes of good images, for the next of these calibrations.
    """
    store = store or PassStore()
    suspects = _leaving_both_sides(kept_in(merged(suspects), len(names)), split, names)
    aside = {one.name for one in suspects if one.left_out}
    held_out, train = (
        [place for place in places if names[place] not in aside]
        for places in (split.held_out_index, split.train_index)
    )
    calibration = calibrate_model(
        model,
        teacher,
        _kept(split.held_out, split.held_out_index, held_out),
        config,
        device,
        trained_on=_kept(split.train, split.train_index, train),
        reference=split.reference,
        store=store,
    )
    release_memory()
    scored = held_out + [train[row] for row in scored_of_training(len(train))]
    kind = "score of many" if len(scored) >= MANY else "score"
    outliers = suspects_by(
        kind, [names[place] for place in scored], calibration.good(config.mask_score).images
    )
    suspects = merged((*suspects, *outliers))
    if rounds > 1 and any(one.left_out and one.name not in aside for one in suspects):
        return calibrate_robustly(
            model, teacher, split, config, names, suspects, device, rounds=rounds - 1, store=store
        )
    suspects = tuple(replace(one, left_out=one.name in aside) for one in suspects)
    suspects = worth_a_look(merged(suspects), len(names))
    plain, masked = (replace(good, left_out=len(aside)) for good in (calibration.plain, calibration.masked))
    return replace(calibration, plain=plain, masked=masked, suspects=suspects)


def _leaving_both_sides(
    suspects: Sequence[Suspect], split: Split, names: Sequence[str]
) -> tuple[Suspect, ...]:
    """Returns the suspects, of which none is left out if there were no image of the training or no held-out one without them."""
    aside = {one.name for one in suspects if one.left_out}
    for places in (split.held_out_index, split.train_index):
        if all(names[place] in aside for place in places):
            return tuple(replace(one, left_out=False) for one in suspects)
    return tuple(suspects)


def _kept(images: np.ndarray, places: Sequence[int], kept: Sequence[int]) -> np.ndarray:
    """Returns the images whose places are kept; no copy if all are."""
    if len(kept) == len(places):
        return images
    row = {place: number for number, place in enumerate(places)}
    return images[[row[place] for place in kept]]
