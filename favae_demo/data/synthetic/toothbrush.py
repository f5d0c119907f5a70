"""The head of a toothbrush seen from above, on a dark cloth."""

import cv2
import numpy as np

from favae_demo.data.synthetic import flaws
from favae_demo.data.synthetic.surface import (
    CANVAS,
    HALF,
    Light,
    Normals,
    Pose,
    blur,
    inside,
    lit,
    mix,
    noise,
    smoothstep,
    srgb,
    tint,
)

DEFECTS = ("missing_tuft", "bent_bristles", "contamination", "discoloured")
CLOTH, BODY, BED = srgb("#0d0e13"), srgb("#dfe3dd"), srgb("#7fb1b4")
TEAL, WHITE, AMBER = srgb("#11707d"), srgb("#ccd4d6"), srgb("#b98c2e")
# Rows of tufts from the tip to the neck: y, number of tufts, distance between them, colour.
ROWS = (
    (-0.70, 1, 0.0, WHITE), (-0.575, 2, 0.17, TEAL), (-0.45, 3, 0.155, WHITE), (-0.32, 4, 0.135, TEAL),
    (-0.19, 4, 0.14, WHITE), (-0.06, 4, 0.14, TEAL), (0.07, 4, 0.14, WHITE), (0.20, 4, 0.14, TEAL),
    (0.33, 4, 0.135, WHITE), (0.46, 3, 0.15, TEAL), (0.585, 2, 0.16, WHITE),
)  # fmt: skip
TUFT, BRISTLES = 0.052, 50  # radius of a tuft at its foot, bristles in a tuft
CAP = (-0.86, -0.50, 0.315)  # top, centre and half width of the elliptic end of the head
SIDE = ((-0.86, 0.315), (-0.40, 0.330), (0.0, 0.345), (0.35, 0.325), (0.60, 0.265), (0.75, 0.185), (0.88, 0.125),
        (1.4, 0.115))  # half width of head and neck at y  # fmt: skip
LEVELS = np.linspace(0.55, 1.1, 7)  # levels of brightness; all bristles of a level are drawn with one call
LINEAR = (np.arange(256, dtype=np.float32) / 255) ** 2.2
# Passes in which the bristles are drawn: share of the length from foot to tip, width in pixels, brightness.
STRANDS = ((0.55, 3, 0.22), (0.85, 2, 0.50), (1.0, 1, 0.80))


def draw(rng: np.random.Generator, defect: str | None, chance: np.random.Generator) -> np.ndarray:
    """Renders the brush in linear light; see `draw` of `catalogue.SamplePart`."""
    pose = Pose.sample(rng, shift=0.03, degrees=3, zoom=0.02)
    light = Light.sample(rng, azimuth=-115, spread=15, elevation=52, ambient=0.45)
    x, y = pose.grid()
    grain, mottle = noise(rng, 120, 1), noise(rng, 4, 3)
    weave, lint = noise(rng, 70, 2), np.clip(noise(rng, 60, 1) - 3.0, 0, 1)
    tufts = _tufts(rng)

    cover, depth = _silhouette(pose)
    slope = np.clip(depth / np.float32(0.13), 0, 1)
    height = 0.10 * np.sqrt(slope * (2 - slope))
    normals = Normals.of(blur(height, 0.008) + 0.0004 * mottle)
    body = tint(light.diffuse(normals) * (0.72 + 0.01 * mottle + 0.008 * grain), BODY)
    body += tint(0.16 * light.gloss(normals, 40), np.ones(3, np.float32))
    bed = smoothstep(0.055, 0.095, depth) * smoothstep(0.72, 0.64, y)
    body = mix(body, body * BED * 1.25, 0.75 * bed)

    victims = _damage(chance, tufts, defect) if defect else {}
    bristles, cover_of_bristles = _bristles(rng, pose, tufts, victims)
    foot = light.shadow(cover_of_bristles, 0.045, 0.022)
    body = lit(body, 1 - 0.5 * foot)
    cloth = tint(np.clip(1 + 0.22 * weave + 0.1 * mottle, 0.2, None), CLOTH) + tint(0.05 * lint, WHITE)
    cloth = lit(cloth, 1 - 0.5 * light.shadow(cover, 0.05, 0.03)) + tint(0.012 * blur(cover, 0.08), BODY)
    image = mix(mix(cloth, body, cover), lit(bristles, 1 + 0.08 * grain), cover_of_bristles)
    return _crumb(chance, light, x, y, tufts, image) if defect == "contamination" else image


def _silhouette(pose: Pose) -> tuple[np.ndarray, np.ndarray]:
    """Returns the coverage of the head with its neck, and the distance from its edge inwards in half images."""
    stations = np.array(SIDE)
    y = np.linspace(CAP[0], 1.4, 200)
    cap = CAP[2] * np.sqrt(np.clip(1 - np.square(np.minimum(y - CAP[1], 0) / (CAP[0] - CAP[1])), 0, 1))
    half = np.minimum(cap, cv2.GaussianBlur(np.interp(y, *stations.T)[None], (0, 0), sigmaX=5, sigmaY=0.1)[0])
    edge = np.vstack([np.stack([half, y], -1), np.stack([-half, y], -1)[::-1]])
    layer = np.zeros((CANVAS, CANVAS), np.uint8)
    cv2.fillPoly(layer, [np.rint(pose.pixels(edge) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    depth = cv2.distanceTransform((layer > 127).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return cv2.GaussianBlur(layer.astype(np.float32) / 255, (0, 0), 1.0), depth / np.float32(HALF)


def _tufts(rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Returns the foot, the lean (displacement of the tips from the foot) and the colour of each tuft."""
    tufts = []
    for row, count, gap, colour in ROWS:
        for i in range(count):
            foot = np.array([(i - (count - 1) / 2) * gap, row]) + rng.normal(0, 0.004, 2)
            tufts.append((foot, foot * 0.07 + rng.normal(0, 0.008, 2) + (0, 0.012), colour))
    return tufts


def _damage(
    chance: np.random.Generator, tufts: list, defect: str
) -> dict[int, tuple[str, float, np.ndarray]]:
    """Returns the damaged tufts by index, each with kind, strength and direction of the defect."""
    if defect == "contamination":
        return {}
    first = int(chance.integers(len(tufts)))
    feet = np.array([foot for foot, _, _ in tufts])
    order = np.argsort(np.linalg.norm(feet - feet[first], axis=1))
    count = int(chance.integers(1, 3)) if defect == "missing_tuft" else int(chance.integers(1, 4))
    away = np.sign(feet[first][0]) or 1.0
    direction = np.array([away * chance.uniform(0.6, 1.0), chance.uniform(-0.6, 0.6)])
    strength = chance.uniform(0.45, 1.0)
    return {int(i): (defect, strength, direction) for i in order[:count]}


def _bristles(
    rng: np.random.Generator, pose: Pose, tufts: list, victims: dict[int, tuple[str, float, np.ndarray]]
) -> tuple[np.ndarray, np.ndarray]:
    """Returns linear light and coverage of all bristles, which are dark at the foot and have a bright dot at each tip."""
    layer = np.zeros((CANVAS, CANVAS, 4), np.uint8)
    bundles: dict[tuple, list[np.ndarray]] = {}  # foot and tip of the bristles that share a colour, 2×n×2
    for index, (foot, lean, colour) in enumerate(tufts):
        angle, share = rng.uniform(0, 2 * np.pi, BRISTLES), np.sqrt(rng.uniform(0, 1, BRISTLES))
        spread, level = rng.normal(0, 0.010, (BRISTLES, 2)), rng.integers(0, len(LEVELS), BRISTLES)
        disc = np.stack([np.cos(angle), np.sin(angle)], -1) * share[:, None]
        kind, strength, direction = victims.get(index, ("", 0.0, np.zeros(2)))
        if kind == "missing_tuft":
            _hole(layer, pose, foot)
            continue
        if kind == "bent_bristles":
            lean = lean + direction * 0.13 * strength
            spread = spread * (1 + 3.0 * strength)
        if kind == "discoloured":
            colour = colour + strength * 0.75 * (AMBER - colour)
        ends = pose.pixels(np.stack([foot + disc * TUFT * 0.8, foot + disc * TUFT * 1.1 + lean + spread]))
        for i, bright in enumerate(LEVELS):
            bundles.setdefault(tuple(colour * bright), []).append(ends[:, level == i])
    strands = [(np.array(colour), *np.concatenate(ends, 1)) for colour, ends in bundles.items()]
    for length, width, dim in STRANDS:
        for colour, foot, tip in strands:
            _lines(layer, foot, foot + length * (tip - foot), colour * dim, width)
    for colour, _, tip in strands:
        _lines(layer, tip, tip + 0.2, colour * 1.2, 3)
    soft = cv2.GaussianBlur(layer, (0, 0), 0.5)
    return cv2.LUT(soft[..., :3], LINEAR), soft[..., 3].astype(np.float32) / 255


def _lines(layer: np.ndarray, start: np.ndarray, end: np.ndarray, colour: np.ndarray, width: int) -> None:
    segments = np.rint(np.stack([start, end], 1) * 16).astype(np.int32)
    cv2.polylines(layer, list(segments), False, (*_code(colour).tolist(), 255), width, cv2.LINE_AA, 4)


def _code(light: np.ndarray) -> np.ndarray:
    """Converts linear light to gamma-coded values up to 255 for OpenCV's 8-bit drawing functions."""
    return np.clip(light, 0, 1) ** (1 / 2.2) * 255


def _hole(layer: np.ndarray, pose: Pose, foot: np.ndarray) -> None:
    """Draws the empty hole of a missing tuft."""
    centre = np.rint(pose.pixels(foot) * 16).astype(int).tolist()
    dark, rim = (*_code(BED * 0.10).tolist(), 255), (*_code(BED * 0.5).tolist(), 255)
    cv2.circle(layer, centre, int(TUFT * HALF * 16 * 0.95), rim, -1, cv2.LINE_AA, 4)
    cv2.circle(layer, centre, int(TUFT * HALF * 16 * 0.80), dark, -1, cv2.LINE_AA, 4)


def _crumb(
    chance: np.random.Generator, light: Light, x: np.ndarray, y: np.ndarray, tufts: list, image: np.ndarray
) -> np.ndarray:
    """Adds a crumb that is stuck between the bristles."""
    foot = tufts[chance.integers(len(tufts))][0]
    radius = chance.uniform(0.022, 0.06)
    shape = flaws.blob(chance, x, y, foot + chance.normal(0, 0.05, 2), radius, 0.4)
    texture = noise(chance, 40, 3)
    height = 0.5 * radius * np.sqrt(np.clip(-shape / radius, 0, 1)) * (1 + 0.12 * texture)
    colour = (srgb("#7a4c3a"), srgb("#c8c3b2"), srgb("#57633f"), srgb("#2c3036"))[chance.integers(4)]
    normals = Normals.of(blur(height.astype(np.float32), 0.005))
    crumb = tint(light.diffuse(normals) * (0.9 + 0.1 * texture), colour)
    cover = inside(shape, 0.012)
    shaded = lit(image, 1 - 0.5 * light.shadow(cover, 0.02, 0.012) * (1 - cover))
    return mix(shaded, crumb, cover)
