"""What a report says comes from the one measurement; what cannot be had leaves a sentence, and the rest is done."""

import shutil
from pathlib import Path

import pytest
from report_cases import RATE, model_of, report_on, without

from favae_demo.core.errors import CheckpointError, ConfigError, DataError, WeightsError
from favae_demo.core.settings import Settings
from favae_demo.data.mvtec import load_category
from favae_demo.detection.detector import Detector
from favae_demo.evaluation import operating_point, results_cache
from favae_demo.report import text as report_text
from favae_demo.report.report_data import open_data

pytest_plugins = ["trained_widget"]


def unreachable(_: Path) -> Detector:
    raise WeightsError("The weights of VGG16 cannot be fetched: there is no network.")


def test_numbers_are_those_of_the_kept_measurement(widget_settings: Settings) -> None:
    model, told = model_of(widget_settings), []
    data = report_on(widget_settings, progress=lambda share, text: told.append((share, text)))
    category = load_category(widget_settings.data_dir, "widget")
    kept = results_cache.lookup(model, category, widget_settings.cache_dir)
    assert data.figures == kept.figures
    assert data.threshold.value == Detector.load(model, widget_settings).thresholds(RATE)["image"].value
    assert (data.counts.found + data.counts.missed, data.counts.alarms + data.counts.passed) == (8, 4)
    assert data.counts == operating_point.confusion(kept, data.threshold.value)
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] < 1
    assert report_text.MEASURING.format(done=12, total=12) not in [
        text for _, text in told
    ]  # figures come after


@pytest.mark.parametrize(
    ("rate", "groups"), [(0.2, {"missed", "passed"}), (0.9, {"found", "barely", "alarms"})]
)
def test_examples_are_judged_as_they_were_measured(
    rate: float, groups: set[str], widget_settings: Settings
) -> None:
    data = report_on(widget_settings, rate)
    scores = dict(zip(data.measured.keys, data.measured.scores, strict=True))
    assert {one.group for one in data.examples} >= groups
    for one in data.examples:
        assert one.detection.score == scores[one.key]
        assert one.detection.threshold == data.threshold.value
        assert one.detection.is_defect == (one.group in ("found", "barely", "alarms"))
        assert (one.kind == "good") == (one.group in ("passed", "alarms"))
        assert (one.ground_truth is None) == (one.kind == "good")
    keys = [one.key for one in data.examples]
    assert len(keys) == len(set(keys))


def test_a_second_report_needs_no_second_measurement(widget_settings: Settings) -> None:
    first = report_on(widget_settings)
    again = report_on(widget_settings, load=unreachable)
    assert again.figures == first.figures
    assert again.examples == ()
    assert len(again.remarks) == 1
    assert "no network" in again.remarks[0]
    assert "kept from an earlier measurement" in again.remarks[0]


def test_weights_that_are_missing_leave_the_figures_of_the_card(widget_settings: Settings) -> None:
    data = report_on(widget_settings, load=unreachable)
    assert data.measured is None
    assert not data.is_fresh
    assert data.figures["pixel_auroc"] == data.card.metrics["pixel_auroc"] is not None
    assert (data.n_good, data.n_defect) == (4, 8)
    assert data.remarks == (
        report_text.NOT_MEASURED.format(
            reason="The weights of VGG16 cannot be fetched: there is no network."
        ),
    )


def test_without_masks_only_pixel_figures_are_missing(widget_settings: Settings, tmp_path: Path) -> None:
    data = report_on(without(widget_settings, tmp_path / "bare", "ground_truth"))
    missing = {name for name, value in data.figures.items() if value is None}
    assert missing == {"pixel_auroc", "aupro", "pixel_ap"} == set(data.reasons)
    assert data.measured.pixel_roc is None
    assert all(one.ground_truth is None for one in data.examples)
    assert data.remarks == ()


def test_without_good_images_only_their_figures_are_missing(
    widget_settings: Settings, tmp_path: Path
) -> None:
    data = report_on(without(widget_settings, tmp_path / "bad", "test/good"))
    assert {name for name, value in data.figures.items() if value is None} == {"image_auroc", "f1_max"}
    assert data.counts.alarm_rate is None
    assert report_text.answer(data.counts).endswith("false alarms not known: no good test parts.")
    assert {one.kind for one in data.examples} <= {"scratch", "spot"}


def test_without_test_images_nothing_is_measured(widget_settings: Settings, tmp_path: Path) -> None:
    data = report_on(without(widget_settings, tmp_path / "none", "test"), load=unreachable)
    assert data.remarks == (report_text.NO_TESTS,)
    assert data.measured is None
    assert data.category is not None


def test_data_that_are_gone_are_named(widget_settings: Settings, tmp_path: Path) -> None:
    away = without(widget_settings, tmp_path / "away")
    shutil.rmtree(away.data_dir / "widget")
    data = report_on(away, load=unreachable)
    assert data.remarks == (report_text.NO_DATA.format(category="widget"),)
    assert data.category is None
    assert data.figures["pixel_auroc"] == data.card.metrics["pixel_auroc"]
    with pytest.raises(DataError, match="widget"):  # a name that was given must be right
        open_data(model_of(away), away, "widget")


def test_a_image_that_cannot_be_read_is_named(widget_settings: Settings, tmp_path: Path) -> None:
    spoiled = without(widget_settings, tmp_path / "spoiled")
    (spoiled.data_dir / "widget" / "test" / "spot" / "002.png").write_text("no picture")
    data = report_on(spoiled)
    assert data.measured is None
    assert "002.png" in data.remarks[0]


def test_another_category_is_said(widget_settings: Settings, tmp_path: Path) -> None:
    other = without(widget_settings, tmp_path / "other")
    (other.data_dir / "widget").rename(other.data_dir / "gadget")
    category, missing = open_data(model_of(other), other, "gadget")
    assert missing == ""
    assert category.name == "gadget"


@pytest.mark.parametrize("rate", [0, 1, -0.1, 5])
def test_a_rate_out_of_range_is_refused(rate: float, widget_settings: Settings) -> None:
    with pytest.raises(ConfigError, match="between 0 and 1"):
        report_on(widget_settings, rate)


def test_a_model_that_is_gone_is_refused(widget_settings: Settings) -> None:
    model_of(widget_settings).unlink()
    with pytest.raises(CheckpointError, match="no model file"):
        report_on(widget_settings)


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((61, 2, 1, 19), "61 of 63 defects found, false alarms: 1 of 20 good parts."),
        ((1, 0, 0, 1), "1 of 1 defect found, false alarms: none of 1 good part."),
        ((0, 0, 2, 3), "No defects to find, false alarms: 2 of 5 good parts."),
        ((3, 1, 0, 0), "3 of 4 defects found; false alarms not known: no good test parts."),
    ],
)
def test_the_answer_is_one_sentence(counts: tuple[int, ...], sentence: str) -> None:
    assert report_text.answer(operating_point.Confusion(*counts)) == sentence


def test_the_answer_names_what_is_not_judged() -> None:
    counts = operating_point.Confusion(3, 1, 0, 4, unjudged_defects=2)
    assert report_text.answer(counts) == (
        "3 of 6 defects found, false alarms: none of 4 good parts. 2 pictures not judged."
    )


def test_a_share_comes_with_its_range() -> None:
    assert report_text.share(59, 63) == "94 % (85–98 %)"  # Wilson's by hand: 0.9365, 0.848 to 0.975
    assert report_text.share(0, 0) == "none to test"
