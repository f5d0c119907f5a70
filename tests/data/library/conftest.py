from pathlib import Path

import pytest

from favae_demo.data.library.store import Library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty data folder that categories may be added to."""
    (tmp_path / "data").mkdir()
    return Library(tmp_path / "data", tmp_path / "cache", max_pixels=50_000_000)
