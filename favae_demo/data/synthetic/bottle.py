"""The mouth of a glass bottle seen from above, on a light table."""

import cv2
import numpy as np

from favae_demo.data.synthetic import flaws
from favae_demo.data.synthetic.surface import (
    Light,
    Normals,
    Pose,
    around,
    blur,
    bump,
    inside,
    lit,
    mix,
    noise,
    ring_noise,
    smoothstep,
    srgb,
    tint,
)

DEFECTS = ("broken_lip", "crack", "contamination", "inclusion")
RADIUS = 0.84
ROWS, PER_RADIUS, TURN, SEAM = 340, 310, 800, 4  # of the unrolled glass, in pixels
TABLE, GLINT, PALE, AMBER = srgb("#f7f8f4"), srgb("#cfe8d2"), srgb("#dfe6dc"), srgb("#c98a3a")
# Colour of the glass by distance from the centre, as a share of the radius: from the dark bore to the outer edge.
PROFILE = (
    (0.00, "#1a2321"), (0.35, "#141c1a"), (0.495, "#0e1413"), (0.503, "#4b3a24"), (0.512, "#151d1a"),
    (0.545, "#26322d"), (0.60, "#33423b"), (0.622, "#101614"), (0.648, "#5b6e63"), (0.662, "#222e29"),
    (0.70, "#18221e"), (0.738, "#3f5347"), (0.755, "#1c2823"), (0.783, "#5c4a2a"), (0.795, "#1b2621"),
    (0.835, "#0f1613"), (0.868, "#38493f"), (0.885, "#2b3a32"), (0.92, "#0c120f"), (0.950, "#66786d"),
    (0.965, "#39493f"), (0.985, "#111814"), (1.00, "#27332c"), (1.03, "#9fb0a2"),
)  # fmt: skip
# Reflections of the lamps: distance from the centre and width as shares of the radius, angle and half length in degrees, colour, strength.
ARCS = (
    (0.786, 0.008, -70, 55, AMBER, 1.3), (0.786, 0.007, 60, 70, AMBER, 0.9), (0.653, 0.006, 130, 45, GLINT, 0.55),
    (0.737, 0.005, 15, 30, GLINT, 0.45), (0.957, 0.010, -140, 60, PALE, 0.35), (0.876, 0.012, 40, 50, GLINT, 0.25),
    (0.507, 0.004, 200, 80, AMBER, 0.5),
)  # fmt: skip


def draw(rng: np.random.Generator, defect: str | None, chance: np.random.Generator) -> np.ndarray:
    """Renders the bottle in linear light; see `draw` of `catalogue.SamplePart`."""
    pose = Pose.sample(rng, shift=0.03, degrees=180, zoom=0.025)
    light = Light.sample(rng, azimuth=-110, spread=25, elevation=45, ambient=0.5)
    x, y = pose.grid()
    tilt = rng.uniform(-0.035, 0.035, 2).astype(np.float32)
    radius = np.sqrt(x * x + y * y) / RADIUS
    depth = np.clip(1 - radius, 0, 1)  # parallax: the deeper a ring lies, the more a tilted view shifts it
    rho, theta = cv2.cartToPolar((x - tilt[0] * depth) / RADIUS, (y - tilt[1] * depth) / RADIUS)
    glassy = smoothstep(0.50, 0.60, rho) * smoothstep(1.02, 0.90, rho)
    wave = 0.0022 * around(ring_noise(rng, 5), theta) + 0.0010 * around(ring_noise(rng, 22), theta)
    frost, haze = noise(rng, 110, 2), noise(rng, 4, 2)
    polar = _unrolled(rng, np.rad2deg(pose.angle))
    column = theta * np.float32(TURN / (2 * np.pi)) + SEAM
    row = np.clip((rho + wave * glassy) * np.float32(PER_RADIUS), 0, ROWS - 1)
    glass = cv2.remap(polar, column, row, cv2.INTER_LINEAR)
    glass = lit(glass, 1 + 0.30 * frost * bump(rho, 0.58, 0.035) + 0.05 * haze)
    glow = np.exp(-np.square(x + 0.08) * 18 - np.square(y + 0.06) * 18)
    glass += tint(0.012 * glow * smoothstep(0.5, 0.4, rho), PALE)

    cover = inside((radius - 1 - 0.004 * around(ring_noise(rng, 6), theta)) * RADIUS, 0.014)
    if defect == "broken_lip":
        glass, cover = _broken_lip(chance, x, y, glass, cover)
    elif defect:
        glass = _FLAWS[defect](chance, pose, light, x, y, glass)
    table = tint(1 + 0.006 * haze - 0.22 * blur(cover, 0.05) * (1 - cover), TABLE) * 1.08
    return mix(table, glass, cover)


def _unrolled(rng: np.random.Generator, turn: float) -> np.ndarray:
    """Returns the glass in polar coordinates: radius downwards, angle to the right, ROWS×(TURN + 2 SEAM)×3 in linear light.

    The lamps do not turn with the bottle, so their reflections (`ARCS`) are rotated back by the bottle's angle `turn` in degrees.
    """
    share = np.arange(ROWS, dtype=np.float32) / PER_RADIUS
    stops, codes = zip(*PROFILE, strict=True)
    stop_colours = np.array([srgb(code) for code in codes])
    profile = np.stack([np.interp(share, stops, stop_colours[:, i]) for i in range(3)], -1).astype(np.float32)
    profile = cv2.GaussianBlur(profile[None], (0, 0), sigmaX=2.2, sigmaY=0.1)[0]  # polished, no sharp edges
    glassy = smoothstep(0.50, 0.60, share) * smoothstep(1.02, 0.90, share)
    flow = cv2.resize(
        rng.standard_normal((130, 40), dtype=np.float32), (TURN, ROWS), interpolation=cv2.INTER_CUBIC
    )
    # The thickness of real glass varies around the circle, which gives broad brighter and darker sectors.
    sectors = ring_noise(rng, 4, TURN)
    bright = np.exp(glassy[:, None] * (0.26 * flow + 0.16 * sectors))
    polar = cv2.merge([bright * profile[:, None, i] for i in range(3)])
    angles = np.linspace(0, 360, TURN, endpoint=False)
    for place, width, angle, length, colour, strength in ARCS:
        away = (angles - angle + turn + rng.normal(0, 12) + 180) % 360 - 180
        glitter = np.clip(0.55 + 0.45 * ring_noise(rng, 40, TURN), 0.05, 2)
        window = (np.exp(-1.5 * np.square(away / length)) * glitter * 0.6 * strength).astype(np.float32)
        near = slice(int((place - 3 * width) * PER_RADIUS), int((place + 3 * width) * PER_RADIUS) + 1)
        polar[near] += bump(share[near], place, width)[:, None, None] * window[:, None] * colour
    return np.hstack([polar[:, -SEAM:], polar, polar[:, :SEAM]])


def _on_ring(chance: np.random.Generator, low: float, high: float) -> tuple[np.ndarray, float]:
    """Returns a random point between two shares of the radius, and its angle in radians."""
    angle = chance.uniform(0, 2 * np.pi)
    share = chance.uniform(low, high) * RADIUS
    return np.array([share * np.cos(angle), share * np.sin(angle)]), angle


def _broken_lip(
    chance: np.random.Generator, x: np.ndarray, y: np.ndarray, glass: np.ndarray, cover: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Breaks a piece off the lip: fracture facets with bright ridges, in places with the table visible; returns glass and coverage."""
    centre, _ = _on_ring(chance, 0.70, 0.95)
    size = chance.uniform(0.06, 0.19)
    shape = flaws.blob(chance, x, y, centre, size, 0.35)
    shade, ridges = flaws.facets(chance, x, y, centre, size)
    wound = inside(shape, 0.008)
    ripple = 0.03 * np.sin(np.hypot(x - centre[0], y - centre[1]) * 260)
    face = tint(0.02 + 0.45 * np.square(shade) + ripple * shade + 0.35 * ridges * shade, PALE)
    face += 0.35 * glass + tint(0.5 * bump(shape, -0.006, 0.006) * (0.3 + shade), PALE)
    beyond = smoothstep(0.97, 1.0, np.sqrt(x * x + y * y) / RADIUS + 0.9 * np.clip(-shape, 0, 0.1))
    return mix(glass, face, wound), cover * (1 - wound * beyond * 0.85)


def _crack(
    chance: np.random.Generator, pose: Pose, light: Light, x: np.ndarray, y: np.ndarray, glass: np.ndarray
) -> np.ndarray:
    """Adds a crack through the glass: one side of it reflects the lamp, the other one is dark."""
    start, angle = _on_ring(chance, 0.80, 0.97)
    inward = angle + np.pi + chance.uniform(-0.9, 0.9)
    strength = np.float32(chance.uniform(0.35, 1.0))
    for path in flaws.crack(chance, start, inward, chance.uniform(0.18, 0.34)):
        line = flaws.stroke(pose, path, 0.007)
        beside = flaws.stroke(pose, path + 0.008, 0.008)
        glass = lit(glass, 1 - 0.6 * strength * beside)
        glass = glass + tint(0.30 * strength * line, GLINT)
    return glass


def _contamination(
    chance: np.random.Generator, pose: Pose, light: Light, x: np.ndarray, y: np.ndarray, glass: np.ndarray
) -> np.ndarray:
    """Adds a crumb of dirt or a film in the bore."""
    centre, _ = _on_ring(chance, 0.0, 0.46)
    radius = chance.uniform(0.06, 0.17)
    shape = flaws.blob(chance, x, y, centre, radius, 0.4)
    texture = noise(chance, 28, 4)
    height = 0.35 * radius * smoothstep(0, -0.6 * radius, shape) * (1 + 0.25 * texture)
    shade = light.diffuse(Normals.of(height.astype(np.float32)))
    colour = (srgb("#6f665a"), srgb("#4f5650"), srgb("#8b8f8c"))[chance.integers(3)]
    cover = smoothstep(0.006, -0.02, shape) * np.clip(0.8 + 0.25 * texture, 0, 1)
    return mix(
        glass, tint(shade * (0.55 + 0.12 * texture), colour), cover * np.float32(chance.uniform(0.35, 0.95))
    )


def _inclusion(
    chance: np.random.Generator, pose: Pose, light: Light, x: np.ndarray, y: np.ndarray, glass: np.ndarray
) -> np.ndarray:
    """Adds air bubbles to the glass: small lenses, dark at the rim and bright where they reflect the lamp."""
    strength = np.float32(chance.uniform(0.6, 1.0))
    first, _ = _on_ring(chance, 0.60, 0.93)
    for _ in range(chance.integers(1, 4)):
        centre = (first + chance.normal(0, 0.05, 2)).astype(np.float32)
        radius = np.float32(chance.uniform(0.018, 0.042))
        distance = np.hypot(x - centre[0], (y - centre[1]) * np.float32(chance.uniform(0.8, 1.25)))
        lens = smoothstep(1.05 * radius, 0.95 * radius, distance)
        rim = bump(distance, radius * 0.9, radius * 0.22)
        spot = np.hypot(x - centre[0] + 0.35 * radius, y - centre[1] + 0.4 * radius)
        glass = lit(glass, 1 - 0.75 * strength * rim) + tint(0.10 * strength * lens, GLINT)
        glass = glass + tint(0.9 * strength * bump(spot, 0, radius * 0.28), PALE)
    return glass


_FLAWS = {"crack": _crack, "contamination": _contamination, "inclusion": _inclusion}
