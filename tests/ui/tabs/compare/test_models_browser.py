"""The choice of models in the Compare tab, in a real browser, with five models of one part."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from chromium import lead, visited
from layout_shifts import SHIFTS
from page_server import served, url_of

from favae_demo.ui import text
from favae_demo.ui.services import Services

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget", "compare_models"]
pytestmark = pytest.mark.browser

NAMES = ("alpha", "beta", "gamma")  # further plain models
PLAIN, OTHER = "widget-none-quick", "widget-vgg16-quick"
COPIED = """async () => {
  const [item] = await navigator.clipboard.read(), image = await createImageBitmap(await item.getType('image/png'));
  return [image.width, image.height];
}"""


@pytest.fixture(scope="module")
def address(two_models: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app with three further models of the same part."""
    models = tmp_path_factory.mktemp("models") / "checkpoints"
    shutil.copytree(two_models.settings.checkpoint_dir, models)
    for name in NAMES:
        shutil.copy(models / f"{PLAIN}.safetensors", models / f"{name}.safetensors")
    settings = replace(two_models.settings, checkpoint_dir=models)
    with served(settings, tmp_path_factory.mktemp("work")) as app:
        yield url_of(app)


@pytest.fixture(scope="module")
def opened(address: str, running_chromium) -> Iterator:
    """The page that these tests share."""
    models = f"alpha+{OTHER}+beta"
    asked = f"{address}/?tab=compare&category=widget&models={models}&image=spot/001.png"
    with visited(running_chromium, asked, 1440) as page:
        expect_columns(page, "alpha", OTHER, "beta")
        yield page


@pytest.fixture
def page(opened):
    """The tab with three models and a picture that the address names, whatever another test has done to it."""
    lead(opened, tab="compare", category="widget", models=f"alpha {OTHER} beta", image="spot/001.png")
    expect_columns(opened, "alpha", OTHER, "beta")
    sync_api.expect(opened.locator(".which:visible")).to_contain_text("spot 001")
    return opened


def title(name: str) -> str:
    """What a model is called in the tab."""
    return "VAE + VGG16" if name == OTHER else f"VAE · {name}"


def expect_columns(page, *names: str) -> None:
    """These models have judged, in this order, and the address names them."""
    heads = page.locator(".compare-columns .variant h2")
    sync_api.expect(heads).to_have_text([title(name) for name in names])
    for place, name in enumerate(names):
        column = page.locator(f".compare-column-{place}")
        sync_api.expect(column.locator(".verdict")).to_contain_text("Took")
        sync_api.expect(column.get_by_role("img", name=f"{title(name)}: Result", exact=True)).to_be_visible()
    sync_api.expect(page).to_have_url(re.compile(re.escape("models=" + "+".join(names) + "&")))


def take_out(page, name: str) -> None:
    page.get_by_role("button", name=f"Take {title(name)} out", exact=True).click()


def add(page, name: str) -> None:
    field = page.get_by_role("combobox", name=text.compare.MODELS, exact=True)
    field.click()
    page.get_by_role("option", name=title(name), exact=True).click()
    field.blur()  # it opens when it gets the focus


def test_other_models_are_chosen_and_the_picture_stays(page) -> None:
    take_out(page, "alpha")
    expect_columns(page, OTHER, "beta")
    add(page, "gamma")
    expect_columns(page, OTHER, "beta", "gamma")
    add(page, PLAIN)
    expect_columns(page, OTHER, "beta", "gamma", PLAIN)
    sync_api.expect(page.locator(".which:visible")).to_contain_text("spot 001")


def test_one_model_or_five_are_a_sentence_and_nothing_is_lost(page) -> None:
    few = text.compare.TOO_FEW.format(fewest=2, most=4)
    take_out(page, "alpha")
    take_out(page, "beta")
    sync_api.expect(page.get_by_text(few)).to_be_visible()
    expect_columns(page, OTHER, "beta")
    page.locator(".compare-picture").get_by_role("button", name=text.page.NEXT).click()
    sync_api.expect(page.locator(".which:visible")).to_contain_text("spot 002")
    expect_columns(page, OTHER, "beta")
    for name in ("alpha", "gamma", PLAIN):
        add(page, name)
    expect_columns(page, OTHER, "alpha", "gamma", PLAIN)
    sync_api.expect(page.get_by_text(few)).to_have_count(0)
    add(page, "beta")
    sync_api.expect(page.get_by_text(text.compare.TOO_MANY.format(count=5, most=4))).to_be_visible()
    expect_columns(page, OTHER, "alpha", "gamma", PLAIN)


TAKE_OUT_TWICE = """async () => {
  for (const _ of [1, 2]) {
    document.querySelector(".models-list .token-remove").click();
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}"""


def test_two_choices_in_a_row_leave_the_address_with_what_is_shown(page) -> None:
    page.evaluate(TAKE_OUT_TWICE)
    sync_api.expect(page.get_by_text(text.compare.TOO_FEW.format(fewest=2, most=4))).to_be_visible()
    expect_columns(page, OTHER, "beta")


def test_back_and_a_reload_lead_to_the_models_of_the_address(page) -> None:
    take_out(page, "beta")
    expect_columns(page, "alpha", OTHER)
    page.reload()
    expect_columns(page, "alpha", OTHER)
    add(page, "gamma")
    expect_columns(page, "alpha", OTHER, "gamma")
    page.go_back()
    expect_columns(page, "alpha", OTHER)


def test_a_link_to_models_that_are_not_here_names_them_and_nothing_jumps(
    address: str, running_chromium
) -> None:
    with running_chromium.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.add_init_script(SHIFTS)
        page.goto(f"{address}/?tab=compare&category=widget&models=nope+gone+alpha+{OTHER}+beta")
        said = text.compare.MISSING_MANY.format(names="'nope' and 'gone'")
        sync_api.expect(page.get_by_text(said)).to_be_visible()
        expect_columns(page, "alpha", OTHER, "beta")
        assert page.evaluate("shifted()") <= 0.1


def test_the_result_of_a_column_is_copied(page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page.locator(".compare-column-1").get_by_role("button", name=text.page.COPY_PICTURE).click()
    sync_api.expect(page.locator("#said")).to_have_text(text.page.SAID["picture"])
    shown = page.locator(".compare-column-1 .result img")
    assert page.evaluate(COPIED) == shown.evaluate("one => [one.naturalWidth, one.naturalHeight]")


def test_on_a_phone_the_columns_stack(page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sync_api.expect(page.locator(".compare-column-2 .verdict")).to_contain_text("Took")
    boxes = [page.locator(f".compare-column-{place}").bounding_box() for place in range(3)]
    assert boxes[0]["y"] < boxes[1]["y"] < boxes[2]["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1440, "height": 1000})
