"""Woven steel wire over a bright plate."""

import numpy as np

from favae_demo.data.synthetic import flaws
from favae_demo.data.synthetic.surface import (
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

DEFECTS = ("bent_wire", "broken_wire", "contamination", "thread")
# Distance between wires, radius of a wire, and amplitude of its bends over and under the crossing wires.
PITCH, WIRE, CRIMP = 0.20, 0.030, 0.022
PLATE, STEEL, RUST, FIBRE = srgb("#c3c5c4"), srgb("#c9c8c6"), srgb("#7a4a2a"), srgb("#3c3a44")


def draw(rng: np.random.Generator, defect: str | None, chance: np.random.Generator) -> np.ndarray:
    """Renders the mesh in linear light; see `draw` of `catalogue.SamplePart`."""
    pose = Pose.sample(rng, shift=0.05, degrees=3, zoom=0.03)
    light = Light.sample(rng, azimuth=-125, spread=12, elevation=50, ambient=0.45)
    x, y = pose.grid()
    sway, lean = noise(rng, 3, 2), noise(rng, 3, 2)
    grain, smudge, drawn = noise(rng, 120, 1), noise(rng, 5, 3), noise(rng, 60, 2)
    x, y = x + 0.004 * sway + 0.02 * y * y, y + 0.004 * lean  # a real mesh is slightly irregular

    # Defects are at vertical wires only; `spot` is a crossing on one of them.
    spot = PITCH * (np.rint(chance.uniform(-3.2, 3.2, 2)) + np.array([0.5, 0.0]))
    shift, gap = np.zeros_like(x), np.zeros_like(x)
    if defect == "bent_wire":
        reach, push = chance.uniform(0.07, 0.13), chance.choice([-1, 1]) * chance.uniform(0.20, 0.48) * PITCH
        shift = np.float32(push) * bump(y, spot[1], reach) * (np.abs(x - spot[0]) < PITCH)
    elif defect == "broken_wire":
        half = chance.uniform(0.04, 0.11)
        gap = (np.abs(y - spot[1] - 0.15 * (x - spot[0])) < half).astype(np.float32)
        curl = np.float32(chance.uniform(-0.035, 0.035))
        shift = curl * bump(np.abs(y - spot[1]), half, 0.06)

    column = np.floor(x / PITCH)
    down = _profile(x - (column + 0.5) * PITCH, y, column)
    if defect in ("bent_wire", "broken_wire"):
        number = np.floor(spot[0] / PITCH)
        hit = np.where(
            (np.abs(x - spot[0]) < PITCH) & (gap < 0.5), _profile(x - spot[0] - shift, y, number), -1
        )
        down = np.maximum(np.where(column == number, -1, down), hit)
    row = np.floor(y / PITCH)
    height = np.maximum(down, _profile(y - (row + 0.5) * PITCH, x, row + 1)).astype(np.float32)
    cover = smoothstep(-0.02, -0.012, height)
    wire = _steel(height, light, grain, drawn)
    plate = tint(0.90 + 0.05 * smudge + 0.01 * grain, PLATE)
    plate = lit(plate, 1 - 0.55 * light.shadow(cover, 0.05, 0.022))
    image = mix(plate, wire, cover)
    if defect == "contamination":
        return _lump(chance, light, x, y, spot, image)
    if defect == "thread":
        return _thread(chance, pose, light, image)
    return image


def _profile(offset: np.ndarray, along: np.ndarray, number: np.ndarray | float) -> np.ndarray:
    """Returns the height of a round wire that passes over and under the crossing ones alternately; -1 beside the wire.

    Args:
        offset: Distance from the wire's axis.
        along: Position along the wire.
        number: Number of the wire among the parallel ones; odd and even ones alternate in opposite phase.
    """
    sign = np.where(np.mod(number, 2) == 0, np.float32(1), np.float32(-1))
    crimp = (CRIMP * sign * np.sin(np.pi * along / PITCH)).astype(np.float32)
    room = WIRE * WIRE - offset * offset
    return np.where(room > 0, crimp + np.sqrt(np.maximum(room, 0)), -1).astype(np.float32)


def _steel(height: np.ndarray, light: Light, grain: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Returns the wires' shading in linear light."""
    normals = Normals.of(height)
    depth = smoothstep(-0.02, 0.05, height)  # lower wires are shaded by those above
    shade = 1.15 * metal(normals, light) ** 1.3 * (0.40 + 0.60 * depth) * (1 + 0.08 * drawn + 0.05 * grain)
    return tint(shade, STEEL)


def _lump(
    chance: np.random.Generator,
    light: Light,
    x: np.ndarray,
    y: np.ndarray,
    spot: np.ndarray,
    image: np.ndarray,
) -> np.ndarray:
    """Adds a drop of solder or a crust of rust that fills part of a cell."""
    radius = chance.uniform(0.05, 0.12)
    centre = spot + chance.uniform(-0.5, 0.5, 2) * PITCH
    shape = flaws.blob(chance, x, y, centre, radius, 0.35)
    texture = noise(chance, 34, 3)
    rusty = chance.random() < 0.5
    height = (
        0.6 * radius * np.sqrt(np.clip(-shape / radius, 0, 1)) * (1 + (0.10 if rusty else 0.03) * texture)
    )
    normals = Normals.of(blur(height.astype(np.float32), 0.004))
    if rusty:
        skin = tint(light.diffuse(normals) * (0.8 + 0.2 * texture), RUST)
    else:
        skin = tint(metal(normals, light) * 1.15, STEEL)
    cover = inside(shape, 0.01)
    shaded = lit(image, 1 - 0.4 * light.shadow(cover, 0.03, 0.02) * (1 - cover))
    return mix(shaded, skin, cover * np.float32(chance.uniform(0.75, 1.0)))


def _thread(chance: np.random.Generator, pose: Pose, light: Light, image: np.ndarray) -> np.ndarray:
    """Adds a hair or a fibre on top of the mesh."""
    path = flaws.curve(
        chance, chance.uniform(-0.6, 0.6, 2), chance.uniform(0, 2 * np.pi), chance.uniform(0.35, 0.8), 1.1
    )
    line = flaws.stroke(pose, path, chance.uniform(0.008, 0.016))
    colour = FIBRE if chance.random() < 0.6 else srgb("#b9b2a2")
    shaded = lit(image, 1 - 0.35 * light.shadow(line, 0.03, 0.008))
    return mix(shaded, tint(np.ones_like(line), colour), line * np.float32(chance.uniform(0.6, 0.95)))
