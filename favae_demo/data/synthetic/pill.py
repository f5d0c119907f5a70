"""An oval tablet with speckles and an imprint, on a dark tray."""

from dataclasses import dataclass

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

DEFECTS = ("crack", "scratch", "chip", "stain", "faulty_imprint")
LENGTH, WIDTH, ROUND = 0.74, 0.46, 2.35  # half axes and exponent of the superellipse
TRAY, CREAM, SPECK, DUST = srgb("#14171c"), srgb("#e6ddc8"), srgb("#8a5a3c"), srgb("#8f95a0")
STAINS = (srgb("#c9a23c"), srgb("#a9b59a"), srgb("#b98f86"))


def draw(rng: np.random.Generator, defect: str | None, chance: np.random.Generator) -> np.ndarray:
    """Renders the tablet in linear light; see `draw` of `catalogue.SamplePart`."""
    pose = Pose.sample(rng, shift=0.035, degrees=7, zoom=0.03)
    light = Light.sample(rng, azimuth=-125, spread=14, elevation=48, ambient=0.42)
    x, y = pose.grid()
    grain, mottle = noise(rng, 90, 2), noise(rng, 5, 3)
    speckles, dust = _speckles(rng, pose), _dust(rng)
    worn = rng.uniform(0.75, 1.0)

    # Level of the superellipse: 0 at the centre, 1 at the edge.
    level = (np.abs(x / LENGTH) ** ROUND + np.abs(y / WIDTH) ** ROUND) ** np.float32(1 / ROUND)
    outline = (level - 1) * WIDTH
    damage = _Damage(np.zeros_like(x), np.zeros_like(x), np.zeros_like(x), CREAM)
    lost = np.zeros_like(x)
    if defect == "faulty_imprint":
        lost = smoothstep(
            0.02, -0.04, flaws.blob(chance, x, y, _spot(chance, 0.22, 0.05), chance.uniform(0.09, 0.16))
        )
        lost = lost * np.float32(chance.uniform(0.75, 1.0))
    elif defect == "chip":
        outline, damage = _chip(chance, x, y, outline)
    elif defect:
        damage = _mark(chance, pose, x, y, defect)

    imprint = _imprint(pose) * (1 - lost)
    smear = -0.006 * lost * np.clip(noise(chance, 30, 2), 0, None) if defect == "faulty_imprint" else 0.0
    dome = 0.17 * np.sqrt(np.maximum(1 - np.clip(level, 0, 1) ** 3.2, 0)) + 0.0010 * mottle + 0.00045 * grain
    normals = Normals.of(dome - 0.022 * worn * imprint + damage.height + smear)

    albedo = tint(1 + 0.016 * mottle + 0.012 * grain, CREAM)
    albedo = mix(albedo, SPECK, speckles)
    albedo = mix(albedo, tint(1 + 0.06 * grain, damage.colour), damage.stain)
    tablet = lit(albedo, 0.86 * light.diffuse(normals) * (1 - damage.dark))
    tablet += tint(0.05 * light.gloss(normals, 18), np.ones(3, np.float32))

    cover = inside(outline, 0.008)
    tray = tint(1 + 0.10 * mottle + 0.10 * grain, TRAY) + tint(dust, DUST)
    tray = lit(tray, 1 - 0.75 * light.shadow(cover, 0.05, 0.03))
    tray += tint(0.02 * blur(cover, 0.09), CREAM)  # light that the tablet reflects onto the tray
    return mix(tray, tablet, cover)


@dataclass(frozen=True)
class _Damage:
    """Effect of a defect on the surface: change of height, darkening in [0, 1], coverage in [0, 1] and colour of a stain."""

    height: np.ndarray
    dark: np.ndarray
    stain: np.ndarray
    colour: np.ndarray


def _spot(chance: np.random.Generator, reach_x: float = 0.5, reach_y: float = 0.27) -> np.ndarray:
    return chance.uniform(-1, 1, 2) * (reach_x, reach_y)


def _imprint(pose: Pose) -> np.ndarray:
    """Returns the depth, in [0, 1], of the characters and the score line that are pressed into the tablet."""
    still = np.zeros((CANVAS, CANVAS), np.uint8)
    for text, column in (("A", 0.29), ("7", 0.61)):
        corner = (int(column * CANVAS), int(0.572 * CANVAS))
        cv2.putText(still, text, corner, cv2.FONT_HERSHEY_DUPLEX, 2.6, 255, 11, cv2.LINE_AA)
    top, foot = int(0.36 * CANVAS), int(0.64 * CANVAS)
    cv2.line(still, (CANVAS // 2, top), (CANVAS // 2, foot), 255, 7, cv2.LINE_AA)
    pressed = cv2.GaussianBlur(still.astype(np.float32) / 255, (0, 0), 2.6)
    return pose.warp(pressed)


def _speckles(rng: np.random.Generator, pose: Pose) -> np.ndarray:
    layer = np.zeros((CANVAS, CANVAS), np.uint8)
    for _ in range(rng.integers(26, 42)):
        radius, angle = np.sqrt(rng.uniform(0, 0.9)), rng.uniform(0, 2 * np.pi)
        place = pose.pixels(np.array([LENGTH * radius * np.cos(angle), WIDTH * radius * np.sin(angle)]))
        axes = np.rint(rng.gamma(3.0, 0.0030, 2) * HALF * 16).astype(int) + 8
        tone = int(rng.uniform(40, 190))
        centre = np.rint(place * 16).astype(int).tolist()
        cv2.ellipse(layer, centre, axes.tolist(), rng.uniform(0, 180), 0, 360, tone, -1, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(layer.astype(np.float32) / 255, (0, 0), 1.1)


def _dust(rng: np.random.Generator) -> np.ndarray:
    layer = np.zeros((CANVAS, CANVAS), np.float32)
    count = rng.integers(20, 60)
    layer[rng.integers(0, CANVAS, count), rng.integers(0, CANVAS, count)] = rng.uniform(0.3, 2.5, count)
    return cv2.GaussianBlur(layer, (0, 0), 1.2)


def _chip(
    chance: np.random.Generator, x: np.ndarray, y: np.ndarray, outline: np.ndarray
) -> tuple[np.ndarray, _Damage]:
    """Breaks a piece off the rim: some of it is missing, the rest is a rough, lower surface; returns outline and damage."""
    angle, radius = chance.uniform(0, 2 * np.pi), chance.uniform(0.06, 0.15)
    ray = np.array([np.cos(angle), np.sin(angle)])
    centre = ray * (LENGTH, WIDTH) / (np.abs(ray) ** ROUND).sum() ** (1 / ROUND)
    bite = flaws.blob(chance, x, y, centre, radius, 0.22)
    rough = noise(chance, 24, 3)
    face = smoothstep(0.010, -0.020, bite)
    height = face * (-0.016 + 0.0035 * rough)
    # Near the rim the piece is missing through its whole thickness; further in, only the surface is.
    gone = np.minimum(-(bite + 0.25 * radius), outline + 0.5 * radius)
    return np.maximum(outline, gone), _Damage(height, face * np.float32(0.08), face * 0, CREAM)


def _mark(chance: np.random.Generator, pose: Pose, x: np.ndarray, y: np.ndarray, defect: str) -> _Damage:
    """Returns the damage of a stain, a scratch or a crack."""
    none = np.zeros_like(x)
    if defect == "stain":
        spot = flaws.blob(chance, x, y, _spot(chance), chance.uniform(0.05, 0.13))
        cover = smoothstep(0.03, -0.05, spot) * np.clip(0.75 + 0.3 * noise(chance, 12, 3), 0, 1)
        return _Damage(none, none, cover * np.float32(chance.uniform(0.35, 0.8)), STAINS[chance.integers(3)])
    if defect == "scratch":
        path = flaws.curve(
            chance, _spot(chance, 0.4, 0.2), chance.uniform(0, 2 * np.pi), chance.uniform(0.25, 0.5), 0.3
        )
        groove = flaws.stroke(pose, path, chance.uniform(0.008, 0.020))
        rough = groove * np.clip(1 + 0.3 * noise(chance, 40, 2), 0.2, 1.5)
        return _Damage(-0.012 * rough, groove * np.float32(chance.uniform(0.05, 0.16)), none, CREAM)
    angle = chance.uniform(0, 2 * np.pi)
    start = np.array([LENGTH * np.cos(angle), WIDTH * np.sin(angle)]) * chance.uniform(0.55, 0.9)
    inward = np.arctan2(-start[1], -start[0]) + chance.uniform(-0.6, 0.6)
    paths = flaws.crack(chance, start, inward, chance.uniform(0.22, 0.42))
    lines = [flaws.stroke(pose, path, w) for path, w in zip(paths, (0.011, 0.006, 0.006), strict=False)]
    line = np.max(lines, 0)
    return _Damage(-0.02 * line, line * np.float32(chance.uniform(0.45, 0.8)), none, CREAM)
