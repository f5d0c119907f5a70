"""The bench: its figures have the structure that is promised, and it measures what it says it measures. Nothing here is timed."""

import argparse
import math
import os
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch
from command_line import refusal

from favae_demo.bench import detection, during_training, machine, models, run, start, table, timing
from favae_demo.cli import bench
from favae_demo.core.errors import FavaeError, WeightsError
from favae_demo.core.settings import Settings
from favae_demo.detection.detector import Detector

pytest_plugins = ["trained_widget"]


def test_detection_is_measured_for_one_image_and_for_eight(widget_settings: Settings) -> None:
    path = widget_settings.checkpoint_dir / "widget-none-quick.safetensors"
    found = detection.measure_engine(path, "torch", models.sample_images(8), widget_settings, 3)
    assert [row["batch"] for row in found["rows"]] == [1, 8]
    for row in found["rows"]:
        assert row["p95_ms"] >= row["p50_ms"] > row["model_ms"] * row["batch"] / 2 > 0
        assert row["pictures_per_second"] == pytest.approx(row["batch"] * 1000 / row["p50_ms"], rel=0.01)
    stages = detection.measure_stages(path, models.sample_images(8), widget_settings, 3)["rows"]
    assert [row["batch"] for row in stages] == [1, 8]
    assert all(row[key] > 0 for row in stages for key in ("vae_ms", "maps_ms", "render_ms", "vae_gflop"))
    assert stages[0]["vae_gflop"] == stages[1]["vae_gflop"]  # work a picture
    assert "teacher_ms" not in stages[0]


def test_the_maps_stage_does_all_that_is_left_of_the_graph(widget_settings: Settings) -> None:
    path = widget_settings.checkpoint_dir / "widget-none-quick.safetensors"
    detector = Detector.load(path, widget_settings)
    x = torch.rand(2, 3, 128, 128)
    with torch.inference_mode():
        maps, rebuilt, score_map = detection._stages(detector, x)["maps"]()
        for found, expected in zip((maps, rebuilt, score_map), detector.engine.graph(x), strict=True):
            assert torch.allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_the_whole_bench_gives_the_promised_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts are stood in for: each is tried by itself."""
    rates = {"ncnn": 25.0, "onnx": 14.0, "torch": 15.0}
    row = {"batch": 1, "p50_ms": 40.0, "p95_ms": 50.0, "prepare_ms": 0.1, "model_ms": 39.0}
    answers = {
        "roofline": lambda *_: {"torch_threads": 1, "sgemm_gflops": 90.0, "bandwidth_gb_per_second": 20.0},
        "measure_stages": lambda *_: {
            "rows": [{"batch": 1, "vae_ms": 3.0, "maps_ms": 1.0, "render_ms": 9.0}]
        },
        "measure_engine": lambda _, engine, *__: {
            "load_ms": 10.0,
            "rows": [row | {"pictures_per_second": rates[engine]}],
        },
        "measure_image": lambda _, engine, *__: {
            "p50_ms": (1.5 if under_way else 1.0) * 1000 / rates[engine],
            "p95_ms": 90.0,
        },
        "measure_quick": lambda *_: {"batch": 8, "pictures_per_second": 50.0, "run_seconds": 100.0},
        "measure_reference": lambda _, batch, *__: {"batch": batch, "pictures_per_second": 2.0},
        "measure_growth": lambda _, count, *__: {"pictures": count},
    }

    under_way = []

    @contextmanager
    def running_training(_: Settings) -> Iterator[None]:
        under_way.append("training")
        yield
        under_way.clear()

    def run_isolated(call, *arguments):
        return answers[call.__name__](*arguments) | {"peak_mb": 500.0}

    started = {
        "startup_seconds": 3.0,
        "all_seconds": [3.0],
        "models": 1,
        "peak_mb_empty": 300.0,
        "peak_mb": 900.0,
    }
    monkeypatch.setattr(run, "run_isolated", run_isolated)
    monkeypatch.setattr(during_training, "running_training", running_training)
    monkeypatch.setattr(run, "find_models", lambda _: ({"vgg16": Path("m")}, ["No vgg19."]))
    monkeypatch.setattr(run, "measure_start", lambda *_: started)
    monkeypatch.setattr(run.engines, "installed", lambda: ("ncnn", "onnx", "torch"))
    found = run.measure(Settings.from_env(), quickly=True, sizes=(60, 200))
    assert found["pictures_per_second"] == 25.0
    assert found["pictures_per_second_engine"] == "ncnn"
    assert found["pictures_per_second_torch"] == 15.0
    assert found["detection_during_training_ratio"] == 1.5
    assert [(row["engine"], row["alone_p50_ms"]) for row in found["beside"]] == [
        ("ncnn", 40.0),
        ("torch", pytest.approx(66.7, abs=0.1)),
    ]
    assert found["training_step_ratio"] == 25.0
    assert found["training_cost_ratio"] == 4000.0
    assert found["startup_seconds"] == 3.0
    assert found["peak_rss_mb"] == 900.0
    assert [row["pictures"] for row in found["growth"]] == [60, 200]
    assert any("instead of 32" in remark for remark in found["remarks"])
    text = table.render(found)
    for word in ("ncnn", "reference", "900", "No vgg19.", "90.0 GFLOP/s", "200", "during p95 ms"):
        assert word in text
    alone = run.measure(Settings.from_env(), only="start")
    assert not alone.keys() & {"detection", "beside", "training", "growth", "pictures_per_second"}


def test_every_part_can_be_measured_alone() -> None:
    parser = argparse.ArgumentParser()
    bench.add_arguments(parser)
    assert [parser.parse_args(["--only", part]).only for part in run.PARTS] == list(run.PARTS)


APP = """
import http.server, os, time
time.sleep(0.3)
address = (os.environ["GRADIO_SERVER_NAME"], int(os.environ["GRADIO_SERVER_PORT"]))
http.server.ThreadingHTTPServer(address, http.server.SimpleHTTPRequestHandler).serve_forever()
"""


def test_a_start_lasts_until_the_page_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = []
    monkeypatch.setattr(start, "APP", [sys.executable, "-c", APP])
    monkeypatch.setattr(start, "_judge", lambda address, teachers, _: judged.append((address, teachers)))
    found = start.measure_start(Settings.from_env(), ["none", "vgg16"], np.zeros((8, 8, 3), np.uint8), 2)
    assert len(found["all_seconds"]) == 2
    assert 0.3 < min(found["all_seconds"]) <= found["startup_seconds"] < 60
    assert [teachers for _, teachers in judged] == [["none", "vgg16"]]  # by the last start alone
    assert found["models"] == 2
    assert found["peak_mb"] is None or found["peak_mb"] >= found["peak_mb_empty"] > 5
    with pytest.raises(OSError, match=r"refused|Errno"):
        urllib.request.urlopen(judged[0][0], timeout=5)


def test_an_app_that_does_not_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "APP", [sys.executable, "-c", "raise SystemExit('the port is taken')"])
    with pytest.raises(FavaeError, match="the port is taken"):
        start.measure_start(Settings.from_env(), [], np.zeros((8, 8, 3), np.uint8), 1)


def test_a_teacher_without_weights_is_said_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(teacher: str, *_: object, **__: object) -> None:
        if teacher == "vgg19":
            raise WeightsError("Put the file there.")

    monkeypatch.setattr("favae_demo.teacher.weight_store.ensure", refuse)
    found, remarks = models.find_models(Settings.from_env())
    assert {"none", "vgg16", "efficientnet-lite0 extended"} <= found.keys()
    assert not any("resnet" in remark for remark in remarks)  # nobody misses what is not shipped
    assert "vgg19" not in found
    assert any("vgg19" in remark and "Put the file there." in remark for remark in remarks)


def test_parts_run_in_a_process_of_their_own_and_tell_their_memory() -> None:
    found = timing.run_isolated(machine.versions)
    assert found["python"] == machine.versions()["python"]
    assert 5 < found["peak_mb"] < 2000


def test_a_process_that_the_system_ends_is_said() -> None:
    with pytest.raises(FavaeError, match="memory"):
        timing.run_isolated(_end)


def _end() -> dict:
    os._exit(9)


def test_the_machine_reaches_more_than_nothing() -> None:
    found = machine.roofline(2, side=128, megabytes=4)
    assert math.isfinite(found["sgemm_gflops"])
    assert found["sgemm_gflops"] > 0
    assert found["bandwidth_gb_per_second"] > 0
    assert machine.describe()["cores"] >= 1
    assert machine.versions()["torch"] == torch.__version__


def test_a_median_is_not_moved_by_one_interruption() -> None:
    times = timing.Times((0.1, 0.1, 0.1, 5.0))
    assert times.median == pytest.approx(0.1)
    assert times.p95 == 5.0
    assert timing.Times(tuple(i / 100 for i in range(1, 101))).p95 == pytest.approx(0.95, abs=0.01)


def memory_of_an_array(size: int) -> dict[str, float | None]:
    """Returns a process's own memory in MB before it holds `size` bytes, and its peak."""
    with timing.OwnMemory() as memory:
        first = memory.mb
        held = np.ones(size, np.uint8)
        deadline = time.monotonic() + 60
        while (
            first is not None and memory.mb - first <= held.nbytes * 0.75e-6 and time.monotonic() < deadline
        ):
            time.sleep(timing.SAMPLING)
    return {"first": first, "peak": memory.mb}


def test_own_memory_counts_what_is_held() -> None:
    # In a new process: this one may give back just then what earlier tests held.
    measured = timing.run_isolated(memory_of_an_array, 80_000_000)
    if measured["first"] is None:
        pytest.skip("this system does not tell a process's own memory")
    assert measured["peak"] - measured["first"] > 60


def test_columns_are_aligned_and_gaps_are_dashes() -> None:
    text = table.table({"name": "name", "ms": "ms"}, [{"name": "torch", "ms": 1234.5}, {"name": "a"}])
    assert text.splitlines() == [" name     ms", "torch  1,234", "    a      –"]


@pytest.mark.parametrize("wrong", [["--growth", "5"], ["--reference-batch", "0"]])
def test_numbers_out_of_range_are_refused(wrong: list[str], capsys: pytest.CaptureFixture) -> None:
    assert "--growth" in refusal(capsys, "bench", *wrong)


def test_every_image_of_a_batch_size_is_256_pixels_wide() -> None:
    assert [one.shape for one in models.sample_images(3)] == [(256, 256, 3)] * 3
