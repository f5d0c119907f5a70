"""Images as `data:` URLs."""

import base64

import cv2
import numpy as np


def jpeg_data_url(image: np.ndarray, quality: int) -> str:
    """Returns an image (H×W×3 uint8 RGB) as a `data:` URL, so that no file is left behind."""
    _, data = cv2.imencode(
        ".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    return f"data:image/jpeg;base64,{base64.b64encode(data.tobytes()).decode()}"
