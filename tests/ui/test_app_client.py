"""The named endpoints, as a program calls them over HTTP."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from raw_calls import Page

from favae_demo.runs import manager
from favae_demo.ui import language, text

pytest_plugins = ["trained_widget"]


@pytest.fixture(scope="module")
def client(server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    downloads = tmp_path_factory.mktemp("downloads")
    client = Client(
        server.url,
        verbose=False,
        download_files=str(downloads),
        analytics_enabled=False,
        httpx_kwargs={"timeout": 120},  # seconds: other processes may have the cores
    )
    yield client
    client.close()


def test_the_endpoints_name_their_inputs(client: Client) -> None:
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    inputs = {name: [p["parameter_name"] for p in endpoints[name]["parameters"]] for name in endpoints}
    # The page's own plumbing is not offered.
    assert inputs == {
        "/detect": ["picture", "category", "teacher", "rate"],
        "/compare": ["picture", "category", "rate"],
        "/batch": ["files", "category", "teacher", "rate"],
        "/results": ["category", "teacher", "rate"],
        "/report": ["category", "teacher", "rate"],
        "/train": ["category", "teacher", "preset", "seed"],
    }


def test_detect_gives_verdict_and_images(client: Client, blot: Path, served_services) -> None:
    answer, *views = client.predict(
        picture=handle_file(blot), category="widget", teacher="none", rate=0.05, api_name="/detect"
    )
    model = served_services.registry.newest("widget", "none")
    own = served_services.detect(model.path, served_services.image(blot), 0.05)
    assert answer["verdict"] == "defect"
    assert answer["score"] == pytest.approx(own.score)
    assert answer["threshold"] == pytest.approx(own.threshold)
    assert len(answer["regions"]) == len(own.regions)
    assert answer["milliseconds"] > 0
    assert len(views) == 3
    for view in views:
        with Image.open(view) as image:
            assert image.format == "PNG"


def test_compare_answers_for_the_models_that_are_there(client: Client, blot: Path) -> None:
    found = client.predict(picture=handle_file(blot), category="widget", rate=0.05, api_name="/compare")
    assert found.keys() == {"none"}
    expected = {"score", "multiple", "threshold", "limit_supported", "verdict", "reasons", "milliseconds"}
    assert found["none"].keys() == expected


def test_a_report_comes_as_page_and_archive(client: Client) -> None:
    order = {"category": "widget", "teacher": "none", "rate": 0.2, "api_name": "/report"}
    figures, page, archive = client.predict(**order)
    assert (figures["n_good"], figures["n_defect"]) == (4, 8)
    assert Path(page).name == "widget-none-quick-report.html"
    with zipfile.ZipFile(archive) as packed:
        assert packed.read("report.html") == Path(page).read_bytes()
    with pytest.raises(AppError, match=text.page.NO_MODEL):
        client.predict(**order | {"teacher": "vgg19"})


@pytest.mark.parametrize("endpoint", ["/detect", "/compare"])
def test_a_bad_image_gets_our_sentence(endpoint: str, client: Client, no_image: Path) -> None:
    teacher = {"teacher": "none"} if endpoint == "/detect" else {}
    with pytest.raises(AppError, match="is not a PNG"):
        client.predict(
            picture=handle_file(no_image), category="widget", rate=0.05, api_name=endpoint, **teacher
        )


def test_what_is_missing_is_said(client: Client, blot: Path) -> None:
    with pytest.raises(AppError, match="Choose a picture"):
        client.predict(picture=None, category="widget", teacher="none", rate=0.05, api_name="/detect")
    with pytest.raises(AppError, match=text.page.NO_MODEL):
        client.predict(
            picture=handle_file(blot), category="widget", teacher="vgg16", rate=0.05, api_name="/detect"
        )
    with pytest.raises(AppError, match="rate"):
        client.predict(
            picture=handle_file(blot), category="widget", teacher="none", rate=5, api_name="/detect"
        )


WRONG = {
    "category": [None, "", "nothing", "x" * 5000, "wid\0get", "../data", 3, ["widget"], {"a": 1}],
    "teacher": [None, "", "resnet", "x" * 5000, 3],
    "rate": [None, "0.05", "", 0, 1, -1, 1e-300, 1e300, True, [0.05], {}],
    "preset": [None, "", "slow"],
    "seed": [None, "1", 0.5, True, [1]],
}


def _mistakes(server) -> Iterator[tuple[str, str, Any, list[Any]]]:
    """Each endpoint with each of its arguments wrong in each way: endpoint, argument, value, values of all arguments."""
    page = Page(server.url)
    for endpoint in ("detect", "compare", "batch", "results", "report", "train"):
        labels = [page.components[id]["props"]["label"] for id in page.functions[endpoint]["inputs"]]
        right = {"category": "widget", "teacher": "none", "rate": 0.05, "preset": "quick", "seed": 0}
        for wrong in set(labels) & set(WRONG):
            for value in WRONG[wrong]:
                given = right | {wrong: value}
                yield endpoint, wrong, value, [given.get(label) for label in labels]


def test_every_wrong_argument_of_every_endpoint_gets_a_sentence_that_names_it(server) -> None:
    visitor, before, poor = Page(server.url), manager.list_runs(server.settings), []
    for endpoint, wrong, value, given in _mistakes(server):
        answer = visitor.call(visitor.functions[endpoint]["id"], given)
        said = answer.get("error") or ""
        if wrong not in said or not said.endswith(".") or len(said) > 400:
            poor.append((endpoint, wrong, str(value)[:20], answer))
    assert poor == []
    assert manager.list_runs(server.settings) == before


@pytest.mark.parametrize(
    ("endpoint", "given"),
    [
        *[("detect", [picture, "widget", "none", 0.05]) for picture in (3, "x", [1])],
        *[("batch", [files, "widget", "none", 0.05]) for files in (3, "x", [1], [None])],
        *[("detect", []), ("detect", ["x"]), ("train", ["widget"])],
    ],
)  # fmt: skip
def test_values_that_cannot_be_read_get_a_sentence(endpoint: str, given: Any, server) -> None:
    visitor = Page(server.url)
    answer = visitor.call(visitor.functions[endpoint]["id"], given)
    assert answer["error"] == text.page.NOT_UNDERSTOOD
    assert answer["title"] == text.page.FAILED


def test_a_choice_that_is_not_offered_is_refused_without_naming_the_others(server) -> None:
    """Gradio's own sentence lists them: models are places on the disk."""
    visitor = Page(server.url)
    choose = visitor.functions["choose_category"]
    answer = visitor.call(choose["id"], [None, "<b>x</b>", *[None] * (len(choose["inputs"]) - 2)])
    assert answer["error"] == text.page.NO_CHOICE


@pytest.mark.parametrize("value", ["", "\ud800", "a\udc80"])
def test_a_value_that_is_no_text_is_shown_as_far_as_it_is(value: str, server) -> None:
    visitor = Page(server.url)
    answer = visitor.call(visitor.functions["results"]["id"], [value, "none", 0.2])
    assert answer["error"].startswith("The category must be one of")
    shown = answer["error"].rsplit("not ", 1)[1]
    assert (shown == "''.") == (value == "")


def test_a_fault_of_the_program_is_called_one_and_logged(
    server, served_services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("<b>secret</b>")

    monkeypatch.setattr(type(served_services), "categories", fail)
    visitor = Page(server.url)
    answer = visitor.call(visitor.functions["results"]["id"], ["widget", "none", 0.05])
    assert answer["error"] == text.page.FAULT
    (record,) = [record for record in caplog.records if record.name == "favae_demo.ui.errors"]
    assert record.levelname == "ERROR"
    assert isinstance(record.exc_info[1], RuntimeError)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"teacher": "resnet"}, "teacher"), ({"preset": "slow"}, "preset"), ({"seed": -1}, "seed")],
)
def test_a_bad_order_is_refused(changes: dict, words: str, client: Client, server) -> None:
    before = manager.list_runs(server.settings)
    order = {"category": "widget", "teacher": "none", "preset": "quick", "seed": 0} | changes
    with pytest.raises(AppError, match=words):
        client.predict(**order, api_name="/train")
    assert manager.list_runs(server.settings) == before


def test_train_starts_one_training_and_refuses_a_second(client: Client, server) -> None:
    order = {"category": "widget", "teacher": "none", "preset": "quick", "seed": 1, "api_name": "/train"}
    run = client.predict(**order)["run"]
    view = manager.view(run, server.settings)
    assert (view.state, view.config.seed) == (manager.RUNNING, 1)
    with pytest.raises(AppError, match="already running"):
        client.predict(**order)
    manager.stop(run, server.settings, wait_seconds=120)  # its first model may be in the making
    assert manager.view(run, server.settings).state == manager.FINISHED
    manager.delete(run, server.settings)


@pytest.mark.parametrize("code", list(language.LANGUAGES))
def test_errors_are_in_the_language_that_a_program_asks_for(code: str, server) -> None:
    headers = {} if code == language.DEFAULT else {"Accept-Language": f"{code};q=0.9"}
    client = Client(
        server.url, headers=headers, verbose=False, analytics_enabled=False, httpx_kwargs={"timeout": 120}
    )
    with language.speaking(code):
        sentence = text.batch.CHOOSE
    with pytest.raises(AppError, match=re.escape(sentence)):
        client.predict(files=None, category="widget", teacher="none", rate=0.05, api_name="/batch")
    client.close()
