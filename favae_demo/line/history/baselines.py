"""What the good images of a model have, for models on this computer."""

import hashlib
from functools import lru_cache
from pathlib import Path

from favae_demo.detection.drift import Usual, usual_score
from favae_demo.detection.registry import Registry
from favae_demo.line.verdict_record import ModelIdentity


def usual_of(registry: Registry, model: ModelIdentity) -> Usual | None:
    """Returns the scores of the good images that a model learned from; None if the very file is not on this computer."""
    scores_of_matches = (
        one.card.good_scores.images
        for one in registry.models()
        if one.path.stem == model.name
        and _fingerprint(one.path, one.path.stat().st_mtime_ns) == model.fingerprint
    )
    scores = next(scores_of_matches, None)
    return None if scores is None else usual_score(scores)


@lru_cache(maxsize=64)
def _fingerprint(path: Path, changed: int) -> str:
    # `changed` is part of the key only.
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
