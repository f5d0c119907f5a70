"""The strip chart of the last scores."""

import re
import time
import xml.etree.ElementTree as ElementTree

from favae_demo.viz.score_strip import HEIGHT, WIDTH, strip_svg


def points(svg: str) -> list[tuple[float, float]]:
    line = re.search(r'points="([^"]*)"', svg)[1]
    return [tuple(float(value) for value in pair.split(",")) for pair in line.split()]


def test_the_threshold_is_mid_height_and_the_newest_score_at_the_right() -> None:
    svg = strip_svg([(0, 1.0), (5, 2.0), (10, 50.0)], threshold=2.0, seconds=10, now=10, label="Scores")
    (left, low), (middle, at_threshold), (right, top) = points(svg)
    assert left == 0 < middle < right <= WIDTH
    assert low > at_threshold == HEIGHT / 2 > top >= 0  # far above twice the limit stays inside
    assert svg.count('class="strip-defect"') == 1
    assert ElementTree.fromstring(svg).get("aria-label") == "Scores"


def test_what_is_too_old_is_left_out_and_words_are_escaped() -> None:
    svg = strip_svg([(0, 1.0), (9, 1.0)], threshold=2.0, seconds=5, now=10, label='a "<b>"')
    assert len(points(svg)) == 1
    assert ElementTree.fromstring(svg).get("aria-label") == 'a "<b>"'
    assert points(strip_svg([], 1.0, 5, 0, "")) == []


def test_it_is_cheap() -> None:
    many = [(i / 30, float(i % 3)) for i in range(600)]
    took = []
    for _ in range(5):
        start = time.perf_counter()
        strip_svg(many, 1.0, 20, 20, "Scores")
        took.append(time.perf_counter() - start)
    assert min(took) < 0.005
