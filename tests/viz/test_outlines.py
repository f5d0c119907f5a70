import cv2
import numpy as np
import pytest
from viz_images import make_detection

from favae_demo.viz import outlines


def drawn(image, result):
    return (image != result).any(axis=-1)


@pytest.fixture(params=[0, 128, 255], ids=["black", "grey", "white"])
def image(request):
    return np.full((320, 480, 3), request.param, np.uint8)


def test_region_outline_follows_the_threshold(image, detection):
    differs = drawn(image, outlines.draw_regions(image, detection))
    ys, xs = np.nonzero(differs)
    radius = np.sqrt(400 * np.log(3.0))  # where the spot falls to the limit, in map pixels
    margin = 3 * outlines.line_width(image)  # half the line, its halo and the soft edge
    assert xs.min() == pytest.approx((40.5 - radius) * 480 / 128, abs=margin)
    assert xs.max() == pytest.approx((40.5 + radius) * 480 / 128, abs=margin)
    assert ys.min() == pytest.approx((40.5 - radius) * 320 / 128, abs=margin)
    assert ys.max() == pytest.approx((40.5 + radius) * 320 / 128, abs=margin)
    assert not differs[100, 150]  # inside stays clear: it is an outline


def test_outlines_are_seen_on_any_background(image, detection, truth):
    """Each has a light and a dark part, so one of them stands out."""
    for result in (outlines.draw_regions(image, detection), outlines.draw_ground_truth(image, truth)):
        grey = cv2.cvtColor(result, cv2.COLOR_RGB2GRAY).astype(int)
        assert np.abs(grey - grey[-1, 0]).max() > 90


def test_ground_truth_is_dashed_and_regions_are_not(detection, truth):
    image = np.full((320, 480, 3), 128, np.uint8)

    def pieces(result):
        return cv2.connectedComponents(drawn(image, result).astype(np.uint8))[0] - 1

    assert pieces(outlines.draw_regions(image, detection)) == 1
    assert pieces(outlines.draw_ground_truth(image, truth)) > 5


def test_ground_truth_lies_on_the_masks_edge(image, truth):
    ys, xs = np.nonzero(drawn(image, outlines.draw_ground_truth(image, truth)))
    assert (xs.min(), xs.max()) == pytest.approx((60 * 5, 84 * 5), abs=8)
    assert (ys.min(), ys.max()) == pytest.approx((40 * 5, 56 * 5), abs=8)


def test_a_scratch_one_pixel_wide_stays():
    mask = np.zeros((64, 64), bool)
    mask[20, 10:50] = True
    image = np.zeros((192, 192, 3), np.uint8)
    assert drawn(image, outlines.draw_ground_truth(image, mask)).any()


@pytest.mark.parametrize("side", [100, 640, 1500])
def test_the_outline_of_a_defect_does_not_depend_on_what_is_far_from_it(side):
    """Only the rows and columns with a defect are looked at."""
    alone = np.zeros((256, 256), bool)
    alone[100:131, 140:160] = True
    beside = alone.copy()
    beside[:3, :3] = beside[-3:, -3:] = True
    near = slice(round(0.3 * side), round(0.7 * side))
    image = np.zeros((side, side, 3), np.uint8)
    found = []
    for mask in (alone, beside):
        places = np.nonzero(outlines.draw_ground_truth(image, mask)[near, near].any(axis=-1))
        found.append([(axis.min(), axis.max()) for axis in places])
    assert np.abs(np.subtract(*found)).max() <= 1


def test_a_region_at_the_border_is_closed():
    image = np.full((320, 480, 3), 128, np.uint8)
    whole = make_detection(maps={"combined": np.full((128, 128), 5.0, np.float32)})
    differs = drawn(image, outlines.draw_regions(image, whole))
    assert differs[:, 0].all()
    assert differs[:, -1].all()
    assert differs[0].all()
    assert differs[-1].all()
    assert not differs[20:-20, 20:-20].any()


def test_nothing_found_nothing_drawn(image, good_detection):
    assert not drawn(image, outlines.draw_regions(image, good_detection)).any()
    assert not drawn(image, outlines.draw_ground_truth(image, np.zeros((64, 96), bool))).any()


def test_specks_that_are_no_region_are_not_outlined(image):
    score_map = make_detection().map.copy()
    score_map[110, 110] = 9
    detection = make_detection(maps={"combined": score_map})
    assert not drawn(image, outlines.draw_regions(image, detection))[240:, 360:].any()


def test_line_width_grows_with_the_image():
    widths = [outlines.line_width(np.zeros((side, side // 2, 3), np.uint8)) for side in (64, 256, 768, 2048)]
    assert widths == [1, 1, 3, 8]
