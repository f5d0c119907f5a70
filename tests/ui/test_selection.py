"""The address of the page: what it selects, and what the tabs make of it."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from compare_models import of_variant

from favae_demo.core.settings import Settings
from favae_demo.data.io.images import decode
from favae_demo.detection.registry import Registry
from favae_demo.ui import selection, text
from favae_demo.ui.app import TABS, build_app
from favae_demo.ui.components import image_picker
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.selection import Selection, address, model_name, read_address
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.batch import tab as batch_tab
from favae_demo.ui.tabs.compare import answers as compare
from favae_demo.ui.tabs.compare.values import OPENING
from favae_demo.ui.tabs.detect import answers, opening
from favae_demo.ui.tabs.draw import tab as draw_tab
from favae_demo.ui.tabs.live import tab as live_tab
from favae_demo.ui.tabs.live.player import Players
from favae_demo.ui.tabs.results import tab as results_tab
from favae_demo.ui.tabs.results.values import OPENING as RESULTS
from favae_demo.ui.tabs.results.view import HAND, ThresholdChoice
from favae_demo.ui.tabs.train import tab as train_tab

pytest_plugins = ["trained_widget", "compare_models", "few_samples"]
SKIP = gr.skip()


@pytest.fixture
def model(services: Services) -> str:
    """Path of the one model of `widget`."""
    return services.model_choices("widget")[0][1]


def test_an_address_selects_a_category_a_model_and_an_image(services: Services, model: str) -> None:
    read = partial(read_address, services)
    assert read("") == Selection(services.first_category())
    assert read("?tab=train&category=widget") == Selection("widget")
    whole = "?category=widget&model=widget-none-quick&image=spot%2F002.png"
    assert read(whole) == Selection("widget", model, "test/spot/002.png")
    assert read("?category=widget&model=gone&image=test/gone/1.png") == Selection("widget")
    assert read(f"{whole}&rate=0.5") == Selection("widget", model, "test/spot/002.png", rate=0.5)
    assert read("?category=gone&rate=20").rate == 20


@pytest.mark.parametrize("rate", ["", "0", "0.4", "20.5", "-1", "3.3", "nan", "1e1", "five", "²"])
def test_a_rate_that_cannot_be_chosen_is_ignored(rate: str, services: Services) -> None:
    assert read_address(services, f"?category=widget&rate={rate}") == Selection("widget")


def test_an_unknown_category_is_named_and_another_shown(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(selection.gr, "Warning", said.append)
    found = read_address(services, "?category=<b>gone&image=test/spot/002.png")
    assert found == Selection(services.first_category())
    assert len(said) == 1
    assert "gone" in said[0]
    assert "<b>" not in said[0]


@pytest.mark.parametrize("name", ["model", "image"])
def test_an_unknown_model_or_image_is_named_by_a_tab_that_shows_it(
    name: str, services: Services, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(selection.gr, "Warning", said.append)
    known = {"model": model_name(model), "image": "spot/002.png"}
    read_address(services, f"?category=widget&{name}={known[name]}", {name})
    read_address(services, f"?category=widget&{name}=<b>gone", set())
    assert said == []
    assert read_address(services, f"?category=widget&{name}=<b>gone", {name}) == Selection("widget")
    assert len(said) == 1
    assert "'&lt;b&gt;gone'" in said[0]


def test_an_address_leads_back_to_what_it_was_made_of(services: Services, model: str) -> None:
    made = address("widget", model, "test/good/001.png", tab="detect")
    assert made == {
        "tab": "detect", "category": "widget", "model": "widget-none-quick", "image": "test/good/001.png",
    }  # fmt: skip
    assert read_address(services, "&".join(f"{name}={value}" for name, value in made.items())) == Selection(
        "widget", model, "test/good/001.png"
    )
    assert address(None, tab="train") == {"tab": "train", "category": "", "model": "", "image": ""}


@pytest.mark.parametrize(
    ("path", "name"),
    [("bottle-none-quick.safetensors", "bottle-none-quick"), ("7-a/model.safetensors", "7-a")],
)
def test_a_model_is_named_by_its_file_or_its_run(path: str, name: str) -> None:
    assert model_name(Path("/runs") / path) == name


def test_a_tab_shows_a_selection_already_where_nothing_differs() -> None:
    one = Selection("widget", "a", "test/good/001.png")
    assert one.shows("widget", model="a", image="test/good/001.png")
    assert one.shows("widget")  # a tab without models and images
    assert not one.shows("other", model="a", image="test/good/001.png")
    assert not one.shows("widget", model="b")
    assert not one.shows("widget", model=None)  # its list of models is still empty
    assert not one.shows("widget", image="test/good/002.png")
    own_image = {"model": "b", "image": ""}
    assert Selection("widget").shows("widget", **own_image)
    compared = Selection("widget", models=("a", "b"))
    assert compared.shows("widget", models=("a", "b"))
    assert not compared.shows("widget", models=("b", "a"))
    assert one.shows("widget", models=("a", "b"))


def test_detect_keeps_what_is_shown_and_opens_what_is_not(services: Services, model: str) -> None:
    def shown(page: Selection, *values: object) -> dict:
        (step,) = opening.show_selected(services, page, *values)
        return dict(zip(answers.OPENING, step, strict=True))

    key = "test/spot/002.png"
    turns = Turns(options=answers.DetectOptions())
    page = Selection("widget", model, key)
    first = shown(page, "widget", model, "", turns, None)
    assert first["picked"] == key
    assert "(spot)" in first["verdict"]
    same = shown(page, "widget", model, key, turns, first["shown"])
    assert {name for name, value in same.items() if value != SKIP} == {"model"}
    assert (
        shown(Selection("widget", model, "test/good/001.png"), "widget", model, key, turns, first["shown"])[
            "picked"
        ]
        == "test/good/001.png"
    )


def test_compare_opens_the_image_of_the_page(services: Services, model: str) -> None:
    page, turns = Selection("widget", image="test/spot/002.png"), Turns()
    (values,) = compare.show_selected(services, page, "widget", [model], "", turns, None)
    opened = dict(zip(OPENING, values, strict=True))
    assert opened["picked"] == "test/spot/002.png"
    kept, wide, wide_again = (
        dict(zip(OPENING, step, strict=True))
        for one in (page, replace(page, rate=20.0), replace(page, rate=20.0))
        for step in compare.show_selected(
            services, one, "widget", [model], "test/spot/002.png", turns, opened["comparison"]
        )
    )
    assert {name for name, value in kept.items() if value != SKIP} == {"models"}
    assert "value" not in kept["models"].constructor_args  # only what is offered is listed anew
    assert "limit" in wide["verdict", 0] != opened["verdict", 0]
    assert wide_again["verdict", 0] == SKIP


def test_draw_keeps_what_was_painted_on_the_part_of_the_page(services: Services, model: str) -> None:
    def shown(page: Selection, *values: object) -> dict:
        (shown,) = draw_tab.show_selected(services, page, *values)
        return dict(zip(draw_tab.OPENING, shown, strict=True))

    drawing = shown(Selection("widget"), None, None, None)["drawing"]
    assert all(value == SKIP for value in shown(Selection("widget"), "widget", model, drawing).values())
    other_model = shown(Selection("widget", model), "widget", "other", drawing)
    assert other_model["drawing"] is drawing
    assert shown(Selection("widget"), "other", model, drawing)["drawing"] is not drawing


def test_live_ends_a_stream_of_another_part(
    services: Services, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    players, stopped = Players(), []
    monkeypatch.setattr(players, "stop", stopped.append)
    same = live_tab.show_selected(services, players, Selection("widget"), "widget", model, "token")
    assert (same[1].value, same[2:], stopped) == (model, [SKIP, SKIP], [])
    other = live_tab.show_selected(services, players, Selection("widget"), "gone", None, "token")
    assert (other[1].value, other[2:], stopped) == (model, ["", ""], ["token"])


def test_what_a_tab_opens_with_is_judged_at_the_rate_of_the_page(
    services: Services, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Selection("widget", model, "test/spot/002.png", rate=20.0)
    detector = services.registry.detector(Path(model))

    def said(image: np.ndarray, rate: float) -> str:
        return text.formatting.multiple(detector.detect([image], rate=rate)[0].multiple)

    spot = decode(services.find("widget", page.image).path)
    assert said(spot, 0.05) != said(spot, 0.2)
    turns = Turns(options=answers.DetectOptions(opacity=10))
    (detect,) = opening.show_selected(services, page, "widget", model, "", turns, None)
    assert said(spot, 0.2) in dict(zip(answers.OPENING, detect, strict=True))["verdict"]
    assert turns.options == answers.DetectOptions(rate=20, opacity=10)
    (compared,) = compare.show_selected(services, page, "widget", [model], "", Turns(), None)
    assert said(spot, 0.2) in dict(zip(OPENING, compared, strict=True))["verdict", 0]
    (shown,) = draw_tab.show_selected(services, page, None, None, None)
    drawn = dict(zip(draw_tab.OPENING, shown, strict=True))
    assert said(drawn["drawing"].original, 0.2) in drawn["verdict"]
    (shown,) = results_tab.show_selected(
        services, page, "widget", model, ThresholdChoice(5, HAND, 1.0), "missed"
    )
    assert dict(zip(RESULTS, shown, strict=True))["choice"] == ThresholdChoice(20)


def test_results_and_draw_count_the_parts_that_are_still_drawn(
    services: Services, tmp_path: Path, few_samples: None
) -> None:
    def undrawn(name: str) -> Services:
        settings = replace(services.settings, cache_dir=tmp_path / name)
        return Services(settings, Registry(settings))

    page = Selection("sample_bottle")
    *counted, last = results_tab.show_selected(undrawn("results"), page, None, None, None, "missed")
    abouts = [dict(zip(RESULTS, step, strict=True))["about"] for step in counted]
    assert abouts == [about for about in abouts if "of 10 …" in about] != []
    assert "of 10 …" not in dict(zip(RESULTS, last, strict=True))["about"]
    *counted, last = draw_tab.show_selected(undrawn("draw"), page, None, None, None)
    verdicts = [dict(zip(draw_tab.OPENING, step, strict=True))["verdict"] for step in counted]
    assert verdicts == [verdict for verdict in verdicts if "of 10 …" in verdict] != []
    assert dict(zip(draw_tab.OPENING, last, strict=True))["drawing"] is not None


def test_each_tab_that_judges_has_the_rate_of_the_page(app_settings: Settings) -> None:
    app = build_app(app_settings)
    components = app.get_config_file()["components"]
    sliders = {one["id"] for one in components if "rate" in (one["props"].get("elem_classes") or [])}
    given = {
        one._id for function in app.fns.values() if function.name == "opened" for one in function.outputs
    }
    assert len(sliders) == 6
    assert sliders <= given


def test_a_tab_whose_list_is_still_empty_opens_with_the_model_of_the_page(two_models: Services) -> None:
    """The page's script empties the lists of models where the address names a category."""
    other = of_variant(two_models, "none")
    page = Selection("widget", other)
    assert two_models.first_model("widget") != other
    live = live_tab.show_selected(two_models, Players(), page, "widget", None, "")
    (results,) = results_tab.show_selected(two_models, page, "widget", None, None, "missed")
    batch = batch_tab.show_selected(two_models, page, "widget", None)
    assert [values[1].value for values in (live, results, batch)] == [other] * 3


def test_batch_and_train_take_the_part_of_the_page(services: Services, model: str) -> None:
    category, models = batch_tab.show_selected(services, Selection("widget", model), "other", None)
    assert (category.value, models.value) == ("widget", model)
    settings = (True, "none", "quick")  # the tab was opened before
    category, seen, *_ = train_tab.show_selected(services, Selection("widget"), "other", *settings)
    assert (category.value, seen) == ("widget", SKIP)  # the other category makes the previews
    assert train_tab.show_selected(services, Selection("widget"), "widget", *settings)[:2] == [SKIP, "seen"]


def test_where_there_are_no_test_images_the_upload_is_shown(services: Services) -> None:
    assert image_picker.source(services, "widget").selected == image_picker.TEST
    assert image_picker.source(services, "gone").selected == image_picker.OWN_IMAGE


def test_the_script_of_the_page_finds_what_it_looks_for(app_settings: Settings) -> None:
    """It opens a tab by its id, fills it by a button, and puts the asked part into the lists."""
    components = build_app(app_settings).get_config_file()["components"]

    def of_class(name: str) -> list[dict]:
        return [one["props"] for one in components if name in (one["props"].get("elem_classes") or [])]

    tabs = [one["props"].get("id") for one in components if one["type"] == "tabitem"]
    ids = [one["props"].get("elem_id") for one in components]
    assert set(TABS) <= set(tabs)
    assert {f"reopen-{tab}" for tab in TABS} <= set(ids)
    assert ids.count("tabs") == 1
    assert ["widget" in dict(one["choices"]).values() for one in of_class("category-list")] == [True] * 7
    assert len(of_class("model-list")) == 5
