"""The camera: lens, uneven light, exposure and sensor noise turn linear light into an 8-bit image."""

from dataclasses import dataclass

import cv2
import numpy as np

from favae_demo.data.synthetic.surface import SIZE


@dataclass(frozen=True)
class Camera:
    """The settings of one shot. The good and the damaged image of a part are taken with the same ones.

    Attributes:
        gain: Light that arrives at each pixel and channel, SIZE×SIZE×3, about 1.
        blur: Lens blur in pixels.
        noise: Deviation of the sensor noise at mid grey, in [0, 1].
    """

    gain: np.ndarray
    blur: float
    noise: float

    @classmethod
    def sample(cls, rng: np.random.Generator, grey: bool = False) -> "Camera":
        """Draws exposure, colour cast, a slope of the light, vignetting, blur and noise."""
        axis = np.linspace(-1, 1, SIZE, dtype=np.float32)
        slope_x, slope_y = rng.uniform(-0.06, 0.06, 2)
        vignette, exposure = rng.uniform(0.02, 0.09), rng.uniform(0.93, 1.07)
        cast = 1 + rng.uniform(-0.02, 0.02, 3) * (0.3 if grey else 1)
        field = 1 + slope_x * axis + slope_y * axis[:, None] - vignette * (axis**2 + axis[:, None] ** 2)
        gain = (field * exposure)[..., None] * cast
        return cls(gain.astype(np.float32), rng.uniform(0.45, 0.7), rng.uniform(0.006, 0.012))

    def develop(self, light: np.ndarray) -> np.ndarray:
        """The image without noise: SIZE×SIZE×3 float32 in [0, 1], gamma-coded, from a canvas of linear light."""
        small = cv2.resize(light, (SIZE, SIZE), interpolation=cv2.INTER_AREA) * self.gain
        small = cv2.GaussianBlur(small, (0, 0), self.blur)
        return np.clip(small, 0, 1) ** np.float32(1 / 2.2)

    def record(self, image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Adds noise (half of it shared by the channels, as a sensor has it) and rounds to uint8."""
        grain = rng.standard_normal((SIZE, SIZE, 1), dtype=np.float32)
        colour = cv2.GaussianBlur(rng.standard_normal((SIZE, SIZE, 3), dtype=np.float32), (0, 0), 0.7)
        noisy = image + np.float32(self.noise) * (grain + colour) * (0.6 + 0.8 * image * (1 - image))
        return np.clip(np.rint(noisy * 255), 0, 255).astype(np.uint8)
