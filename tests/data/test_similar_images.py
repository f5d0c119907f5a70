import numpy as np

from favae_demo.data.io.images import decode
from favae_demo.data.mvtec import load_category
from favae_demo.data.similar_images import most_similar


def test_an_image_with_a_defect_resembles_the_good_one_it_was_made_from(tiny_mvtec, tmp_path):
    good = load_category(tiny_mvtec, "widget").train
    for sample in good[::4]:
        image = decode(sample.path).copy()
        image[40:48, 40:48] = (150, 30, 30)
        assert most_similar(image, good, tmp_path) == sample


def test_size_does_not_matter(tiny_mvtec, tmp_path):
    good = load_category(tiny_mvtec, "widget").train
    large = np.kron(decode(good[3].path), np.ones((3, 3, 1), np.uint8))
    assert most_similar(large, good, tmp_path) == good[3]
