"""Waits for batches."""

import time

from favae_demo.detection.batch.jobs import Batch


def ended(batch: Batch) -> Batch:
    """Returns a batch once it has ended, at most 30 s from now."""
    until = time.monotonic() + 30
    while batch.running and time.monotonic() < until:
        time.sleep(0.02)
    assert not batch.running
    return batch
