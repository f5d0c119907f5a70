"""Shapes of damage for several parts: paths, strokes, blobs and fracture facets; coordinates as in `surface`."""

import cv2
import numpy as np

from favae_demo.data.synthetic.surface import CANVAS, HALF, Pose, around, ring_noise


def wander(
    rng: np.random.Generator,
    start: np.ndarray,
    heading: float,
    length: float,
    *,
    steps: int = 14,
    turn: float = 0.35,
) -> np.ndarray:
    """Returns a jagged path of `steps` + 1 points.

    Args:
        rng: Random number generator.
        start: First point.
        heading: Direction at the start, in radians.
        length: Length of the path.
        steps: Number of straight pieces.
        turn: Typical change of direction at each step, in radians.
    """
    headings = heading + np.cumsum(rng.normal(0, turn, steps)) * 0.5 + rng.normal(0, turn, steps) * 0.5
    walk = np.stack([np.cos(headings), np.sin(headings)], -1) * (length / steps)
    return np.vstack([start, start + np.cumsum(walk, 0)])


def curve(
    rng: np.random.Generator, start: np.ndarray, heading: float, length: float, bend: float
) -> np.ndarray:
    """Returns a smooth path of 40 points, as of a hair or a fibre, whose direction changes by up to about `bend` radians."""
    t = np.linspace(0, 1, 40)
    headings = heading + bend * (
        rng.normal() * t + rng.normal() * np.sin(np.pi * t) + 0.5 * rng.normal() * np.sin(5 * t)
    )
    walk = np.stack([np.cos(headings), np.sin(headings)], -1) * (length / 40)
    return start + np.cumsum(walk, 0)


def stroke(pose: Pose, path: np.ndarray, width: float, *, taper: bool = True) -> np.ndarray:
    """Returns the coverage, in [0, 1], of a line along a path.

    Args:
        pose: Pose of the part.
        path: Points in the part's coordinates, N×2.
        width: Width of the line in half images.
        taper: Whether the line becomes thinner towards its ends.
    """
    layer = np.zeros((CANVAS, CANVAS), np.uint8)
    points = np.rint(pose.pixels(path) * 16).astype(np.int32)
    count = len(points) - 1
    for i in range(count):
        swell = np.sin(np.pi * (i + 0.5) / count) ** 0.5 if taper else 1.0
        thickness = max(1, round(width * HALF * pose.scale * swell))
        cv2.line(layer, points[i].tolist(), points[i + 1].tolist(), 255, thickness, cv2.LINE_AA, shift=4)
    return cv2.GaussianBlur(layer.astype(np.float32) / 255, (0, 0), 0.8)


def crack(rng: np.random.Generator, start: np.ndarray, heading: float, length: float) -> list[np.ndarray]:
    """Returns a jagged path and one or two branches of it."""
    trunk = wander(rng, start, heading, length, steps=16, turn=0.55)
    branches = [
        wander(
            rng,
            trunk[rng.integers(4, 12)],
            heading + rng.choice([-1, 1]) * rng.uniform(0.5, 1.0),
            length * 0.4,
            steps=8,
        )
        for _ in range(rng.integers(1, 3))
    ]
    return [trunk, *branches]


def blob(
    rng: np.random.Generator,
    x: np.ndarray,
    y: np.ndarray,
    centre: np.ndarray,
    radius: float,
    rough: float = 0.3,
) -> np.ndarray:
    """Returns the approximate signed distance (negative inside) to a ragged, slightly elongated spot.

    Args:
        rng: Random number generator.
        x: Horizontal coordinates of the pixels.
        y: Vertical coordinates of the pixels.
        centre: Centre of the spot.
        radius: Its mean radius.
        rough: Variation of the radius along the edge, as a share of it.
    """
    dx, dy = x - np.float32(centre[0]), y - np.float32(centre[1])
    turn, squeeze = rng.uniform(0, np.pi), np.float32(rng.uniform(1.0, 1.35))
    cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    u, v = (cos * dx + sin * dy) / squeeze, (cos * dy - sin * dx) * squeeze
    edge = np.tanh(0.6 * ring_noise(rng, 3)) + 0.25 * ring_noise(rng, 14)
    distance, angle = cv2.cartToPolar(u, v)
    return distance - np.float32(radius) * np.maximum(1 + np.float32(rough) * around(edge, angle), 0.4)


def facets(
    rng: np.random.Generator, x: np.ndarray, y: np.ndarray, centre: np.ndarray, radius: float, count: int = 11
) -> tuple[np.ndarray, np.ndarray]:
    """Returns a fracture surface: the brightness of its facets in [0, 1], and ridges that are 1 at an edge between two facets."""
    points = centre + rng.normal(0, radius * 0.7, (count, 2))
    slopes, levels = rng.normal(0, 0.5 / radius, (count, 2)), rng.beta(0.8, 2.0, count)
    nearest = np.full_like(x, 9.0)
    second, shade = nearest.copy(), np.zeros_like(x)
    for (px, py), (sx, sy), level in zip(
        points.astype(np.float32), slopes.astype(np.float32), levels, strict=True
    ):
        dx, dy = x - px, y - py
        distance = np.sqrt(dx * dx + dy * dy)
        closer = distance < nearest
        second = np.where(closer, nearest, np.minimum(second, distance))
        nearest = np.where(closer, distance, nearest)
        shade = np.where(closer, np.float32(level) + 0.25 * (sx * dx + sy * dy), shade)
    return np.clip(shade, 0, 1), np.exp(-np.square((second - nearest) * np.float32(90)))
