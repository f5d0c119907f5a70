"""What watches a source goes on after failures of every kind, and counts over them."""

from pathlib import Path

import pytest
from untrained_detector import detector, widget
from waiting import await_true

from favae_demo.data.io.images import DecodedImage, read_image
from favae_demo.data.mvtec import Category
from favae_demo.detection.detector import Detector
from favae_demo.line import pauses
from favae_demo.line.config import SourcePlan
from favae_demo.line.options import Kind
from favae_demo.line.picture_store import PictureStore
from favae_demo.line.sources import Shot, SourceError, SourceOptions, Surroundings
from favae_demo.line.spool import Spool
from favae_demo.line.verdict_record import ModelIdentity
from favae_demo.line.watcher import LoadedModel, Watcher

__all__ = ["detector", "widget"]  # fixtures of others


class FaultySource:
    """Fails as it is told, else gives one picture and is over."""

    def __init__(self, image: DecodedImage, failure: Exception | None):
        self.dropped, self.is_over, self.problem = 3, False, ""
        self._image, self._failure = image, failure

    def take(self, wait: float) -> Shot | None:
        if self._failure:
            raise self._failure
        self.is_over, is_first = True, not self.is_over
        return Shot(self._image, "a", "id 1") if is_first else None

    def close(self) -> None:
        self.dropped = 0


def test_a_failure_that_nobody_thought_of_does_not_end_it(
    detector: Detector, widget: Category, tmp_path: Path, caplog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pauses, "SHORTEST", 0.01)
    image = read_image(widget.train[0].path, detector.levels)
    failures = [SourceError("It is down."), ZeroDivisionError("a bug"), None]
    kind = Kind(SourceOptions, lambda options, around: FaultySource(image, failures.pop(0)))
    spool = Spool(tmp_path, ["sqlite"])
    pictures = PictureStore(tmp_path / "pictures", keep_days=1, most_bytes=10**6, good_every=0)
    model = LoadedModel(detector, ModelIdentity("m", "ab" * 32, "widget"))
    plan = SourcePlan(kind, SourceOptions(name="left", model="m"))
    watcher = Watcher(plan, model, spool, pictures, Surroundings(spool))
    watcher.start()
    await_true(lambda: watcher.is_over)
    assert watcher.counts.verdicts.total() == sum(watcher.counts.within) == 1
    assert watcher.counts.dropped == 3
    assert watcher.problem == ""
    assert "Source left: It is down." in caplog.text
    assert "ZeroDivisionError: a bug" in caplog.text  # with its traceback
    spool.close()
