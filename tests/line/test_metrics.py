"""Figures for Prometheus, as its own library reads them."""

import socket
import sys
import urllib.request
from pathlib import Path

import pytest
from line_process import MODEL, write_parts
from mqtt_broker import free_port
from prometheus_client.parser import text_string_to_metric_families
from waiting import await_true

from favae_demo.core.settings import Settings
from favae_demo.line.check import check
from favae_demo.line.config import LineConfig, make_config
from favae_demo.line.line import Line, Models


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(Settings.from_env())


def config(folder: Path, port: int) -> LineConfig:
    source = {"kind": "folder", "name": "left", "path": "in", "model": MODEL}
    sinks = [{"kind": "sqlite", "path": "v.sqlite"}, {"kind": "webhook", "url": "http://127.0.0.1:1/"}]
    return make_config({"source": [source], "sink": sinks, "metrics": {"port": port}}, "test", folder)


def scrape(port: int) -> dict[str, float]:
    """Returns the values of the line by name and labels, as `NAME LABEL …` with the labels in the order of their names."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    return {
        " ".join([sample.name, *(value for _, value in sorted(sample.labels.items()))]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_what_a_line_has_done_and_what_is_wrong(tmp_path: Path, models: Models) -> None:
    port = free_port()
    (tmp_path / "in").mkdir()
    write_parts(tmp_path / "in", range(3))
    line = Line(config(tmp_path, port), models)
    line.start()
    await_true(lambda: line.report()["verdicts"] == {"good": 2, "defect": 1} and line.deliveries[1].problem)
    found = scrape(port)
    expected = {
        "favae_line_verdicts_total left good": 2,
        "favae_line_verdicts_total left defect": 1,
        "favae_line_verdicts_total left unreadable": 0,  # what has not happened is there, too, so that it can be watched
        "favae_line_dropped_total left": 0,
        "favae_line_drift left": 0,
        "favae_line_seconds_count left": 3,
        "favae_line_seconds_bucket +Inf left": 3,
        "favae_line_waiting webhook": 3,
        "favae_line_lost_total webhook": 0,
        "favae_line_state source left": 1,
        "favae_line_state sink webhook": 0,
    }
    assert {name: found[name] for name in expected} == expected
    assert found["favae_line_seconds_bucket 0.01 left"] <= found["favae_line_seconds_bucket 2.5 left"]
    assert 0 < found["favae_line_seconds_sum left"] < 30
    if sys.platform == "linux":
        assert found["process_resident_memory_bytes"] > 1e7
    line.close()
    with pytest.raises(OSError, match="refused"):
        scrape(port)


def test_a_port_in_use_is_told_and_the_line_goes_on(tmp_path: Path, models: Models, caplog) -> None:
    (tmp_path / "in").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as other:
        plan = config(tmp_path, other.getsockname()[1])
        assert check(plan, models)["metrics"] == "The port is in use by another program."
        line = Line(plan, models)
        line.start()
        line.close()
    assert "The metrics are not served at port" in caplog.text
    assert check(plan, models)["metrics"] == "ok"


def test_a_missing_package_is_told(tmp_path: Path, models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    assert "pip install -r requirements-line.txt" in check(config(tmp_path, free_port()), models)["metrics"]
