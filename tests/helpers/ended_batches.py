"""Waits for batches."""

from waiting import await_true

from favae_demo.detection.batch.jobs import Batch


def ended(batch: Batch) -> Batch:
    """Returns a batch once it has ended."""
    await_true(lambda: not batch.running)
    return batch
