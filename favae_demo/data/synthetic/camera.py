"""Model of a camera, which converts linear light to an 8-bit image: lens blur, uneven light, exposure and sensor noise."""

from dataclasses import dataclass

import cv2
import numpy as np

from favae_demo.data.synthetic.surface import SIZE


@dataclass(frozen=True)
class Camera:
    """Settings of one shot; the same for the good and the damaged image of a part.

    Attributes:
        gain: Factor on the light of each pixel and channel, SIZE×SIZE×3, about 1.
        blur: Standard deviation of the lens blur in pixels.
        noise: Strength of the sensor noise, as a share of the range of grey levels.
    """

    gain: np.ndarray
    blur: float
    noise: float

    @classmethod
    def sample(cls, rng: np.random.Generator, grey: bool = False) -> "Camera":
        """Returns random settings: exposure, colour cast (weak if `grey`), a gradient of the light, vignetting, blur and noise."""
        axis = np.linspace(-1, 1, SIZE, dtype=np.float32)
        slope_x, slope_y = rng.uniform(-0.06, 0.06, 2)
        vignette, exposure = rng.uniform(0.02, 0.09), rng.uniform(0.93, 1.07)
        cast = 1 + rng.uniform(-0.02, 0.02, 3) * (0.3 if grey else 1)
        field = 1 + slope_x * axis + slope_y * axis[:, None] - vignette * (axis**2 + axis[:, None] ** 2)
        gain = (field * exposure)[..., None] * cast
        return cls(gain.astype(np.float32), rng.uniform(0.45, 0.7), rng.uniform(0.006, 0.012))

    def develop(self, light: np.ndarray) -> np.ndarray:
        """Returns the image without noise: SIZE×SIZE×3 float32 in [0, 1], gamma-coded.

        Args:
            light: Linear light, CANVAS×CANVAS×3.
        """
        small = cv2.resize(light, (SIZE, SIZE), interpolation=cv2.INTER_AREA) * self.gain
        small = cv2.GaussianBlur(small, (0, 0), self.blur)
        return np.clip(small, 0, 1) ** np.float32(1 / 2.2)

    def record(self, image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Adds noise to a developed image and rounds it to uint8; as in a sensor, half of the noise is common to the channels."""
        grain = rng.standard_normal((SIZE, SIZE, 1), dtype=np.float32)
        colour = cv2.GaussianBlur(rng.standard_normal((SIZE, SIZE, 3), dtype=np.float32), (0, 0), 0.7)
        noisy = image + np.float32(self.noise) * (grain + colour) * (0.6 + 0.8 * image * (1 - image))
        return np.clip(np.rint(noisy * 255), 0, 255).astype(np.uint8)
