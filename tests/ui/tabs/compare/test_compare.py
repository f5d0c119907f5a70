"""The Compare tab's handlers on one image, without a page."""

import re
from dataclasses import replace
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from compare_models import RATE, both, choice, given, of_variant, state, without

from favae_demo.core.errors import DataError, ImageError
from favae_demo.data.library.feedback import GOOD, Feedback
from favae_demo.ui import text
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.compare import tab as compare_tab
from favae_demo.ui.tabs.compare.answers import first_look
from favae_demo.ui.tabs.compare.api import compare_variants
from favae_demo.ui.tabs.compare.image_view import (
    PANES,
    ComparedImage,
    ModelAnswer,
    column_values,
    compare_at_rate,
    compare_image,
)
from favae_demo.ui.tabs.compare.values import (
    OPENING,
    gallery_image_values,
    image_values,
    opening,
    own_image_values,
)

pytest_plugins = ["trained_widget", "compare_models"]


def test_models_answer_one_after_another(two_models: Services, spot_image: ComparedImage) -> None:
    steps = list(compare_image(two_models, both(two_models), spot_image, RATE))
    plain, other = both(two_models)
    assert [list(step.answers) for step in steps] == [[], [plain], [plain, other]]
    last = steps[-1].answers
    assert last[plain].found is not None
    assert last[other].found.is_defect
    assert re.search(r"Took \d+ ms", last[plain].note)


def test_each_answer_is_the_one_of_its_model_alone(two_models: Services, spot_image: ComparedImage) -> None:
    *_, last = compare_image(two_models, both(two_models), spot_image, RATE)
    for path in both(two_models):
        alone = two_models.detect(path, two_models.image(spot_image.path), RATE)
        assert last.answers[path].found.score == pytest.approx(alone.score, rel=1e-6)
        assert last.answers[path].found.threshold == alone.threshold


def test_a_deleted_model_is_said_in_its_column_and_stops_no_other(
    two_models: Services, spot_image: ComparedImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(two_models, "none", monkeypatch)
    *_, last = compare_image(two_models, both(two_models), spot_image, RATE)
    assert "deleted meanwhile" in column_values(last.answers[of_variant(two_models, "none")], last)[0]
    assert last.answers[of_variant(two_models, "vgg16")].found is not None


@pytest.mark.parametrize("rate", [0.01, 0.2])
def test_another_rate_judges_as_a_new_run_would_but_runs_no_model(
    rate: float, two_models: Services, spot_image: ComparedImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, last = compare_image(two_models, both(two_models), spot_image, RATE)
    *_, expected = compare_image(two_models, both(two_models), spot_image, rate)
    monkeypatch.setattr(Services, "detect", None)
    again = compare_at_rate(two_models, last, rate)
    for path in both(two_models):
        found, other = again.answers[path].found, expected.answers[path].found
        assert (found.score, found.threshold, found.pixel_threshold) == pytest.approx(
            (other.score, other.threshold, other.pixel_threshold), rel=1e-6
        )
        np.testing.assert_array_equal(found.foreground, other.foreground)


def test_a_model_deleted_before_the_rate_changes_is_said(
    two_models: Services, spot_image: ComparedImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, last = compare_image(two_models, both(two_models), spot_image, RATE)
    without(two_models, "vgg16", monkeypatch)
    again = compare_at_rate(two_models, last, 0.1)
    assert "deleted meanwhile" in again.answers[of_variant(two_models, "vgg16")].note
    assert again.answers[of_variant(two_models, "none")].found is not None


@pytest.mark.parametrize(
    ("key", "rights"),
    [
        ("spot/000.png", {True: "correct", False: "missed defect"}),
        ("good/000.png", {True: "false alarm", False: "correct"}),
    ],
)
def test_a_verdict_on_a_known_image_is_called_right_or_wrong(
    key: str, rights: dict, two_models: Services
) -> None:
    source = ComparedImage.of_test(two_models, two_models.find("widget", key))
    *_, last = compare_image(two_models, both(two_models), source, RATE)
    assert rights[True] in column_values(last.answers[of_variant(two_models, "vgg16")], last)[0]
    nervous = last.answers[of_variant(two_models, "vgg16")]
    quiet = replace(nervous, found=replace(nervous.found, threshold=1e9))
    assert rights[False] in column_values(quiet, last)[0]


def test_what_was_said_of_an_image_is_its_truth(two_models: Services, tmp_path: Path) -> None:
    own = replace(two_models, settings=replace(two_models.settings, checkpoint_dir=tmp_path))
    compared = choice(own, key="test/spot/000.png")
    Feedback(own.settings.marks_dir, "widget").mark(own.find("widget", "spot/000.png").path, GOOD, "ada")
    *_, values = (one for one in opening(own, compared, RATE) if one.get("comparison"))
    assert values["comparison"].source.defective is False
    assert values["comparison"].source.known.endswith(text.feedback.MARKED[GOOD])


def test_a_uploaded_image_is_neither_right_nor_wrong(two_models: Services, blot: Path) -> None:
    *_, last = compare_image(
        two_models, both(two_models), ComparedImage.of_visitor(str(blot), text.page.NO_TRUTH), RATE
    )
    words, *panes = column_values(last.answers[of_variant(two_models, "none")], last)
    assert "Defect" in words
    assert not re.search("Right|Wrong", words)
    assert all(pane["value"].dtype == np.uint8 and pane["value"].shape[2] == 3 for pane in panes)
    assert [pane["alt_text"] for pane in panes] == [f"VAE: {text.compare.PANES[name]}" for name in PANES]
    assert len(panes) == len(PANES)


def test_the_known_defect_is_drawn_on_the_result(two_models: Services, spot_image: ComparedImage) -> None:
    results = []
    for source in (spot_image, replace(spot_image, truth=None)):
        *_, last = compare_image(two_models, both(two_models), source, RATE)
        results.append(
            column_values(last.answers[of_variant(two_models, "none")], last)[1 + PANES.index("result")][
                "value"
            ]
        )
    assert (results[0] != results[1]).any()


def test_a_title_holds_the_models_measured_figures(two_models: Services) -> None:
    plain, other = both(two_models).values()
    words = column_values(ModelAnswer(plain, ""))[0]
    assert "<h2>VAE</h2>" in words
    assert f"Pixel AUROC {plain.model.card.metrics['pixel_auroc']:.3f}" in words
    assert "Pixel AUROC – · image AUROC –" in column_values(ModelAnswer(other, ""))[0]


def test_something_that_is_no_image_is_a_sentence(two_models: Services, no_image: Path) -> None:
    with pytest.raises(ImageError, match="is not a PNG"):
        list(
            image_values(
                two_models,
                choice(two_models, source=ComparedImage.of_visitor(str(no_image), text.page.NO_TRUTH)),
                RATE,
            )
        )


def test_a_place_without_an_image_is_a_sentence(two_models: Services) -> None:
    for index in (-1, 1):
        with pytest.raises(ImageError, match="Choose a picture"):
            list(
                gallery_image_values(
                    two_models, choice(two_models), "all", ["test/good/000.png"], index, RATE
                )
            )
    with pytest.raises(DataError, match="no picture"):
        list(gallery_image_values(two_models, choice(two_models), "all", ["test/good/999.png"], 0, RATE))


def test_an_image_of_another_kind_turns_the_gallery_to_all_kinds(two_models: Services) -> None:
    key = "test/spot/001.png"
    first, *_ = gallery_image_values(two_models, choice(two_models), "good", [key], 0, RATE)
    assert given(first["kind"])["value"] == "all"
    assert given(first["gallery"])["selected_index"] == 9
    first, *rest = gallery_image_values(two_models, choice(two_models), "spot", [key], 0, RATE)
    assert "kind" not in first
    assert given(first["gallery"])["selected_index"] == 1
    assert first["picked"] == key
    assert all("gallery" not in values for values in rest)


def test_an_upload_that_cannot_be_read_is_said_in_place_of_the_verdicts(
    two_models: Services, no_image: Path
) -> None:
    chosen = choice(two_models, source=ComparedImage.of_visitor(str(no_image), text.page.NO_TRUTH))
    (values,) = own_image_values(two_models, chosen, RATE)
    assert [state(values, place) for place in range(3)] == ["unanswered", "unanswered", ""]
    assert "letter.png" in values["verdict", 0]
    assert (values["comparison"], values["picture"]) == (None, None)


def test_values_stay_in_step_with_the_components(two_models: Services) -> None:
    with gr.Blocks():
        ui = compare_tab.build(two_models)
        compare_tab.wire(ui, two_models)
    assert len(ui["opening_outputs"]) == len(next(first_look(two_models, Turns(), choice(two_models))))
    for values in opening(two_models, choice(two_models), RATE):
        assert values.keys() <= set(OPENING)
    assert all(ui[name].info for name in ("category", "models", "rate", "kind"))


def test_programs_get_every_variant_that_is_there(two_models: Services, spot_image: ComparedImage) -> None:
    answers = compare_variants(two_models, "widget", two_models.image(spot_image.path), RATE)
    assert list(answers) == ["none", "vgg16"]
    *_, last = compare_image(two_models, both(two_models), spot_image, RATE)
    for teacher, answer in answers.items():
        found = last.answers[of_variant(two_models, teacher)].found
        assert answer["score"] == pytest.approx(found.score, rel=1e-6)
        assert (answer["threshold"], answer["verdict"]) == (found.threshold, found.verdict)
