"""Pictures of nothing, of one pixel and of eight by eight thousand, through every kind of detector."""

import kept_models
import pytest
from odd_images import ODD, assert_sane

from favae_demo.core.errors import WeightsError
from favae_demo.core.settings import SHIPPED_CHECKPOINTS, Settings
from favae_demo.detection.detector import Detector
from favae_demo.scoring.thresholds import conformal_threshold


@pytest.mark.parametrize("name", kept_models.MODELS)
def test_every_kind_of_model_answers_odd_images_with_numbers(name):
    detector = kept_models.load(name)
    for masked in (False, True):
        for found in detector.detect(list(ODD.values()), masked=masked, names=list(ODD)):
            assert_sane(found)


@pytest.mark.parametrize(
    "name", ["bottle-none-quick", "screw-efficientnet-lite0-extended", "screw-vgg16-quick"]
)
def test_shipped_models_answer_odd_images_with_numbers(name):
    try:
        detector = Detector.load(SHIPPED_CHECKPOINTS / f"{name}.safetensors", Settings.from_env())
    except WeightsError as reason:
        pytest.skip(f"the teacher's weights cannot be had: {reason}")
    few = ("black", "white", "one pixel", "8×8000", "one bright pixel")
    for found in detector.detect([ODD[one] for one in few], names=few):
        assert_sane(found)


@pytest.mark.parametrize("value", [0.0, 1.5])
def test_good_parts_that_all_score_alike_give_a_threshold_that_they_pass(value):
    for count, rate in ((1, 0.05), (3, 0.05), (40, 0.05), (40, 0.999)):
        threshold = conformal_threshold([value] * count, rate)
        assert value <= threshold.value < 2
