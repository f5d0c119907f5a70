import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage
from sklearn import metrics as sk

from favae_demo.core.errors import FavaeError
from favae_demo.evaluation import metrics

PIXEL_METRICS = [metrics.pixel_auroc, metrics.pixel_ap, metrics.aupro]


def random_case(seed: int, shape=(3, 7, 6), levels: int = 8):
    """Scores with many ties and masks with some regions, some of them at the border."""
    rng = np.random.default_rng(seed)
    masks = rng.random(shape) < 0.2
    masks[0] = False
    masks[1, 0, 0] = True
    return rng.integers(0, levels, shape).astype(np.float32), masks


def brute_force_aupro(scores, masks, limit):
    """The definition, spelled out: one pass over all pictures per threshold."""
    points = [(0.0, 0.0)]
    for threshold in np.unique(scores)[::-1]:
        found = scores >= threshold
        overlaps = []
        for image, mask in zip(found, masks, strict=True):
            labelled, count = ndimage.label(mask, structure=np.ones((3, 3)))
            overlaps += [image[labelled == k].mean() for k in range(1, count + 1)]
        points.append((found[~masks].mean(), np.mean(overlaps)))
    area = 0.0
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x0 >= limit:
            break
        if x1 > limit:
            y1 = y0 + (y1 - y0) * (limit - x0) / (x1 - x0)
            x1 = limit
        area += (x1 - x0) * (y0 + y1) / 2
    return area / limit


class TestAgainstScikitLearn:
    @pytest.mark.parametrize("seed", range(3))
    def test_pixel_metrics(self, seed):
        scores, masks = random_case(seed)
        assert metrics.pixel_auroc(scores, masks) == pytest.approx(
            sk.roc_auc_score(masks.ravel(), scores.ravel())
        )
        assert metrics.pixel_ap(scores, masks) == pytest.approx(
            sk.average_precision_score(masks.ravel(), scores.ravel())
        )

    def test_image_auroc_counts_ties_as_half(self):
        assert metrics.image_auroc(np.array([1.0, 2.0, 2.0, 3.0]), np.array([0, 0, 1, 1])) == 3.5 / 4

    @pytest.mark.parametrize("seed", range(5))
    def test_best_f1_is_the_best_of_all_thresholds_and_is_reached_at_the_one_returned(self, seed):
        scores, masks = random_case(seed)
        f1, threshold = metrics.f1_max(scores, masks)
        every = [sk.f1_score(masks.ravel(), (scores >= level).ravel()) for level in np.unique(scores)]
        assert f1 == pytest.approx(max(every))
        assert sk.f1_score(masks.ravel(), (scores > threshold).ravel()) == pytest.approx(f1)

    def test_best_f1_of_whole_numbers(self):
        f1, threshold = metrics.f1_max(np.array([1, 2, 3, 4]), np.array([False, False, True, True]))
        assert f1 == 1.0
        assert 2 < threshold < 3


class TestAupro:
    def test_regions_of_different_size_count_the_same(self):
        masks = np.zeros((1, 4, 5), bool)
        masks[0, 0, 0] = True
        masks[0, 2:, 1:] = True  # eight pixels; eleven of the twenty are good
        scores = np.zeros((1, 4, 5))
        scores[0, 0, 0] = 2  # only the small region is found; all else is tied
        # (0, 0) → (0, ½) → (1, 1): at 0.3 the overlap is 0.65.
        assert metrics.aupro(scores, masks) == pytest.approx((0.5 + 0.65) / 2)

    def test_diagonal_neighbours_are_one_region(self):
        masks = np.zeros((1, 6, 6), bool)
        masks[0, [0, 1], [0, 1]] = True
        masks[0, 5, 5] = True
        scores = np.zeros((1, 6, 6))
        scores[0, 5, 5] = 1  # one of two regions, not one of three
        assert metrics.aupro(scores, masks) == pytest.approx((0.5 + 0.65) / 2)

    def test_regions_do_not_join_across_images(self):
        masks = np.zeros((2, 3, 3), bool)
        masks[0, 2], masks[1, 0] = True, True
        masks[1, 2, 2] = True
        scores = np.zeros((2, 3, 3))
        scores[0, 2] = 1
        rates, overlaps = metrics.pro_curve(scores, masks)
        assert rates.tolist() == [0, 0, 1]
        assert overlaps == pytest.approx([0, 1 / 3, 1])

    def test_region_at_the_border(self):
        masks = np.zeros((1, 5, 5), bool)
        masks[0, :, 4] = True
        assert metrics.aupro(masks.astype(float), masks) == 1.0

    def test_good_images_count_in_the_false_positive_rate(self):
        masks = np.zeros((2, 1, 4), bool)
        masks[0, 0, 0] = True
        scores = np.array([[[1.0, 0, 0, 0]], [[2.0, 0, 0, 0]]])
        rates, overlaps = metrics.pro_curve(scores, masks)
        assert rates == pytest.approx([0, 1 / 7, 1 / 7, 1])
        assert overlaps == pytest.approx([0, 0, 1, 1])
        assert metrics.aupro(scores, masks) == pytest.approx((0.3 - 1 / 7) / 0.3)

    def test_equal_scores_are_chance(self):
        masks = np.zeros((1, 4, 4), bool)
        masks[0, 1, 1] = True
        assert metrics.aupro(np.ones((1, 4, 4)), masks) == pytest.approx(0.15)
        assert metrics.aupro(np.ones((1, 4, 4)), masks, limit=1.0) == pytest.approx(0.5)

    def test_inverted_scores_are_worst(self):
        _, masks = random_case(0)
        assert metrics.aupro(-masks.astype(float), masks) == 0.0

    def test_order_of_images_does_not_matter(self):
        scores, masks = random_case(4)
        assert metrics.aupro(scores[::-1], masks[::-1]) == pytest.approx(metrics.aupro(scores, masks))

    @pytest.mark.parametrize("limit", [0.05, 0.3, 1.0])
    @pytest.mark.parametrize("seed", range(4))
    def test_equals_the_definition(self, seed, limit):
        scores, masks = random_case(seed)
        assert metrics.aupro(scores, masks, limit) == pytest.approx(brute_force_aupro(scores, masks, limit))

    @pytest.mark.parametrize("limit", [0.0, -0.1, 1.1])
    def test_threshold_out_of_range(self, limit):
        with pytest.raises(ValueError, match="limit"):
            metrics.aupro(*random_case(0), limit)

    def test_a_full_test_set_is_fast(self):
        rng = np.random.default_rng(0)
        scores = rng.random((167, 128, 128), dtype=np.float32)
        masks = np.zeros(scores.shape, bool)
        masks[30:, 40:60, 40:60] = True
        start = time.process_time()
        value = metrics.aupro(scores, masks)
        assert value == pytest.approx(0.15, abs=0.01)
        assert time.process_time() - start < 3  # about 0.5 s on an idle core


@pytest.mark.parametrize("metric", PIXEL_METRICS)
class TestPixelMetrics:
    def test_perfect_scores_give_one(self, metric):
        _, masks = random_case(1)
        assert metric(masks.astype(np.float32), masks) == pytest.approx(1.0)

    def test_no_defect(self, metric):
        with pytest.raises(metrics.UndefinedMetricError, match="no pixel with a defect"):
            metric(np.ones((2, 3, 3)), np.zeros((2, 3, 3), bool))

    def test_nothing_but_defect(self, metric):
        with pytest.raises(metrics.UndefinedMetricError, match="no pixel without a defect"):
            metric(np.ones((2, 3, 3)), np.ones((2, 3, 3), bool))

    def test_no_images(self, metric):
        with pytest.raises(metrics.UndefinedMetricError):
            metric(np.zeros((0, 3, 3)), np.zeros((0, 3, 3), bool))

    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_scores_must_be_finite(self, metric, bad):
        scores, masks = random_case(0)
        scores[0, 0, 0] = bad
        with pytest.raises(ValueError, match="finite"):
            metric(scores, masks)

    def test_shapes_must_match(self, metric):
        scores, masks = random_case(0)
        with pytest.raises(ValueError, match="shape"):
            metric(scores[:-1], masks)

    @settings(max_examples=25, deadline=None)
    @given(data=st.data())
    def test_a_rising_transform_changes_nothing(self, metric, data):
        shape = (2, 4, 4)
        scores = data.draw(hnp.arrays(np.int64, shape, elements=st.integers(-20, 20)))
        masks = data.draw(hnp.arrays(bool, shape))
        masks[0, 0, 0], masks[1, 3, 3] = True, False
        plain = metric(scores.astype(np.float32), masks)
        for transformed in (scores * 4 + 7, scores.astype(float) ** 3, np.exp(scores / 8)):
            assert metric(transformed, masks) == pytest.approx(plain)


@settings(max_examples=25, deadline=None)
@given(
    scores=hnp.arrays(np.int64, 12, elements=st.integers(0, 6)),
    labels=hnp.arrays(bool, 10).map(lambda rest: np.concatenate([[True, False], rest])),
)
def test_a_rising_transform_keeps_best_f1_and_image_auroc(scores, labels):
    moved = np.exp(scores / 3)
    assert metrics.f1_max(moved, labels)[0] == metrics.f1_max(scores, labels)[0]
    assert metrics.image_auroc(moved, labels) == metrics.image_auroc(scores, labels)


def test_undefined_is_a_sentence_for_the_user():
    with pytest.raises(FavaeError, match=r"no picture without a defect.*\.$"):
        metrics.image_auroc(np.ones(3), np.ones(3, bool))


class TestCurves:
    @pytest.mark.parametrize("curve", [metrics.roc_curve_points, metrics.pr_curve_points])
    def test_thinned_curve_keeps_its_area_and_ends(self, curve):
        rng = np.random.default_rng(0)
        labels = rng.random(20_000) < 0.1
        scores = rng.normal(size=20_000) + 3 * labels
        x, y = curve(scores, labels)
        full_x, full_y = curve(scores, labels, count=10**9)
        assert len(x) <= 500 < len(full_x)
        assert (x[0], y[0], x[-1], y[-1]) == (full_x[0], full_y[0], full_x[-1], full_y[-1])
        assert (np.diff(x) >= 0).all()
        assert np.trapezoid(y, x) == pytest.approx(np.trapezoid(full_y, full_x), abs=0.01)

    def test_overlap_curve_for_drawing(self):
        rng = np.random.default_rng(0)
        scores, masks = rng.random((2, 40, 40)), rng.random((2, 40, 40)) < 0.1
        x, y = metrics.thin(*metrics.pro_curve(scores, masks), 50)
        assert len(x) <= 50
        assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)

    def test_a_short_curve_is_left_alone(self):
        x, y = np.array([0.0, 0.2, 1.0]), np.array([0.0, 0.9, 1.0])
        thinned = metrics.thin(x, y)
        assert thinned[0] is x
        assert thinned[1] is y
