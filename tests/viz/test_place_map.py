"""The map of places shows the picture where nothing lies, and the most where most lies."""

import numpy as np

from favae_demo.viz.place_map import SIDE, place_map, with_boxes


def test_the_map_has_the_shape_of_the_picture() -> None:
    grid = np.zeros((24, 24), int)
    assert place_map(grid).shape == (SIDE, SIDE, 3)
    assert place_map(grid, np.zeros((50, 100, 3), np.uint8)).shape == (SIDE // 2, SIDE, 3)
    assert place_map(grid, np.zeros((100, 50, 3), np.uint8)).shape == (SIDE, SIDE // 2, 3)


def test_cells_without_regions_show_the_picture() -> None:
    grid = np.zeros((24, 24), int)
    grid[0, 0], grid[0, 23] = 10, 1
    image = np.full((48, 48, 3), 100, np.uint8)
    drawn, empty = place_map(grid, image), place_map(np.zeros((24, 24), int), image)
    cell = SIDE // 24
    assert (drawn[cell:] == empty[cell:]).all()
    assert len(np.unique(empty)) == 1

    def change(corner: np.ndarray) -> int:
        return int(np.abs(corner.astype(int) - int(empty[0, 0, 0])).sum(axis=2).max())

    assert change(drawn[:cell, :cell]) > change(drawn[:cell, -cell:]) > 0


def test_boxes_are_frames_on_a_copy() -> None:
    image = np.full((300, 300, 3), 90, np.uint8)
    drawn = with_boxes(image, [(0.1, 0.2, 0.5, 0.6)])
    assert (image == 90).all()
    assert drawn[60, 90].tolist() == [255, 255, 255]
    assert drawn[61, 90].tolist() == [16, 16, 24]
    assert (drawn[80:160, 50:130] == 90).all()
    assert (drawn[200:] == 90).all()
