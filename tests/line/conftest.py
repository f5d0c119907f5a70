"""Short pauses between the attempts to reach what fails, for tests in this process."""

import pytest

from favae_demo.line import broker, pauses


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pauses, "SHORTEST", 0.05)
    monkeypatch.setattr(pauses, "LONGEST", 0.1)
    monkeypatch.setattr(broker, "SHORTEST_PAUSE", 0.05)
