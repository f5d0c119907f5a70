"""Which models the Compare tab offers, begins with, and compares."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest
from compare_models import RATE, of_variant
from small_training import small_config

from favae_demo.core.settings import Settings
from favae_demo.detection.registry import Registry
from favae_demo.training.run_folder import RunFolder
from favae_demo.ui import text
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.selection import model_name, read_address
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.compare.answers import chosen_now, show_selected
from favae_demo.ui.tabs.compare.choice import (
    advice,
    compared_models,
    missing_variant,
    offered_models,
)
from favae_demo.ui.tabs.compare.image_view import ComparedImage
from favae_demo.ui.tabs.compare.values import OPENING, Choice, models_values

pytest_plugins = ["trained_widget", "compare_models"]


@pytest.fixture
def many(two_models: Services, tmp_path: Path) -> Services:
    """Services with the two models, a copy of the plain one, and the same as the models of two runs, of which one has a name."""
    old, home = two_models.settings, tmp_path
    settings = Settings(old.data_dir, home / "checkpoints", home / "runs", home / "cache", engine="torch")
    shutil.copytree(old.checkpoint_dir, settings.checkpoint_dir)
    plain = settings.checkpoint_dir / "widget-none-quick.safetensors"
    shutil.copy(plain, settings.checkpoint_dir / "another.safetensors")
    for place, (run, label) in enumerate({"run-1": "Blue caps, new lamp", "run-2": ""}.items()):
        folder = RunFolder(settings.runs_dir / run)
        folder.create(small_config(), "widget", settings.data_dir)
        folder.set_label(label)
        shutil.copy(plain, folder.model)
        os.utime(folder.model, (place, place))  # the two are the oldest
    return Services(settings, Registry(settings))


def titles(services: Services, *paths: str) -> list[str]:
    return [offered_models(services, "widget")[path].title for path in paths]


def test_every_model_has_a_title_of_its_own_and_a_run_its_name(many: Services) -> None:
    offered = offered_models(many, "widget")
    assert list(offered) == [path for _, path in many.model_choices("widget")]
    by_file = {Path(path).parent.name: one.title for path, one in offered.items()}
    assert by_file["run-1"] == "Blue caps, new lamp · VAE"
    assert by_file["run-2"].startswith("VAE · ")
    assert {"VAE · another", "VAE · widget-none-quick", "VAE + VGG16"} < {
        one.title for one in offered.values()
    }
    assert len({one.title for one in offered.values()}) == 5


def test_the_tab_begins_with_the_kinds_of_the_report_and_the_model_that_detect_recommends(
    many: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = [of_variant(many, "none"), of_variant(many, "vgg16")]
    assert list(compared_models(many, "widget", ())) == report
    strongest = next(path for path in offered_models(many, "widget") if "run-1" in path)
    monkeypatch.setattr(Services, "first_model", lambda *_: strongest)
    assert list(compared_models(many, "widget", ())) == [*report, strongest]


def test_where_the_report_has_one_kind_another_model_stands_beside_it(many: Services) -> None:
    for path in many.settings.checkpoint_dir.glob("*vgg16*"):
        path.unlink()
    first, second, *_ = offered_models(many, "widget")
    assert list(compared_models(many, "widget", ())) == [first, second]
    assert missing_variant(many, "widget") == "vgg16"


def test_shipped_models_are_those_of_the_report_and_the_recommended_one() -> None:
    settings = replace(Settings.from_env({}), checkpoint_dir=Path("gone"), runs_dir=Path("gone"))
    services = Services(settings, Registry(settings))
    found = compared_models(services, "sample_bottle", ())
    assert [one.title for one in found.values()] == [
        "VAE", "VAE + VGG16", "VAE + VGG19", "VAE + EfficientNet-Lite0 (extended)",
    ]  # fmt: skip
    assert list(found)[-1] == services.first_model("sample_bottle")
    assert missing_variant(services, "sample_bottle") is None


@pytest.mark.parametrize("count", [2, 3, 4])
def test_two_to_four_models_are_compared_in_the_order_of_their_choice(many: Services, count: int) -> None:
    wanted = list(reversed(offered_models(many, "widget")))[:count]
    assert list(compared_models(many, "widget", wanted)) == wanted
    assert advice(count, 5) == ""


@pytest.mark.parametrize("count", [0, 1, 5])
def test_with_fewer_or_more_the_models_before_stay_and_a_sentence_says_why(
    many: Services, count: int
) -> None:
    paths = list(offered_models(many, "widget"))
    turns = Turns()
    turns.take(Choice("widget", compared_models(many, "widget", paths[1:4])))
    assert list(chosen_now(many, turns, "widget", paths[:count]).models) == paths[1:4]
    assert str(count if count > 4 else 2) in advice(count, 5)


def test_other_models_are_for_the_picture_that_was_chosen_last_though_it_is_not_read_yet(
    many: Services,
) -> None:
    paths, turns = list(offered_models(many, "widget")), Turns()
    turns.take(Choice("widget", compared_models(many, "widget", paths[:2]), "test/spot/001.png"))
    now = chosen_now(many, turns, "widget", paths[1:3])
    assert (list(now.models), now.key, now.source) == (paths[1:3], "test/spot/001.png", None)
    assert chosen_now(many, turns, "gadget", []).key == ""


def test_a_single_model_is_shown_with_the_advice_to_train_another(services: Services) -> None:
    assert len(compared_models(services, "widget", ())) == 1
    assert advice(1, 1) == text.compare.ONLY_MODEL
    assert advice(0, 0) == text.compare.NO_MODELS


def test_models_that_are_gone_do_not_count(many: Services) -> None:
    first, second, third, *_ = offered_models(many, "widget")
    Path(second).unlink()
    assert list(compared_models(many, "widget", [first, second, third])) == [first, third]
    assert second not in compared_models(many, "widget", [first, second])


def test_an_address_names_the_models_also_those_with_spaces(many: Services) -> None:
    spaced = many.settings.checkpoint_dir / "new lamp.safetensors"
    shutil.copy(many.settings.checkpoint_dir / "another.safetensors", spaced)
    read = read_address(many, "?category=widget&models=run-1+new+lamp+gone+widget-none-quick")
    assert [Path(path).stem for path in read.models] == ["model", "new lamp", "widget-none-quick"]
    assert read.missing == ("gone",)
    other = read_address(many, "?category=widget&models=another-1")
    assert (other.models, other.missing) == ((), ("another-1",))


def test_a_name_that_is_a_part_of_another_is_told_from_it(many: Services) -> None:
    shutil.copy(
        many.settings.checkpoint_dir / "another.safetensors",
        many.settings.checkpoint_dir / "lamp.safetensors",
    )
    spaced = many.settings.checkpoint_dir / "new lamp.safetensors"
    shutil.copy(many.settings.checkpoint_dir / "another.safetensors", spaced)
    read = read_address(many, "?category=widget&models=new+lamp+run-1")
    assert [Path(path).stem for path in read.models] == ["new lamp", "model"]


def test_the_known_models_of_an_address_stay_and_the_others_are_named(many: Services) -> None:
    _, third, *_ = reversed(offered_models(many, "widget"))
    name = model_name(third)

    def opened(names: str) -> dict:
        page = read_address(many, f"?category=widget&models={names}")
        values: dict = {}
        for step in show_selected(many, page, "widget", [], "", Turns(), None):
            told = dict(zip(OPENING, step, strict=True))
            values |= {name: told[name] for name in ("comparison", "advice") if told[name] != gr.skip()}
        return values

    assert next(iter(opened(f"{name}+run-1")["comparison"].models)) == third
    values = opened(f"gone+{name}+lost")
    shown = list(values["comparison"].models)
    assert (shown[0], len(shown)) == (third, 2)
    assert "&#x27;gone&#x27; and &#x27;lost&#x27;" in values["advice"]
    values = opened("gone")
    assert values["comparison"].models == compared_models(many, "widget", ())
    assert text.compare.MISSING.format(names="&#x27;gone&#x27;") in values["advice"]


def test_another_choice_of_models_runs_only_those_that_are_new(
    many: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    detect = Services.detect
    monkeypatch.setattr(
        Services,
        "detect",
        lambda services, model, *values: (ran.append(str(model)), detect(services, model, *values))[1],
    )
    plain, other, third, *_ = offered_models(many, "widget")
    source = ComparedImage.of_test(many, many.find("widget", "spot/000.png"))

    def compare(comparison, *paths: str) -> dict:
        chosen = Choice("widget", compared_models(many, "widget", paths), source=source)
        values: dict = {}
        for step in models_values(many, chosen, RATE, comparison):
            values |= step
        return values

    before = compare(None, plain, other)["comparison"]
    assert ran == [plain, other]
    values = compare(before, third, other)
    assert ran == [plain, other, third]
    for place, title in enumerate(titles(many, third, other)):
        assert f"<h2>{title}</h2>" in values["verdict", place]
        assert values["result", place]["alt_text"] == f"{title}: Result"
    assert values["verdict", 2] == ""
    assert compare(values["comparison"], other, third)["comparison"].answers.keys() == {other, third}
    assert ran == [plain, other, third]


def test_a_new_model_takes_the_panes_of_another_away_while_it_looks(many: Services) -> None:
    plain, other, third, *_ = offered_models(many, "widget")
    source = ComparedImage.of_test(many, many.find("widget", "spot/000.png"))
    chosen = Choice("widget", compared_models(many, "widget", (plain, other)), source=source)
    *_, last = (one["comparison"] for one in models_values(many, chosen, RATE, None) if "comparison" in one)
    changed = Choice("widget", compared_models(many, "widget", (plain, third)), source=source)
    first = next(models_values(many, changed, RATE, last))
    assert first["result", 0]["value"] is not None
    assert text.compare.WAIT in first["verdict", 1]
    assert first["result", 1]["value"] is None
