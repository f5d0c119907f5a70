from dataclasses import replace

import numpy as np
import pytest

from favae_demo.core.errors import DataError
from favae_demo.data.io.images import load_images
from favae_demo.data.mvtec import load_category
from favae_demo.evaluation.baseline import evaluate_mean_image
from favae_demo.scoring.score_maps import smooth


@pytest.fixture(scope="module")
def category(tiny_mvtec):
    return load_category(tiny_mvtec, "widget")


def test_the_maps_are_smoothed_squared_distances_from_the_mean_good_image(category):
    found = evaluate_mean_image(category)
    good = load_images([sample.path for sample in category.train], 128).astype(float) / 255
    last = load_images([category.test[-1].path], 128)[0] / 255
    expected = smooth(np.square(last - good.mean(0)).sum(-1).astype(np.float32)[None], 4.0)[0]
    np.testing.assert_allclose(found.maps[-1], expected, rtol=1e-3, atol=1e-6)
    top = np.sort(found.maps[-1], axis=None)[-round(0.01 * 128 * 128) :].mean()
    assert found.scores[-1] == pytest.approx(top, rel=1e-5)


def test_it_needs_good_parts_to_average(category):
    without = replace(category, samples=category.test)
    with pytest.raises(DataError, match="good training picture"):
        evaluate_mean_image(without)
