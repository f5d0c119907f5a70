"""What the Detect tab shows, without a page."""

import html
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from favae_demo.checkpoints.checkpoint import load_checkpoint, read_card, save_checkpoint
from favae_demo.config.methods import METHODS
from favae_demo.core.errors import CheckpointError, DataError
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import save_png
from favae_demo.data.io.levels import Levels
from favae_demo.data.library.feedback import DEFECT, GOOD, Feedback
from favae_demo.detection.registry import Registry
from favae_demo.scoring.detection import Region
from favae_demo.scoring.explanation import reason
from favae_demo.scoring.multiples import format_multiple
from favae_demo.scoring.suspects import Suspect
from favae_demo.ui import language, text
from favae_demo.ui.components import image_picker, saved_result
from favae_demo.ui.components.html import outcome_html, verdict_html
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.detect.similar import similar_html
from favae_demo.ui.tabs.detect.view import (
    CONTROLS,
    PARTS,
    SIDE,
    DetectOptions,
    DetectView,
    dependent_parts,
    judge_own_image,
    judge_test_image,
    judge_with_model,
    make_view,
    offered_maps,
    render,
    result_panel,
)
from favae_demo.ui.tabs.detect.viewer_html import regions_html

pytest_plugins = ["trained_widget"]

SPOT = "test/spot/003.png"


@pytest.fixture
def model(services: Services) -> str:
    return services.model_choices("widget")[0][1]


@pytest.fixture
def shown(services: Services, model: str):
    return judge_test_image(services, "widget", model, SPOT, DetectOptions())


def values(services: Services, shown, **options) -> dict:
    seen = make_view(services, shown, DetectOptions(**options))
    return dict(zip(PARTS, render(seen), strict=True))


def test_a_test_image_comes_with_what_is_known_of_it(services: Services, shown) -> None:
    parts = values(services, shown)
    assert "Known: this part has a defect (spot)." in parts["verdict"]
    assert text.page.LEGEND_TRUTH in parts["legend"]
    assert parts["picture"].shape == parts["result"].shape == parts["errors"].shape
    assert max(parts["picture"].shape) <= SIDE
    assert "VAE" in parts["status"]
    assert " ms" in parts["status"]


def test_a_model_that_rebuilds_no_image_says_so_in_its_place(services: Services, shown, monkeypatch) -> None:
    assert values(services, shown)["not_rebuilt"] == ""
    assert values(services, shown)["rebuilt"] is not None
    row = METHODS["favae"]
    monkeypatch.setitem(METHODS, "favae", replace(row, rebuilds=False))
    assert values(services, shown)["rebuilt"] is None
    assert "VAE rebuilds no picture" in values(services, shown)["not_rebuilt"]


def test_a_visitors_image_has_no_ground_truth_and_says_so(services: Services, model: str, blot) -> None:
    parts = values(services, judge_own_image(services, model, str(blot), DetectOptions()))
    assert text.page.NO_TRUTH in parts["verdict"]
    assert "Defect" in parts["verdict"]
    assert text.page.LEGEND_TRUTH not in parts["legend"]
    assert parts["regions"].count("data-box") > 0


@pytest.mark.parametrize(
    ("defective", "threshold", "words"),
    [(True, 1.0, "correct"), (True, 9.0, "missed defect"), (False, 1.0, "false alarm"), (False, 9.0, "correct"), (None, 1.0, "")],
)  # fmt: skip
def test_a_verdict_says_whether_it_is_correct_where_the_truth_is_known(
    shown, defective: bool | None, threshold: float, words: str
) -> None:
    found = replace(shown.detection, score=5.0, threshold=threshold, unlike=(), floor=0.0)
    drawn = outcome_html(found, defective)
    assert re.sub(r"<[^>]+>|[✓✗]", "", drawn).strip() == words
    assert ("wrong" in drawn) == (words not in ("correct", ""))
    assert outcome_html(replace(found, unlike=("Other.",)), defective) == ""


def test_what_was_said_of_an_image_is_its_truth(services: Services, shown, tmp_path: Path) -> None:
    own = replace(services, settings=replace(services.settings, checkpoint_dir=tmp_path))
    marked = Feedback(own.settings.marks_dir, "widget")
    for said, defective, remark in ((GOOD, False, text.feedback.MARKED[GOOD]), (DEFECT, True, "")):
        mark = marked.mark(shown.path, said, "ada")
        view = make_view(own, shown, DetectOptions())
        assert (view.defective, view.note.startswith(f"{shown.truth_note} {remark}".strip())) == (
            defective,
            True,
        )
        assert text.feedback.MARKED[DEFECT] not in view.note  # it is known
    marked.take_back(mark.picture, "ada")
    assert make_view(own, replace(shown, defective=None), DetectOptions()).defective is None


def test_no_control_runs_the_model(services: Services, shown, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("the model ran again")

    monkeypatch.setattr(Services, "detect", forbidden)
    usual = values(services, shown)
    strict = make_view(services, shown, DetectOptions(rate=20))
    assert strict.found.score == shown.detection.score
    assert strict.found.threshold <= shown.detection.threshold
    assert (values(services, shown, opacity=0)["result"] != usual["result"]).any()
    assert (values(services, shown, colours="viridis")["errors"] != usual["errors"]).any()
    # A plain VAE has none.
    assert values(services, shown, map="layer1")["errors"].shape == usual["errors"].shape


def test_only_the_error_maps_that_the_model_has_are_offered(services: Services, shown) -> None:
    usual = values(services, shown)["map"]
    assert usual["choices"] == [("All together", "combined"), ("Pixels", "pixels")]
    assert "value" not in usual  # what is chosen stays
    assert values(services, shown, map="layer1")["map"]["value"] == "combined"  # as it is drawn
    maps = dict.fromkeys(("combined", "layer1", "memory"), shown.detection.map)
    offered = offered_maps(DetectView(shown, DetectOptions(), replace(shown.detection, maps=maps), ""))
    assert [name for _, name in offered["choices"]] == ["combined", "layer1", "memory"]


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_changes_only_the_parts_that_follow_it(control: str, services: Services, shown) -> None:
    other = {"rate": 20, "mask": "no", "map": "pixels", "colours": "viridis", "opacity": 10}[control]
    usual, changed = values(services, shown), values(services, shown, **{control: other})
    for name in set(PARTS) - set(dependent_parts(control)):
        np.testing.assert_equal(changed[name], usual[name], err_msg=name)


def test_another_model_judges_the_image_that_is_shown(services: Services, model: str, shown) -> None:
    again = judge_with_model(services, shown, model, DetectOptions())
    assert again.detection.name == shown.detection.name == "003.png"
    assert again.truth is shown.truth
    with pytest.raises(CheckpointError, match="deleted"):
        judge_with_model(services, shown, f"{model}.gone", DetectOptions())


def test_a_deep_picture_is_read_anew_for_a_model_of_another_level(
    services: Services, model: str, tmp_path: Path
) -> None:
    deep = np.rint(services.image(services.sample("widget", 0).path)[..., 0] * (4095 / 255)).astype(np.uint16)
    assert cv2.imwrite(str(tmp_path / "deep.png"), deep)
    first = judge_own_image(services, model, str(tmp_path / "deep.png"), DetectOptions())
    assert "65,535" in make_view(services, first, DetectOptions()).note
    other = str(tmp_path / "leveled.safetensors")
    checkpoint = load_checkpoint(Path(model))
    data = checkpoint.card.data | {"levels": Levels(0, 4095).to_dict()}
    save_checkpoint(Path(other), replace(checkpoint, card=replace(checkpoint.card, data=data)))
    second = judge_with_model(services, first, other, DetectOptions())
    assert not any("white" in remark for remark in second.detection.remarks)
    assert second.detection.image.mean() > 10 * first.detection.image.mean()


def test_a_picture_unlike_the_good_ones_is_not_judged(services: Services, model: str, tmp_path: Path) -> None:
    save_png(tmp_path / "dark.png", services.image(services.sample("widget", 0).path) // 2)
    shown = judge_own_image(services, model, str(tmp_path / "dark.png"), DetectOptions())
    for rate in (1, 20):
        view = make_view(services, shown, DetectOptions(rate=rate))
        verdict = verdict_html(view.found, view.note)
        assert "verdict not-judged" in verdict
        assert "darker than every good picture" in verdict
    assert result_panel(view).size


def test_a_verdict_comes_with_its_reasons_and_what_it_is_worth(services: Services, shown) -> None:
    drawn = values(services, shown)
    found = make_view(services, shown, DetectOptions()).found
    assert html.escape(reason(found)) in drawn["verdict"]
    assert f"<strong>{format_multiple(found.multiple)}</strong>" in drawn["verdict"]
    assert "Of 1,000 good parts" in drawn["facts"]
    assert "Reduced" not in drawn["facts"]
    large = replace(shown, detection=replace(shown.detection, reduction=12.5))
    assert "a defect under about 50 pixels" in values(services, large)["facts"]


def test_a_region_begins_with_a_capital_and_nouns_keep_theirs(services: Services, shown) -> None:
    region = Region((0.4, 0.4, 0.6, 0.6), 0.04, 2 * shown.detection.pixel_threshold, (0.5, 0.5))
    found = replace(shown.detection, regions=(region,))
    assert "<b>Centre</b>" in regions_html(found)
    assert "4.0\u00a0% of the picture; 50\u00a0% from the left" in regions_html(found)
    with language.speaking("de"):
        assert "<b>In der Mitte</b>" in regions_html(found)


def test_the_good_part_that_a_picture_resembles_most_is_no_suspect(services: Services, shown) -> None:
    drawn = similar_html(services, shown)
    assert drawn.count("<img") == 1
    (name,) = set(re.findall(r"\d{3}\.png", drawn))
    known = read_card(Path(shown.model))
    suspicious = replace(known, calibration=replace(known.calibration, suspects=(Suspect(name, ()),)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("favae_demo.ui.tabs.detect.similar.read_card", lambda path: suspicious)
        assert name not in similar_html(services, shown)


def test_the_whole_result_is_one_image(services: Services, shown) -> None:
    sheet = result_panel(make_view(services, shown, DetectOptions()))
    assert sheet.shape[1] > 4 * 400
    assert sheet.dtype == np.uint8


def test_the_saved_image_names_part_and_model_and_knows_the_truth(
    services: Services, shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: dict[str, Any] = {}
    monkeypatch.setattr(saved_result, "panel", lambda *args, **named: said.update(named, title=args[2]))
    result_panel(make_view(services, replace(shown, defective=True), DetectOptions()))
    assert (said["title"], said["defective"], said["rebuilt"]) == ("Widget · VAE", True, True)


def test_too_few_held_out_images_are_said(services: Services, shown) -> None:
    few = make_view(services, shown, DetectOptions(rate=0.5))
    assert "too few for this false-alarm rate" in few.note
    enough = make_view(services, shown, DetectOptions(rate=20))
    assert (text.page.UNSUPPORTED in verdict_html(few.found), enough.note.count("too few")) == (True, 0)
    assert text.page.UNSUPPORTED not in verdict_html(enough.found)


def test_images_by_kind_in_a_ring(services: Services) -> None:
    assert [name for _, name in image_picker.kinds(services, "widget")] == ["all", "good", "scratch", "spot"]
    assert "All 12 test pictures" in image_picker.kinds(services, "widget")[0][0]
    assert len(image_picker.samples(services, "widget", "spot")) == 4
    assert image_picker.neighbour(services, "widget", "spot", SPOT, 1) == "test/spot/000.png"
    assert image_picker.neighbour(services, "widget", "spot", "test/spot/000.png", -1) == SPOT
    assert image_picker.neighbour(services, "widget", "spot", "", 1) == "test/spot/000.png"
    assert image_picker.neighbour(services, "gadget", "all", "", 1) is None
    assert image_picker.first_key(services, "gadget") == ""


def test_a_image_is_found_by_its_address(services: Services) -> None:
    assert services.find("widget", "spot/003.png").key == SPOT
    for bad in ("spot/../good/000.png", "spot/999.png", "/etc/passwd"):
        with pytest.raises(DataError):
            services.find("widget", bad)


def test_a_large_photo_does_not_stay_in_memory(services: Services, model: str, blot, tmp_path) -> None:
    path = tmp_path / "large.png"
    Image.open(blot).resize((3000, 2000)).save(path)
    kept = judge_own_image(services, model, str(path), replace(DetectOptions(), rate=10)).detection.image
    assert max(kept.shape) <= 768


def test_a_defect_whose_place_is_not_known_says_so(app_settings: Settings, tiny_mvtec, tmp_path) -> None:
    shutil.copytree(tiny_mvtec / "widget", tmp_path / "widget")
    shutil.rmtree(tmp_path / "widget" / "ground_truth")
    settings = replace(app_settings, data_dir=tmp_path)
    services = Services(settings, Registry(settings))
    shown = judge_test_image(
        services, "widget", services.model_choices("widget")[0][1], SPOT, DetectOptions()
    )
    assert shown.truth is None
    assert "not marked" in shown.truth_note
