"""The Train tab's handlers as plain functions: form, previews, what is shown of a run, results, list."""

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from small_training import small_config

from favae_demo.checkpoints import read_card
from favae_demo.data.images import decode
from favae_demo.detection.registry import Registry
from favae_demo.errors import ConfigError, DataError, TrainingError
from favae_demo.presets import PRESETS, TrainConfig, make_config
from favae_demo.settings import Settings
from favae_demo.training import job, run_view
from favae_demo.training.events import (
    EpochDone,
    Failed,
    Finished,
    Preparing,
    Snapshot,
    Started,
    StepDone,
    from_record,
)
from favae_demo.training.run import run_training
from favae_demo.training.run_folder import RunFolder
from favae_demo.ui import (
    text,
    train,
    train_charts,
    train_form,
    train_previews,
    train_results,
    train_runs,
    train_watch,
)
from favae_demo.ui.services import Services

pytest_plugins = ["trained_widget"]

CUSTOM = text.TRAIN_CUSTOM


def form_of(config: TrainConfig, **changes: object) -> list:
    names = [item.name for item in train_form.FIELDS]
    return [changes.get(name, value) for name, value in zip(names, train_form.values(config), strict=True)]


def step(number: int, **changes: object) -> StepDone:
    losses = {"pixels": 100.0 / number, "kl": 1.0, "total": 100.0 / number + 1}
    return replace(StepDone(number, 1000, 1, losses, 20.0, number / 10, 60.0), **changes)


def epoch(number: int, is_best: bool = True) -> EpochDone:
    losses = {"pixels": 90.0, "kl": 1.0, "total": 91.0}
    return EpochDone(number, number * 10, losses, losses, is_best, 1e-3, float(number))


@pytest.fixture(scope="module")
def finished(tiny_mvtec: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs with one really finished training, `done`."""
    runs = tmp_path_factory.mktemp("finished_runs")
    folder = RunFolder(runs / "done")
    folder.create(small_config(epochs=5), "widget", tiny_mvtec)
    for _ in run_training(folder, Settings(*[runs] * 4)):
        pass
    return runs


@pytest.fixture
def own(services: Services, tmp_path: Path) -> Services:
    """The app's services with an empty folder of runs."""
    settings = replace(services.settings, runs_dir=tmp_path / "runs")
    return replace(services, settings=settings, registry=Registry(settings))


@pytest.fixture
def with_run(own: Services, finished: Path) -> Services:
    shutil.copytree(finished, own.settings.runs_dir)
    return own


def order(services: Services, name: str, config: TrainConfig | None = None) -> RunFolder:
    folder = RunFolder(services.settings.runs_dir / name)
    folder.create(config or small_config(), "widget", services.settings.data_dir)
    return folder


# The form


def test_every_setting_is_in_the_form_once_with_name_range_and_explanation() -> None:
    listed = [item.name for items in train_form.grouped().values() for item in items]
    assert sorted(listed) == sorted(TrainConfig().to_dict().keys() - {"preset", "teacher", "seed"})
    for item in train_form.FIELDS:
        assert item.name in text.TRAIN_FIELDS, f"{item.name} has no name on screen"
        assert item.metadata["help"] in train_form.explanation(item)
    widths = next(item for item in train_form.FIELDS if item.name == "width")
    assert train_form.explanation(widths).endswith("0.05 to 2.")


@pytest.mark.parametrize("preset", list(PRESETS))
def test_the_form_shows_a_recipe_and_reads_it_back(preset: str) -> None:
    config = make_config(preset, "pill", teacher="none", seed=3)
    filled = train.recipe("pill", "none", preset)
    assert train_form.read("pill", "none", preset, 3, [None] * len(filled)) == config  # the form is not asked
    assert train_form.read("pill", "none", CUSTOM, 3.0, filled) == replace(config, preset=CUSTOM)
    assert train.recipe("pill", "none", CUSTOM) is None


def test_numbers_come_from_the_page_as_they_please() -> None:
    config = train_form.read("widget", "none", CUSTOM, 1, form_of(small_config(), epochs=7.0, blur=3))
    assert (config.epochs, type(config.epochs)) == (7, int)
    assert (config.blur, type(config.blur)) == (3.0, float)


@pytest.mark.parametrize(
    ("changes", "seed", "words"),
    [
        ({"rotation": 999.0}, 0, "'Rotation \\(degrees\\)' must be between 0 and 180"),
        ({"epochs": 2.5}, 0, "'Most rounds' must be a whole number, not 2.5"),
        ({"batch_size": None}, 0, "Fill in 'Pictures a step'"),
        ({"tap": "fourth"}, 0, "'Where features are read' must be one of"),
        ({}, None, "Fill in 'Seed'"),
        ({}, -1, "'Seed' must be between"),
    ],
)
def test_a_bad_setting_is_named_as_on_screen(changes: dict, seed: float | None, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        train_form.read("widget", "none", CUSTOM, seed, form_of(small_config(), **changes))


# Previews


def test_varied_copies_are_those_of_the_training(spot: Path) -> None:
    picture = train_previews._small(spot, 128)
    config = make_config("quick", "widget", teacher="none")
    original, *copies = train_previews.views(picture, config, 3)
    assert np.array_equal(original, picture)
    assert all(copy.shape == picture.shape and not np.array_equal(copy, picture) for copy in copies)
    plain = replace(config, rotation=0.0, crop=1.0, hflip_p=0.0, vflip_p=0.0)
    assert all(np.array_equal(copy, picture) for copy in train_previews.views(picture, plain, 3))
    assert train_previews.views(picture, replace(config, views=0), 3) == [picture]


def test_stripes_lie_on_the_background_only() -> None:
    picture = np.full((32, 32, 3), 200, np.uint8)
    part = np.zeros((32, 32), bool)
    part[8:24, 8:24] = True
    drawn = train_previews.striped(picture, part)
    assert (drawn[part] == 200).all()
    assert (drawn[~part] != 200).all()
    assert len(np.unique(drawn[~part][:, 0])) == 2


def test_previews_show_good_parts_copies_and_background(services: Services) -> None:
    category, config = services.category("widget"), make_config("quick", "widget", background="light")
    samples, views, mask = train_previews.previews(category, config, services.settings)
    assert samples.count("<img") == train_previews.SAMPLES
    assert text.TRAIN_FEW.format(count=12) in samples
    assert views.count("<img") == train_previews.VIEWS + 1
    assert mask.count("<img") == train_previews.MASKED
    assert "defect: scratch" in mask  # that the mask spares a defect can be seen
    assert text.TRAIN_MASK_USES[False, False] in mask
    masked = replace(config, mask_training=True, mask_score=True)
    assert text.TRAIN_MASK_USES[True, True] in train_previews.previews(category, masked, services.settings)[2]
    unchanged = train_previews.previews(category, replace(config, views=0), services.settings)[1]
    assert text.TRAIN_VIEWS_NONE in unchanged
    assert "<img" not in unchanged
    nothing = train_previews.previews(category, replace(config, background="none"), services.settings)[2]
    assert text.TRAIN_MASK_KIND_NONE in nothing


def test_what_cannot_be_previewed_is_said(services: Services) -> None:
    form = form_of(small_config(), rotation=999.0)
    about, samples, *rest = train.look(services, "widget", "none", CUSTOM, form)
    assert "Widget" in about
    assert "Rotation" in samples
    assert rest == ["", ""]
    assert text.TRAIN_NO_PICTURES in train.look(services, "gadget", "none", "quick", form)[1]
    assert "No pictures yet" in train.look(services, None, "none", "quick", form)[0]


# Starting


@pytest.mark.parametrize(
    ("policy", "names"), [("on", [*PRESETS, CUSTOM]), ("limited", ["quick"]), ("off", [*PRESETS, CUSTOM])]
)
def test_the_policy_of_the_server_is_seen(policy: str, names: list, own: Services) -> None:
    limited = replace(own, settings=replace(own.settings, training=policy))
    assert [name for _, name in train.preset_choices(policy)] == names
    with gr.Blocks() as page:
        ui = train.build(limited)
        train.wire(ui, limited)
    assert ui["start"].interactive == (policy != "off")
    assert all(field.interactive is False for field in ui["form"]) == (policy == "limited")
    said = " ".join(str(block.value) for block in page.blocks.values() if isinstance(block, gr.Markdown))
    assert (text.TRAINING_OFF in said, text.TRAIN_LIMITED in said) == (policy == "off", policy == "limited")
    if policy != "on":
        with pytest.raises(TrainingError):
            train.start_training(limited, "widget", "none", "paper", 0)
    assert job.list_runs(limited.settings) == []


def test_too_few_good_parts_are_refused_before_the_start(own: Services, tmp_path: Path, spot: Path) -> None:
    lonely = tmp_path / "data" / "gizmo" / "train" / "good"
    lonely.mkdir(parents=True)
    shutil.copy(spot, lonely)
    settings = replace(own.settings, data_dir=tmp_path / "data")
    with pytest.raises(DataError, match="at least 2"):
        train.start_training(replace(own, settings=settings), "gizmo", "none", "quick", 0)
    with pytest.raises(DataError, match="nothing_here"):
        train.start_training(replace(own, settings=settings), "nothing_here", "none", "quick", 0)
    assert job.list_runs(settings) == []


# What is shown of a run


def test_nothing_is_sent_while_there_is_no_run(own: Services) -> None:
    changes = train_watch.watch(own, None, None)
    assert changes.keys() == {"seen"}
    assert train_watch.watch(own, None, changes["seen"]).keys() == {"seen"}
    assert train_watch.watch(own, "gone", None)["watching"]["visible"] is False


def test_a_finished_run_is_shown_once_with_figures_verdicts_and_its_model(with_run: Services) -> None:
    changes = train_watch.watch(with_run, None, None)
    assert changes.keys() <= set(train_watch.WATCHED)
    assert changes["run"].value == "done"
    assert "finished" in changes["card"]
    assert 'aria-valuenow="100"' in changes["card"]
    assert (changes["stop"].visible, changes["resume"].visible, changes["delete"].visible) == (
        False,
        False,
        True,
    )
    assert changes["open"].visible
    assert changes["model_path"] == str(with_run.settings.runs_dir / "done" / "model.safetensors")
    assert changes["model_category"] == "widget"
    metrics = job.view("done", with_run.settings).last(Finished).metrics
    assert f"{metrics['image_auroc']:.3f}" in changes["figures"].value
    assert changes["examples"].value.count("<img") == 4  # two good, a scratch, a spot
    assert changes["rebuilt"].value.count("after round 5") == 4  # two kinds, as alt text and as caption
    drawn = {row[2] for row in changes["total"].value["data"]}
    assert drawn == {text.TRAIN_TRAINING, text.TRAIN_HELD_OUT}
    again = train_watch.watch(with_run, "done", changes["seen"])
    assert again.keys() == {"seen"}


def test_only_what_changes_is_sent_again(own: Services) -> None:
    folder = order(own, "mine")
    job.mark_process(folder, os.getpid())
    first = train_watch.watch(own, None, None)
    assert "Starting" in first["card"]
    assert not first["plots"].visible
    assert not first["rebuilt"].visible
    assert first["stop"].visible
    for event in (Started("widget", "none", "quick", 10, 2, 10, 1000), *map(step, (1, 2)), epoch(1)):
        folder.record(event)
    second = train_watch.watch(own, "mine", first["seen"])
    assert second["plots"].visible
    assert second["terms"].visible
    assert not second["total"].visible  # its second line is still a single point
    assert "examples" not in second
    assert "rebuilt" not in second
    assert "10 to learn from, 2 held out" in second["card"]
    folder.record(epoch(2))
    third = train_watch.watch(own, "mine", second["seen"])
    assert third["total"].visible
    assert third["held_out"].visible
    folder.request_stop()
    fourth = train_watch.watch(own, "mine", third["seen"])
    assert "stopping" in fourth["card"]
    assert fourth["stop"].interactive is False


def test_a_run_that_was_deleted_elsewhere_makes_room_for_the_next(with_run: Services) -> None:
    before = train_watch.watch(with_run, "done", None)["seen"]
    order(with_run, "other")
    shutil.rmtree(with_run.settings.runs_dir / "done")
    after = train_watch.watch(with_run, "done", before)
    assert after["run"].value == "other"
    assert "interrupted" in after["card"]
    assert after["model_path"] is None
    assert after["open"]["visible"] is False
    job.delete("other", with_run.settings)
    empty = train_watch.watch(with_run, "other", after["seen"])
    assert empty["watching"]["visible"] is False
    assert empty["list"].visible is False


def test_somebody_elses_training_is_pointed_out(with_run: Services) -> None:
    job.mark_process(order(with_run, "theirs"), os.getpid())
    changes = train_watch.watch(with_run, "done", None)
    assert changes["elsewhere"].visible
    assert "running" in changes["elsewhere"].value
    assert train_runs.to_show(with_run.settings) == "theirs"
    assert not train_watch.watch(with_run, "theirs", None)["elsewhere"].visible


def test_a_model_that_is_gone_or_damaged_is_no_open_door(with_run: Services) -> None:
    model = with_run.settings.runs_dir / "done" / "model.safetensors"
    model.write_bytes(b"broken")
    changes = train_watch.watch(with_run, "done", None)
    assert changes["download"].interactive is False
    assert "<img" not in changes["examples"].value
    model.unlink()
    changes = train_watch.watch(with_run, "done", None)
    assert changes["open"]["visible"] is False
    assert changes["model_path"] is None


def test_a_failed_run_says_why_and_can_go_on(own: Services) -> None:
    order(own, "lost").record(Failed("The disk is full."))
    changes = train_watch.watch(own, None, None)
    assert "The disk is full." in changes["card"]
    assert changes["resume"].visible
    closed = replace(own, settings=replace(own.settings, training="off"))
    changes = train_watch.watch(closed, None, None)
    assert (changes["resume"].visible, changes["delete"].visible) == (False, False)


# Curves and pictures


def test_curves_have_all_their_lines_from_the_first_table(own: Services) -> None:
    folder = order(own, "mine")
    for event in (*map(step, (1, 2)), epoch(1)):
        folder.record(event)
    tables = train_charts.loss_tables(job.view("mine", own.settings))
    assert tables["total"] is tables["held_out"] is None
    assert set(tables["terms"]["series"]) == {"pixels", "code"}
    folder.record(epoch(2))
    view = job.view("mine", own.settings)
    total = train_charts.loss_tables(view)["total"]
    assert list(total["series"].unique()) == [text.TRAIN_TRAINING, text.TRAIN_HELD_OUT]
    assert total["loss"].iloc[0] == pytest.approx(np.log10(101))
    assert train_charts.loss_tables(view, log=False)["total"]["loss"].iloc[0] == 101


def test_long_curves_are_thinned_but_keep_their_end() -> None:
    assert train_charts.thinned(list(range(10)), 20) == list(range(10))
    few = train_charts.thinned(list(range(10_001)), 400)
    assert (len(few), few[0], few[-1]) == (400, 0, 10_000)


def test_rebuilt_pictures_are_taken_from_their_sheets(with_run: Services) -> None:
    view = job.view("done", with_run.settings)
    folder = with_run.settings.runs_dir / "done"
    html = train_charts.rebuilt_html(view, folder)
    assert html.count("<h4>") == 2
    assert html.count("<img") == 2 * (1 + train_charts.ROUNDS)
    sheet = decode(folder / view.last(Snapshot).path)
    assert sheet.shape[0] == 256  # photographs above, rebuilt below
    shutil.rmtree(folder / "snapshots")
    assert train_charts.rebuilt_html(view, folder) == ""


# Results and names


def test_figures_the_data_cannot_give_say_why() -> None:
    reasons = {"image_auroc": "There is one good test picture only."}
    metrics = {"image_auroc": None, "pixel_auroc": 0.9, "n_good": 1, "n_defect": 2, "reasons": reasons}
    html = train_results.metrics_html(Finished("", 1.0, 1, 1, "steps", metrics))
    assert "There is one good test picture only." in html
    assert "0.900" in html
    assert "1 good parts" in html
    assert text.TRAIN_NO_FIGURES in train_results.metrics_html(Finished("", 1.0, 1, 1, "steps", {}))


def test_example_verdicts_are_the_models_own(with_run: Services) -> None:
    model = with_run.settings.runs_dir / "done" / "model.safetensors"
    html = train_results.examples_html(with_run, model, "widget")
    samples = train_results.example_samples(with_run.category("widget"))
    assert [sample.defect for sample in samples] == ["good", "good", "scratch", "spot"]
    pictures = [with_run.picture(sample.path) for sample in samples]
    found = with_run.registry.detector(model).detect(pictures)
    said = re.findall("<figcaption>([^<]+)<small>", html)
    assert said == [text.TRAIN_VERDICTS[one.verdict] for one in found]
    right = sum(one.is_defect != sample.is_good for one, sample in zip(found, samples, strict=True))
    assert html.count("<small>right") == right
    assert html.count("<small>wrong") == len(samples) - right


def test_the_download_is_the_model_under_a_telling_name(with_run: Services) -> None:
    folder = with_run.settings.runs_dir / "done"
    file = train_results.download(folder, folder / "model.safetensors")
    assert file.name == "widget-none-quick.safetensors"
    assert read_card(file).category == "widget"
    before = file.stat().st_ino
    assert train_results.download(folder, folder / "model.safetensors").stat().st_ino == before
    assert len(with_run.registry.models("widget")) == 2  # the installed one and the run's, not the copy


def test_runs_have_names_a_person_can_read(with_run: Services) -> None:
    order(with_run, "broken").path.joinpath("config.json").write_text("{")
    job.mark_process(order(with_run, "now", small_config(preset=CUSTOM)), os.getpid())
    os.utime(with_run.settings.runs_dir / "done" / "config.json", (1_700_000_000, 1_700_000_000))
    names = train_runs.choices(with_run.settings)
    assert [run for _, run in names] == ["now", "done"]
    assert names[0][0].startswith("Widget · VAE · custom · ")
    assert names[0][0].endswith(" · running")
    assert names[1][0].endswith(" · finished")
    assert train_runs.name_of("done", with_run.settings) + " · finished" == names[1][0]


def test_a_new_server_finds_the_runs_again(with_run: Services) -> None:
    services = replace(with_run, registry=Registry(with_run.settings))
    with gr.Blocks():
        ui = train.build(services)
        train.wire(ui, services)
    found = ui["attach"]()
    assert found.value == "done"
    assert ui["run"].choices == found.choices


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([], "Starting"),
        ([Preparing("teacher weights", 0, 1)], "ready-made network"),
        ([Preparing("features", 3, 10)], "3 of 10"),
        ([step(5)], "20 pictures a second"),
        ([step(5), Preparing("features", 3, 10)], "3 of 10"),  # resumed: not yet training again
        ([step(1000)], "Measuring"),
    ],
)
def test_the_sentence_on_a_running_training(events: list, words: str, own: Services) -> None:
    folder = order(own, "mine")
    job.mark_process(folder, os.getpid())
    for event in events:
        folder.record(event)
    assert words in job.view("mine", own.settings).status()
    assert job.info("mine", own.settings).state == job.RUNNING


def test_a_time_is_as_exact_as_is_of_use() -> None:
    assert [text.duration(s) for s in (5, 119, 300, 7300)] == ["5 s", "119 s", "5 min", "2 h"]


# Reading a log as it grows


def test_a_growing_log_is_read_on_and_a_rewritten_one_anew(own: Services) -> None:
    folder = order(own, "mine")
    for number in (1, 2, 3):
        folder.record(step(number))
        events = job.view("mine", own.settings).events
        assert list(events) == folder.events()
        assert len(events) == number
    with (folder.path / "events.jsonl").open("a") as log:
        log.write('{"event": "StepDone"')  # half a line
    assert len(job.view("mine", own.settings).events) == 3
    folder.mend()
    folder.rewind(1)
    folder.record(step(7))
    folder.record(step(8))
    assert [event.step for event in job.view("mine", own.settings).events] == [1, 7, 8]
    assert job.info("mine", own.settings).state == job.INTERRUPTED


def test_a_long_log_costs_only_what_is_new(own: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = order(own, "mine")
    for number in range(1, 50):
        folder.record(step(number))
    job.view("mine", own.settings)
    read = []
    monkeypatch.setattr(run_view, "from_record", lambda record: read.append(record) or from_record(record))
    folder.record(step(50))
    assert len(job.view("mine", own.settings).events) == 50
    assert len(read) == 1
