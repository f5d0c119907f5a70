"""Pytest plugin: generated categories of few pictures, since a whole one takes twelve seconds of a core."""

import pytest

from favae_demo.data.synthetic import writer


@pytest.fixture
def few_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten pictures a category instead of hundreds, in this process."""
    for name, count in (("TRAIN_GOOD", 4), ("TEST_GOOD", 2), ("TEST_DEFECT", 1)):
        monkeypatch.setattr(writer, name, count)
