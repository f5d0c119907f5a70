import json

import numpy as np
import pytest

from favae_demo.scoring.calibration import Calibration, calibrate


@pytest.fixture
def maps() -> np.ndarray:
    rng = np.random.default_rng(3)
    return (rng.random((5, 2, 16, 16)) * np.array([1, 50])[:, None, None]).astype(np.float32)


def test_scaled_terms_have_mean_one_on_good_images(maps):
    calibration = calibrate(maps, np.ones((5, 16, 16), bool), ["pixels", "layer1"], kind="scaled")
    for i, name in enumerate(("pixels", "layer1")):
        assert maps[:, i].mean() / calibration.scales[name] == pytest.approx(1, rel=1e-5)
    combined = (maps[:, 0] / calibration.scales["pixels"]) + maps[:, 1] / calibration.scales["layer1"]
    np.testing.assert_allclose(calibration.plain.images, combined.max(axis=(1, 2)), rtol=1e-5)
    np.testing.assert_allclose(calibration.plain.peaks["combined"], calibration.plain.images)


def test_unscaled_terms_are_taken_as_they_are(maps):
    calibration = calibrate(maps, np.ones((5, 16, 16), bool), ["pixels", "layer1"], kind="sum")
    assert calibration.scales == {"pixels": 1.0, "layer1": 1.0}
    np.testing.assert_allclose(calibration.plain.images, maps.sum(axis=1).max(axis=(1, 2)), rtol=1e-6)
    np.testing.assert_allclose(calibration.plain.peaks["layer1"], maps[:, 1].max(axis=(1, 2)))


def test_masked_scores_leave_the_background_out(maps):
    maps[:, :, 0, 0] = 1000
    foregrounds = np.ones((5, 16, 16), bool)
    foregrounds[:, 0, 0] = False
    calibration = calibrate(maps, foregrounds, ["pixels", "layer1"], kind="sum")
    assert min(calibration.good(masked=False).images) == 2000
    masked = calibration.good(masked=True)
    assert max(masked.images) < 60
    assert all(max(peaks) < 60 for peaks in masked.peaks.values())


def test_the_terms_of_a_geometric_mean_share_one(maps):
    names, weights = ["pixels", "layer1"], {"layer1": 3.0}
    calibration = calibrate(maps, np.ones((5, 16, 16), bool), names, kind="whitened", weights=weights)
    assert calibration.factors == [0.25, 0.75]
    mean = (1 + maps[:, 0]) ** 0.25 * (1 + maps[:, 1]) ** 0.75 - 1
    np.testing.assert_allclose(calibration.plain.peaks["combined"], mean.max(axis=(1, 2)), rtol=1e-5)


@pytest.mark.parametrize("place", [(0, 0), (0, 1), (4, 0), (4, 1)])
def test_one_value_that_is_no_number_makes_the_calibration_not_finite(maps, place):
    everything = np.ones((5, 16, 16), bool)
    assert calibrate(maps, everything, ["pixels", "layer1"], kind="sum").is_finite
    maps[place] = np.nan
    assert not calibrate(maps, everything, ["pixels", "layer1"], kind="sum").is_finite


def test_a_term_without_any_error_does_not_divide_by_zero():
    calibration = calibrate(
        np.zeros((2, 1, 8, 8), np.float32), np.ones((2, 8, 8), bool), ["pixels"], "scaled"
    )
    assert np.isfinite(calibration.plain.images).all()


def test_json_gives_the_calibration_back(maps):
    calibration = calibrate(maps, np.ones((5, 16, 16), bool), ["pixels", "layer1"], kind="scaled")
    assert Calibration.from_dict(json.loads(json.dumps(calibration.to_dict()))) == calibration
