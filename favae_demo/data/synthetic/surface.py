"""The workbench of the renderer: coordinates, noise, signed distances, normals and light.

All fields are float32 arrays of `CANVAS`×`CANVAS`: twice the size of the final image, which is averaged down
by the camera. Lengths are in half images: the image spans [-1, 1] in x (to the right) and y (down).
Colours are linear light, 1.0 is white; `srgb` turns the usual hexadecimal notation into it.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

SIZE = 256
CANVAS = 2 * SIZE
HALF = CANVAS / 2  # pixels of the canvas in one unit of length


def srgb(code: str) -> np.ndarray:
    """Linear RGB of a colour like `#c08040`, three float32 in [0, 1]."""
    values = np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255
    return values**2.2


@cache
def _canvas_grid() -> tuple[np.ndarray, np.ndarray]:
    axis = (np.arange(CANVAS, dtype=np.float32) + 0.5) / HALF - 1
    x, y = np.meshgrid(axis, axis)
    x.flags.writeable = y.flags.writeable = False
    return x, y


@dataclass(frozen=True)
class Pose:
    """Where a part lies: its own coordinates are scaled, turned by `angle` (radians, clockwise on screen), moved."""

    dx: float = 0.0
    dy: float = 0.0
    angle: float = 0.0
    scale: float = 1.0

    @classmethod
    def sample(cls, rng: np.random.Generator, shift: float, degrees: float, zoom: float) -> "Pose":
        """A pose with even jitter: ± `shift` half images, ± `degrees`, ± `zoom` (a share of the size)."""
        dx, dy, turn, grow = rng.uniform(-1, 1, 4)
        return cls(dx * shift, dy * shift, np.deg2rad(degrees) * turn, 1 + zoom * grow)

    def grid(self) -> tuple[np.ndarray, np.ndarray]:
        """The part's own x and y at every pixel of the canvas."""
        x, y = _canvas_grid()
        cos, sin = np.float32(np.cos(self.angle) / self.scale), np.float32(np.sin(self.angle) / self.scale)
        x, y = x - np.float32(self.dx), y - np.float32(self.dy)
        return cos * x + sin * y, cos * y - sin * x

    def matrix(self) -> np.ndarray:
        """The 2×3 affine matrix from the part's coordinates to pixels of the canvas."""
        cos, sin = np.cos(self.angle) * self.scale, np.sin(self.angle) * self.scale
        unit = np.array([[cos, -sin, self.dx + 1], [sin, cos, self.dy + 1]])
        return unit * HALF - np.array([[0, 0, 0.5], [0, 0, 0.5]])

    def pixels(self, points: np.ndarray) -> np.ndarray:
        """Points of the part, …×2, as pixels of the canvas."""
        matrix = self.matrix()
        return points @ matrix[:, :2].T + matrix[:, 2]

    def warp(self, layer: np.ndarray) -> np.ndarray:
        """A layer drawn on an unmoved canvas, laid onto the part; outside of it 0."""
        still = np.vstack([Pose().matrix(), [0, 0, 1]])
        matrix = self.matrix() @ np.linalg.inv(still)
        return cv2.warpAffine(layer, matrix, (CANVAS, CANVAS), flags=cv2.INTER_LINEAR)


def noise(
    rng: np.random.Generator,
    cells: int,
    octaves: int = 3,
    *,
    gain: float = 0.55,
    stretch: tuple[int, int] = (1, 1),
) -> np.ndarray:
    """Fractal noise of about zero mean and unit deviation: random lattices, each twice as fine and `gain` as strong.

    Args:
        rng: Source of chance.
        cells: Lattice cells across the canvas in the coarsest octave.
        octaves: Number of lattices.
        gain: Strength of each octave relative to the one before.
        stretch: Factors on the cells down and across; (1, 8) makes streaks that run downwards.
    """
    total, power = np.zeros((CANVAS, CANVAS), np.float32), 0.0
    for octave in range(octaves):
        rows, columns = (min(CANVAS, cells * s * 2**octave) for s in stretch)
        lattice = rng.standard_normal((rows + 1, columns + 1), dtype=np.float32)
        total += gain**octave * cv2.resize(lattice, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
        power += gain ** (2 * octave)
    return total * np.float32(1.4 / np.sqrt(power))  # interpolation between lattice points takes about 30 %


def ring_noise(rng: np.random.Generator, waves: int, size: int = 1024) -> np.ndarray:
    """Smooth noise on a circle, `size` samples of about unit deviation, with up to `waves` waves around it."""
    angle = np.linspace(0, 2 * np.pi, size, endpoint=False)
    order = np.arange(1, waves + 1)[:, None]
    phase = rng.uniform(0, 2 * np.pi, (waves, 1))
    weight = rng.standard_normal((waves, 1)) * np.sqrt(2 / waves)
    return (weight * np.cos(order * angle + phase)).sum(0).astype(np.float32)


def around(table: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Reads a table made by `ring_noise` at angles in radians."""
    index = (angle * np.float32(len(table) / (2 * np.pi))).astype(np.int32) % len(table)
    return table[index]


Number = float | np.floating


def smoothstep(low: Number, high: Number, value: np.ndarray) -> np.ndarray:
    """0 below `low`, 1 above `high`, smooth between; a `high` below `low` turns it around."""
    t = np.clip((value - low) * np.float32(1 / (high - low)), 0, 1)
    return t * t * (3 - 2 * t)


def inside(distance: np.ndarray, soft: float = 0.006) -> np.ndarray:
    """Coverage in [0, 1] of a shape given by its signed distance (negative inside), with an edge `soft` wide."""
    return smoothstep(soft, -soft, distance)


def bump(value: np.ndarray, centre: Number, width: Number) -> np.ndarray:
    """A Gaussian bell of height 1."""
    return np.exp(-np.square((value - np.float32(centre)) * np.float32(1 / width)))


def blur(field: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur, `sigma` in half images; wide blurs run on a smaller copy, which nobody can tell apart."""
    step = 4 if sigma * HALF > 8 else 1
    small = (
        cv2.resize(field, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA) if step > 1 else field
    )
    small = cv2.GaussianBlur(small, (0, 0), sigma * HALF / step)
    return cv2.resize(small, field.shape[1::-1], interpolation=cv2.INTER_LINEAR) if step > 1 else small


def mix(below: np.ndarray, above: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """Lays `above` (an image or one colour) over an image where `cover` in [0, 1] says so."""
    cover = cover.astype(np.float32, copy=False)
    return below + cv2.merge((cover, cover, cover)) * (above - below)


def lit(image: np.ndarray, light: np.ndarray) -> np.ndarray:
    """An image under more or less light: each pixel times a grey field."""
    light = light.astype(np.float32, copy=False)
    return image * cv2.merge((light, light, light))


def tint(value: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """A grey field as an image of one colour."""
    # Three planes and a merge, here and above: far faster than broadcasting along an axis of three.
    value = value.astype(np.float32, copy=False)
    return cv2.merge([value * channel for channel in colour])


@dataclass(frozen=True)
class Normals:
    """Unit surface normals; z looks at the camera."""

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray

    @classmethod
    def of(cls, height: np.ndarray) -> "Normals":
        """Normals of a height field given in half images."""
        height = height.astype(np.float32, copy=False)
        slope_x = cv2.Scharr(height, cv2.CV_32F, 1, 0, scale=HALF / 32)
        slope_y = cv2.Scharr(height, cv2.CV_32F, 0, 1, scale=HALF / 32)
        z = 1 / np.sqrt(1 + slope_x * slope_x + slope_y * slope_y)
        return cls(-slope_x * z, -slope_y * z, z)

    def dot(self, direction: np.ndarray) -> np.ndarray:
        """Cosine to a unit direction, negative values cut off."""
        x, y, z = direction.astype(np.float32)
        return np.maximum(x * self.x + y * self.y + z * self.z, 0)


@dataclass(frozen=True)
class Light:
    """One lamp and the room's own light.

    Attributes:
        direction: Unit vector to the lamp (x right, y down, z to the camera).
        ambient: Share of the light that comes from everywhere, in [0, 1].
    """

    direction: np.ndarray
    ambient: float = 0.45

    @classmethod
    def sample(
        cls, rng: np.random.Generator, azimuth: float, spread: float, elevation: float, ambient: float
    ) -> "Light":
        """A lamp near `azimuth` ± `spread` degrees (0 is right, 90 is below) and near `elevation` ± 6 degrees."""
        turn = np.deg2rad(azimuth + spread * rng.uniform(-1, 1))
        rise = np.deg2rad(elevation + 6 * rng.uniform(-1, 1))
        direction = np.array([np.cos(turn) * np.cos(rise), np.sin(turn) * np.cos(rise), np.sin(rise)])
        return cls(direction, ambient + 0.05 * rng.uniform(-1, 1))

    def diffuse(self, normals: Normals) -> np.ndarray:
        """Lambert's light; a flat surface gets about 1."""
        flat = self.ambient + (1 - self.ambient) * self.direction[2]
        sky = self.ambient * (0.55 + 0.45 * normals.z)
        return (sky + (1 - self.ambient) * normals.dot(self.direction)) * np.float32(1 / flat)

    def gloss(self, normals: Normals, sharpness: float) -> np.ndarray:
        """Blinn's highlight, 1 at its centre."""
        middle = self.direction + np.array([0, 0, 1])
        return normals.dot(middle / np.linalg.norm(middle)) ** np.float32(sharpness)

    def shadow(self, cover: np.ndarray, reach: float, soft: float) -> np.ndarray:
        """Soft shadow in [0, 1] of a shape of thickness `reach`, blurred by `soft`, both in half images."""
        dx, dy = -self.direction[:2] / max(self.direction[2], 0.3) * reach * HALF
        moved = cv2.warpAffine(
            cover, np.array([[1, 0, dx], [0, 1, dy]]), (CANVAS, CANVAS), borderMode=cv2.BORDER_REPLICATE
        )
        return blur(moved, soft)


def metal(normals: Normals, light: Light) -> np.ndarray:
    """What a brushed metal surface mirrors of a studio: a dark room, a window at the lamp, a strip opposite to it."""
    side = np.float32(light.direction[0]) * normals.x + np.float32(light.direction[1]) * normals.y
    room = 0.10 + 0.16 * normals.z
    window = 0.75 * bump(side, 0.33, 0.22)
    strip = 0.30 * bump(side, -0.62, 0.16)
    return room + (window + strip) * (0.35 + 0.65 * normals.z) + 0.10 * light.diffuse(normals)
