"""A countersunk wood screw on a sheet of paper, lying at a slant."""

from dataclasses import replace

import numpy as np

from favae_demo.data.synthetic import flaws
from favae_demo.data.synthetic.surface import (
    HALF,
    Light,
    Normals,
    Pose,
    blur,
    bump,
    inside,
    lit,
    metal,
    mix,
    noise,
    smoothstep,
    srgb,
    tint,
)

DEFECTS = ("damaged_thread", "bent_tip", "scratch", "rust")
HEAD, NECK, THREAD, TIP = -0.62, -0.40, -0.06, 0.68  # positions along the axis
SLANT = np.deg2rad(-40)
# Radius below the thread, height of its ridge, distance between its turns.
CORE, RIDGE, PITCH = 0.062, 0.046, 0.098
PAPER, STEEL, RUST = srgb("#cdccc8"), srgb("#b9b7b2"), srgb("#6e4024")
# (position along the axis, radius of the body)
BODY = ((HEAD, 0.215), (HEAD + 0.03, 0.213), (NECK - 0.03, 0.105), (NECK + 0.03, 0.085), (THREAD - 0.03, 0.083),
        (THREAD, 0.076), (THREAD + 0.05, CORE), (0.47, 0.054), (0.60, 0.030), (TIP, 0.004))  # fmt: skip
# Half width of the head's face along the axis: a slight tilt makes the face visible as an ellipse.
FACE_DEPTH = 0.062


def draw(rng: np.random.Generator, defect: str | None, chance: np.random.Generator) -> np.ndarray:
    """Renders the screw in linear light; see `draw` of `catalogue.SamplePart`."""
    pose = Pose.sample(rng, shift=0.04, degrees=12, zoom=0.02)
    pose = replace(pose, scale=1.45 * pose.scale, angle=pose.angle + SLANT)
    light = Light.sample(rng, azimuth=-100, spread=15, elevation=50, ambient=0.5)
    u, v = pose.grid()
    u = u + np.float32(0.02)
    start, slot = rng.uniform(0, 1), rng.uniform(0, np.pi / 2)
    fleck, grain, fibres = noise(rng, 9, 4), noise(rng, 120, 1), noise(rng, 40, 3)
    brushed, specks = pose.warp(noise(rng, 20, 2, stretch=(6, 1))), _specks(rng)

    bend, worn = None, np.zeros_like(u)
    if defect == "bent_tip":
        bend = float(chance.choice([-1, 1])) * chance.uniform(0.6, 1.7), chance.uniform(0.22, 0.38)
        v = v - np.float32(bend[0]) * np.square(np.maximum(u - np.float32(bend[1]), 0))
    elif defect == "damaged_thread":
        centre, reach = chance.uniform(0.03, 0.42), chance.uniform(0.07, 0.14)
        side = float(chance.choice([-1, 1]))
        worn = (
            bump(u, centre, reach) * smoothstep(-0.06, 0.03, side * v) * np.float32(chance.uniform(0.75, 1.0))
        )
        worn = np.clip(worn * (1.3 + 0.35 * noise(chance, 30, 2)), 0, 1)

    height, body = _body(u, v, start, worn)
    face, recess = _face(u, v, slot)
    normals = Normals.of(blur(height, 0.0035))
    shade = metal(normals, light) * (1 + 0.10 * brushed * (u < THREAD) + 0.05 * fleck + 0.04 * grain)
    crease = smoothstep(0.55, 1.0, _phase_nearness(u, v, start)) * (u > THREAD)
    shade *= 1 - 0.35 * crease * (1 - worn)
    tone = tint(0.95 * shade**1.25, STEEL)
    plate = (0.42 + 0.05 * fleck + 0.03 * brushed) * (1 - 0.75 * recess)
    tone = mix(tone, tint(plate + 0.25 * bump(_face_level(u, v), 0.97, 0.06), STEEL), face)
    if defect == "scratch":
        tone = _scratch(chance, pose, tone)
    elif defect == "rust":
        tone = _rust(chance, u, v, tone)

    cover = np.maximum(inside(body, 0.006), face)
    paper = tint(0.84 + 0.010 * fibres + 0.006 * fleck - 0.30 * specks, PAPER)
    near, far = light.shadow(cover, 0.02, 0.012), light.shadow(cover, 0.055, 0.035)
    paper = lit(paper, 1 - 0.42 * far - 0.30 * near)
    return mix(paper, tone, cover)


def _turns(u: np.ndarray, v: np.ndarray, radius: np.ndarray | float, start: float) -> np.ndarray:
    """Returns the phase of the thread in turns: it increases along the axis, and by half a turn across the visible side."""
    lean = np.arcsin(np.clip(v / radius, -1, 1)) * np.float32(1 / (2 * np.pi))
    return u * np.float32(1 / PITCH) + lean + np.float32(start)


def _phase_nearness(u: np.ndarray, v: np.ndarray, start: float) -> np.ndarray:
    """Returns the shading of the thread by itself: 1 just behind a ridge, from where it falls to 0."""
    turn = _turns(u, v, CORE + 0.5 * RIDGE, start)
    return 0.5 + 0.5 * np.cos(2 * np.pi * (turn - np.float32(0.22)))


def _body(u: np.ndarray, v: np.ndarray, start: float, worn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the height of the screw's surface above its axis, and the approximate signed distance to its outline."""
    stations = np.array(BODY)
    radius = np.interp(u, stations[:, 0], stations[:, 1]).astype(np.float32)
    swell = smoothstep(THREAD - 0.01, THREAD + 0.07, u) * smoothstep(TIP + 0.01, TIP - 0.16, u)
    ridge = RIDGE * (0.45 + 0.55 * smoothstep(TIP, 0.35, u)) * swell * (1 - worn)
    turn = _turns(u, v, radius + ridge, start)
    crest = np.maximum(0.5 + 0.5 * np.cos(2 * np.pi * turn), 0) ** np.float32(5)
    radius = radius + ridge * crest
    beyond = np.maximum(HEAD - u, u - TIP)
    room = radius * radius - v * v
    return np.sqrt(np.maximum(room, 0)), np.maximum(np.abs(v) - radius, beyond)


def _face_level(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Returns the level of the ellipse of the head's face: 0 at its centre, 1 at its edge."""
    return np.sqrt(np.square((u - np.float32(HEAD)) / FACE_DEPTH) + np.square(v / 0.215))


def _face(u: np.ndarray, v: np.ndarray, slot: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns the coverages of the head's face and of the cross recess in it."""
    cover = smoothstep(1.03, 0.97, _face_level(u, v))
    a, b = (u - np.float32(HEAD)) / FACE_DEPTH, v / np.float32(0.215)
    cos, sin = np.float32(np.cos(slot)), np.float32(np.sin(slot))
    p, q = cos * a + sin * b, cos * b - sin * a
    arms = np.minimum(
        np.maximum(np.abs(p) / 0.55, np.abs(q) / 0.15), np.maximum(np.abs(q) / 0.55, np.abs(p) / 0.15)
    )
    return cover, smoothstep(1.15, 0.85, arms)


def _specks(rng: np.random.Generator) -> np.ndarray:
    layer = np.zeros((int(2 * HALF), int(2 * HALF)), np.float32)
    count = rng.integers(8, 30)
    layer[rng.integers(0, 512, count), rng.integers(0, 512, count)] = rng.uniform(2, 10, count)
    return blur(layer, 0.006)


def _scratch(chance: np.random.Generator, pose: Pose, tone: np.ndarray) -> np.ndarray:
    """Adds scratches, bright with a dark burr, on the cone of the head or along the shank."""
    on_head = chance.random() < 0.5
    centre = (
        np.array([chance.uniform(-0.56, -0.44), 0.05])
        if on_head
        else np.array([chance.uniform(-0.36, -0.16), 0.0])
    )
    strength = np.float32(chance.uniform(0.5, 1.0))
    for _ in range(chance.integers(1, 4)):
        heading = chance.uniform(0.6, 2.2) if on_head else chance.uniform(-0.5, 0.5)
        spot = centre + chance.uniform(-0.035, 0.035, 2)
        length = chance.uniform(0.09, 0.18)
        spot = spot - 0.5 * length * np.array([np.cos(heading), np.sin(heading)])
        path = flaws.curve(chance, spot, heading, length, 0.25)
        line, burr = flaws.stroke(pose, path, 0.009), flaws.stroke(pose, path + np.array([0.0, 0.010]), 0.008)
        tone = lit(tone, 1 - 0.5 * strength * burr)
        tone = mix(tone, tint(np.ones_like(line), srgb("#e6e4de")), 0.8 * strength * line)
    return tone


def _rust(chance: np.random.Generator, u: np.ndarray, v: np.ndarray, tone: np.ndarray) -> np.ndarray:
    """Adds a patch of brown, spotted corrosion."""
    centre = np.array([chance.uniform(-0.5, 0.45), chance.uniform(-0.03, 0.03)])
    shape = flaws.blob(chance, u, v, centre, chance.uniform(0.07, 0.15), 0.35)
    texture = noise(chance, 26, 4)
    cover = smoothstep(0.02, -0.05, shape) * smoothstep(-0.9, 0.3, texture)
    crust = tint(2.6 * tone[..., 1] + 0.16 + 0.08 * texture, RUST)
    return mix(tone, crust, cover * np.float32(chance.uniform(0.5, 1.0)))
