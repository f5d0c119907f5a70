"""Basic functions of the renderer: coordinates, noise, signed distances, normals and light.

All fields are float32 arrays of `CANVAS`×`CANVAS`, twice the size of the final image, to which the camera averages them.
Lengths are in half images: the image spans [-1, 1] in x (to the right) and y (down). Colours are in linear light, where 1.0
is white; `srgb` converts from hexadecimal notation.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

SIZE = 256
CANVAS = 2 * SIZE
HALF = CANVAS / 2  # pixels of the canvas in one unit of length


def srgb(code: str) -> np.ndarray:
    """Returns the linear RGB values, three float32 in [0, 1], of a colour like `#c08040`."""
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
    """Position of a part: its coordinates are scaled, rotated by `angle` (radians, clockwise on screen), then moved by (dx, dy)."""

    dx: float = 0.0
    dy: float = 0.0
    angle: float = 0.0
    scale: float = 1.0

    @classmethod
    def sample(cls, rng: np.random.Generator, shift: float, degrees: float, zoom: float) -> "Pose":
        """Returns a random, uniformly distributed pose: ± `shift` half images, ± `degrees`, ± `zoom` as a share of the size."""
        dx, dy, turn, grow = rng.uniform(-1, 1, 4)
        return cls(dx * shift, dy * shift, np.deg2rad(degrees) * turn, 1 + zoom * grow)

    def grid(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns the part's x and y coordinates at every pixel of the canvas."""
        x, y = _canvas_grid()
        cos, sin = np.float32(np.cos(self.angle) / self.scale), np.float32(np.sin(self.angle) / self.scale)
        x, y = x - np.float32(self.dx), y - np.float32(self.dy)
        return cos * x + sin * y, cos * y - sin * x

    def matrix(self) -> np.ndarray:
        """Returns the affine matrix, 2×3, from the part's coordinates to pixels of the canvas."""
        cos, sin = np.cos(self.angle) * self.scale, np.sin(self.angle) * self.scale
        unit = np.array([[cos, -sin, self.dx + 1], [sin, cos, self.dy + 1]])
        return unit * HALF - np.array([[0, 0, 0.5], [0, 0, 0.5]])

    def pixels(self, points: np.ndarray) -> np.ndarray:
        """Converts points in the part's coordinates, …×2, to pixels of the canvas."""
        matrix = self.matrix()
        return points @ matrix[:, :2].T + matrix[:, 2]

    def warp(self, layer: np.ndarray) -> np.ndarray:
        """Moves a layer that was drawn for the default pose to this pose; pixels from outside the canvas are 0."""
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
    """Returns fractal noise with a mean of about 0 and a standard deviation of about 1: a sum of random lattices, each twice as fine.

    Args:
        rng: Random number generator.
        cells: Lattice cells across the canvas in the coarsest octave.
        octaves: Number of lattices.
        gain: Amplitude of each octave relative to the previous one.
        stretch: Factors on the number of cells, vertically and horizontally; (1, 8) gives vertical streaks.
    """
    total, power = np.zeros((CANVAS, CANVAS), np.float32), 0.0
    for octave in range(octaves):
        rows, columns = (min(CANVAS, cells * s * 2**octave) for s in stretch)
        lattice = rng.standard_normal((rows + 1, columns + 1), dtype=np.float32)
        total += gain**octave * cv2.resize(lattice, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
        power += gain ** (2 * octave)
    return total * np.float32(1.4 / np.sqrt(power))  # interpolation reduces the deviation by about 30 %


def ring_noise(rng: np.random.Generator, waves: int, size: int = 1024) -> np.ndarray:
    """Returns smooth periodic noise: `size` samples around a circle, standard deviation about 1, with up to `waves` waves."""
    angle = np.linspace(0, 2 * np.pi, size, endpoint=False)
    order = np.arange(1, waves + 1)[:, None]
    phase = rng.uniform(0, 2 * np.pi, (waves, 1))
    weight = rng.standard_normal((waves, 1)) * np.sqrt(2 / waves)
    return (weight * np.cos(order * angle + phase)).sum(0).astype(np.float32)


def around(table: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Returns the values of a table from `ring_noise` at angles in radians."""
    index = (angle * np.float32(len(table) / (2 * np.pi))).astype(np.int32) % len(table)
    return table[index]


Number = float | np.floating


def smoothstep(low: Number, high: Number, value: np.ndarray) -> np.ndarray:
    """Returns 0 below `low`, 1 above `high` and a smooth transition between them; if `high` is below `low`, the step is reversed."""
    t = np.clip((value - low) * np.float32(1 / (high - low)), 0, 1)
    return t * t * (3 - 2 * t)


def inside(distance: np.ndarray, soft: float = 0.006) -> np.ndarray:
    """Returns the coverage, in [0, 1], of a shape from its signed distance (negative inside); its edge extends `soft` to both sides."""
    return smoothstep(soft, -soft, distance)


def bump(value: np.ndarray, centre: Number, width: Number) -> np.ndarray:
    """Returns a Gaussian curve of height 1, exp(−((value − centre) / width)²)."""
    return np.exp(-np.square((value - np.float32(centre)) * np.float32(1 / width)))


def blur(field: np.ndarray, sigma: float) -> np.ndarray:
    """Applies a Gaussian blur, `sigma` in half images; a wide one to a smaller copy, which saves time and looks the same."""
    step = 4 if sigma * HALF > 8 else 1
    small = (
        cv2.resize(field, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA) if step > 1 else field
    )
    small = cv2.GaussianBlur(small, (0, 0), sigma * HALF / step)
    return cv2.resize(small, field.shape[1::-1], interpolation=cv2.INTER_LINEAR) if step > 1 else small


def mix(below: np.ndarray, above: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """Blends `above`, an image or one colour, over an image, with a coverage in [0, 1]."""
    cover = cover.astype(np.float32, copy=False)
    return below + cv2.merge((cover, cover, cover)) * (above - below)


def lit(image: np.ndarray, light: np.ndarray) -> np.ndarray:
    """Multiplies each pixel of an image by a field of brightness."""
    light = light.astype(np.float32, copy=False)
    return image * cv2.merge((light, light, light))


def tint(value: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """Multiplies one colour by a field of brightness, to an image."""
    # Merging three planes, here and above, is much faster than broadcasting along the last axis.
    value = value.astype(np.float32, copy=False)
    return cv2.merge([value * channel for channel in colour])


@dataclass(frozen=True)
class Normals:
    """Unit surface normals; z points to the camera."""

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray

    @classmethod
    def of(cls, height: np.ndarray) -> "Normals":
        """Returns the normals of a height field in half images."""
        height = height.astype(np.float32, copy=False)
        slope_x = cv2.Scharr(height, cv2.CV_32F, 1, 0, scale=HALF / 32)
        slope_y = cv2.Scharr(height, cv2.CV_32F, 0, 1, scale=HALF / 32)
        z = 1 / np.sqrt(1 + slope_x * slope_x + slope_y * slope_y)
        return cls(-slope_x * z, -slope_y * z, z)

    def dot(self, direction: np.ndarray) -> np.ndarray:
        """Returns the cosine of the angle to a unit direction, at least 0."""
        x, y, z = direction.astype(np.float32)
        return np.maximum(x * self.x + y * self.y + z * self.z, 0)


@dataclass(frozen=True)
class Light:
    """One lamp and ambient light.

    Attributes:
        direction: Unit vector to the lamp (x to the right, y down, z to the camera).
        ambient: Share of ambient light, in [0, 1].
    """

    direction: np.ndarray
    ambient: float = 0.45

    @classmethod
    def sample(
        cls, rng: np.random.Generator, azimuth: float, spread: float, elevation: float, ambient: float
    ) -> "Light":
        """Returns random light, with the lamp at `azimuth` ± `spread` degrees (0 is right, 90 is below) and `elevation` ± 6 degrees."""
        turn = np.deg2rad(azimuth + spread * rng.uniform(-1, 1))
        rise = np.deg2rad(elevation + 6 * rng.uniform(-1, 1))
        direction = np.array([np.cos(turn) * np.cos(rise), np.sin(turn) * np.cos(rise), np.sin(rise)])
        return cls(direction, ambient + 0.05 * rng.uniform(-1, 1))

    def diffuse(self, normals: Normals) -> np.ndarray:
        """Returns Lambertian shading; about 1 on a flat surface."""
        flat = self.ambient + (1 - self.ambient) * self.direction[2]
        sky = self.ambient * (0.55 + 0.45 * normals.z)
        return (sky + (1 - self.ambient) * normals.dot(self.direction)) * np.float32(1 / flat)

    def gloss(self, normals: Normals, sharpness: float) -> np.ndarray:
        """Returns a Blinn-Phong highlight, 1 at its centre."""
        middle = self.direction + np.array([0, 0, 1])
        return normals.dot(middle / np.linalg.norm(middle)) ** np.float32(sharpness)

    def shadow(self, cover: np.ndarray, reach: float, soft: float) -> np.ndarray:
        """Returns the soft shadow, in [0, 1], of a shape that is `reach` thick, blurred by `soft`; both in half images."""
        dx, dy = -self.direction[:2] / max(self.direction[2], 0.3) * reach * HALF
        moved = cv2.warpAffine(
            cover, np.array([[1, 0, dx], [0, 1, dy]]), (CANVAS, CANVAS), borderMode=cv2.BORDER_REPLICATE
        )
        return blur(moved, soft)


def metal(normals: Normals, light: Light) -> np.ndarray:
    """Returns the shading of brushed metal, which reflects a dark room, a window at the lamp, and a strip opposite to it."""
    side = np.float32(light.direction[0]) * normals.x + np.float32(light.direction[1]) * normals.y
    room = 0.10 + 0.16 * normals.z
    window = 0.75 * bump(side, 0.33, 0.22)
    strip = 0.30 * bump(side, -0.62, 0.16)
    return room + (window + strip) * (0.35 + 0.65 * normals.z) + 0.10 * light.diffuse(normals)
