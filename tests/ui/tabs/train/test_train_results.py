"""Curves, images, metrics and names of a run."""

import base64
import os
import re
import shutil
from dataclasses import replace

import gradio as gr
import pytest
from small_training import small_config
from train_tab_runs import epoch, new_run, step

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.data.io.images import decode
from favae_demo.detection.registry import Registry
from favae_demo.runs import manager
from favae_demo.training.events import Finished, Preparing, Snapshot
from favae_demo.training.run_folder import RunFolder
from favae_demo.ui import language, text
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.train import comparison, loss_curves, reconstructions, results, run_list, view
from favae_demo.ui.tabs.train import tab as train_tab

pytest_plugins = ["trained_widget", "train_tab_runs"]


def test_a_line_appears_with_its_first_point(own: Services) -> None:
    folder = new_run(own, "mine")
    for event in map(step, (1, 2)):
        folder.record(event)
    lines = loss_curves.loss_lines(manager.view("mine", own.settings))
    assert lines["held_out"] == {}
    assert lines["terms"].keys() == {"pixels", "kl"}
    assert lines["total"] == {"training": ([1, 2], [101.0, 51.0])}
    folder.record(epoch(1))
    total = loss_curves.loss_lines(manager.view("mine", own.settings))["total"]
    assert list(total) == ["training", "held_out"]


def test_a_chart_has_its_values_for_the_pointer_and_as_csv(own: Services) -> None:
    folder = new_run(own, "mine")
    for event in map(step, (1, 2)):
        folder.record(event)
    run = manager.view("mine", own.settings)
    lines = loss_curves.loss_lines(run)["terms"]
    shown = loss_curves.loss_html(run, "terms", lines, loss_curves.CurveOptions())
    assert "pixels: 50 (step 2)\ncode: 1 (step 2)" in shown
    (data,) = re.findall(r'href="data:text/csv;base64,([^"]+)"', shown)
    assert base64.b64decode(data).decode().split() == [
        "series,step,error", "pixels,1,100.0", "pixels,2,50.0", "kl,1,1.0", "kl,2,1.0",
    ]  # fmt: skip
    assert 'data-name="loss_terms_none-quick"' in shown
    with language.speaking("de"):
        german = loss_curves.loss_html(run, "terms", lines, loss_curves.CurveOptions())
    assert "Pixel: 50 (Schritt 2)" in german
    assert (data in german, 'data-name="loss_terms_none-quick"' in german) == (True, True)
    assert loss_curves.loss_html(run, "held_out", {}, loss_curves.CurveOptions()) == ""


def test_two_runs_stand_beside_each_other(with_run: Services) -> None:
    folder = new_run(with_run, "mine")
    for event in map(step, (1, 2)):
        folder.record(event)
    settings = with_run.settings
    assert [run for _, run in comparison.other_runs(settings, "mine")] == ["", "done"]
    shown = comparison.comparison_html(settings, "mine", "done", loss_curves.CurveOptions())
    for series in ("training", "other_training", "other_held_out"):
        assert f"{text.train.SERIES[series]}: " in shown
    metrics = manager.view("done", settings).last(Finished).metrics
    meaning = text.train.METRICS["image_auroc"][0]
    assert f"<td>{meaning}</td><td>{text.train.UNKNOWN}</td><td>{metrics['image_auroc']:.3f}</td>" in shown
    assert comparison.comparison_html(settings, "mine", "gone", loss_curves.CurveOptions()) == ""
    assert comparison.comparison_html(settings, "mine", "", loss_curves.CurveOptions()) == ""


def test_long_curves_are_subsampled_but_keep_their_end() -> None:
    assert loss_curves.subsample(list(range(10)), 20) == list(range(10))
    few = loss_curves.subsample(list(range(10_001)), 400)
    assert (len(few), few[0], few[-1]) == (400, 0, 10_000)


def test_reconstructions_are_cut_from_the_snapshots(with_run: Services) -> None:
    view = manager.view("done", with_run.settings)
    folder = with_run.settings.runs_dir / "done"
    html = reconstructions.reconstructions_html(view, folder)
    assert html.count("<h3>") == 2
    assert html.count("<img") == 2 * (1 + reconstructions.MAX_ROWS)
    sheet = decode(folder / view.last(Snapshot).path)
    assert sheet.shape[0] == 256  # photographs above, rebuilt below
    shutil.rmtree(folder / "snapshots")
    assert reconstructions.reconstructions_html(view, folder) == ""


def test_a_metric_without_a_value_gives_the_reason() -> None:
    reasons = {"image_auroc": "There is one good test picture only."}
    metrics = {"image_auroc": None, "pixel_auroc": 0.9, "n_good": 1, "n_defect": 2, "reasons": reasons}
    html = results.metrics_html(Finished("", 1.0, 1, 1, "steps", metrics), None)
    assert "There is one good test picture only." in html
    assert "0.900" in html
    assert "1 good parts" in html


def test_a_run_that_was_not_measured_is_told_from_one_without_test_images(with_run: Services) -> None:
    unmeasured, widget = Finished("", 1.0, 1, 1, "steps", {}), with_run.category("widget")
    assert text.train.NOT_MEASURED in results.metrics_html(unmeasured, widget)
    for category in (replace(widget, samples=widget.train), None):
        assert text.train.NO_FIGURES in results.metrics_html(unmeasured, category)


def test_example_verdicts_are_the_models_own(with_run: Services) -> None:
    model = with_run.settings.runs_dir / "done" / "model.safetensors"
    html = results.examples_html(with_run, model, "widget")
    samples = results.example_samples(with_run.category("widget"))
    assert [sample.defect for sample in samples] == ["good", "good", "scratch", "spot"]
    images = [with_run.image(sample.path) for sample in samples]
    found = with_run.registry.detector(model).detect(images)
    said = re.findall("<figcaption>([^<]+)<small>", html)
    assert said == [text.train.VERDICTS[one.verdict] for one in found]
    right = sum(one.is_defect != sample.is_good for one, sample in zip(found, samples, strict=True))
    assert html.count("<small>right") == right
    assert html.count("<small>wrong") == len(samples) - right


def test_the_download_is_the_model_under_a_descriptive_name(with_run: Services) -> None:
    folder = with_run.settings.runs_dir / "done"
    known = len(with_run.registry.models("widget"))
    file = results.copy_for_download(folder, folder / "model.safetensors")
    assert file.name == "widget-none-quick.safetensors"
    assert read_card(file).category == "widget"
    before = file.stat().st_ino
    assert results.copy_for_download(folder, folder / "model.safetensors").stat().st_ino == before
    assert len(with_run.registry.models("widget")) == known  # the copy is no further model


def test_runs_have_readable_names(with_run: Services) -> None:
    new_run(with_run, "broken").path.joinpath("config.json").write_text("{")
    manager.mark_process(new_run(with_run, "now", small_config(preset=text.train.CUSTOM)), os.getpid())
    os.utime(with_run.settings.runs_dir / "done" / "config.json", (1_700_000_000, 1_700_000_000))
    names = run_list.run_choices(with_run.settings)
    assert [run for _, run in names] == ["now", "done"]
    assert names[0][0].startswith("Widget · VAE · own settings · ")
    assert names[0][0].endswith(" · running")
    assert names[1][0].endswith(" · finished")
    assert run_list.run_name("done", with_run.settings) + " · finished" == names[1][0]


def test_a_run_is_called_by_its_own_name_and_by_none_once_that_is_taken_away(with_run: Services) -> None:
    settings = with_run.settings
    plain = run_list.run_name("done", settings)
    manager.rename("done", "  night\tshift \x00 <b>2nd\n try  " + "!" * 99, settings)
    folder = RunFolder(settings.runs_dir / "done")
    assert folder.label == "night shift <b>2nd try " + "!" * 37
    assert run_list.run_choices(settings)[0][0] == f"{folder.label} · {plain} · finished"
    changes = view.run_updates(with_run, None, None)
    assert "night shift &lt;b&gt;2nd try" in changes["card"]
    assert changes["label"].value == folder.label
    manager.rename("done", " ", settings)
    later = view.run_updates(with_run, "done", changes["page_state"])
    assert plain in later["card"]
    assert "label" not in later  # somebody may be typing
    assert later["run"].choices == [(f"{plain} · finished", "done")]


def test_a_restarted_server_shows_earlier_runs(with_run: Services) -> None:
    services = replace(with_run, registry=Registry(with_run.settings))
    with gr.Blocks():
        ui = train_tab.build(services)
        train_tab.wire(ui, services)
    found = ui["attach"]()
    assert found.value == "done"
    assert ui["run"].choices == found.choices


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([], "Starting"),
        ([Preparing("teacher weights", 0, 1)], "ready-made network"),
        ([Preparing("features", 3, 10)], "3 of 10"),
        ([step(5)], "20 pictures/s"),
        ([step(5), Preparing("features", 3, 10)], "3 of 10"),  # resumed: not yet training again
        ([step(1000)], "Measuring"),
    ],
)
def test_the_sentence_on_a_running_training(events: list, words: str, own: Services) -> None:
    folder = new_run(own, "mine")
    manager.mark_process(folder, os.getpid())
    for event in events:
        folder.record(event)
    assert words in manager.view("mine", own.settings).status()
    assert manager.info("mine", own.settings).state == manager.RUNNING


def test_durations_are_rounded_to_a_useful_unit() -> None:
    assert [text.formatting.duration(s) for s in (5, 119, 300, 7300)] == ["5 s", "119 s", "5 min", "2 h"]


def test_smoothing_is_kept_while_the_training_goes_on_and_a_change_redraws_the_curves(own: Services) -> None:
    folder, strong = new_run(own, "mine"), loss_curves.CurveOptions(smoothing="strong")
    for event in map(step, range(1, 31)):
        folder.record(event)
    first = view.run_updates(own, "mine", None)
    again = view.run_updates(own, "mine", first["page_state"], strong)
    assert again["total"] != first["total"]
    assert view.run_updates(own, "mine", again["page_state"], strong).keys() == {"page_state"}
    folder.record(step(31))
    later = view.run_updates(own, "mine", again["page_state"], strong)
    assert later["total"] not in (again["total"], view.run_updates(own, "mine", None)["total"])
