#!/usr/bin/env bash
# gr.Image hands a 16-bit grey image to the function as 8 bits with everything above 255 cut to white: Pillow's
# convert("RGB") without scaling. A 16-bit colour image of the same values is scaled.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, gradio 6.31.0, pillow 12.3.0
#   expected: a mean of about 127 for a ramp from black to white, in grey and in colour
#   observed: grey 254.5, colour 127.5
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0 gradio_client==2.7.2 opencv-python-headless==5.0.0.93 numpy==2.4.6
export GRADIO_ANALYTICS_ENABLED=False

python <<'PY'
import cv2
import gradio as gr
import numpy as np
from gradio_client import Client, handle_file

from finding import report


def mean(image: np.ndarray) -> float:
    return float(image.mean())


ramp = np.linspace(0, 65_535, 64 * 64).astype(np.uint16).reshape(64, 64)
cv2.imwrite("grey.png", ramp)
cv2.imwrite("colour.png", np.dstack([ramp] * 3))
demo = gr.Interface(mean, gr.Image(type="numpy"), gr.Number(), api_name="mean")
_, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
client = Client(url, verbose=False)
grey, colour = (client.predict(handle_file(f"{name}.png"), api_name="/mean") for name in ("grey", "colour"))
demo.close(verbose=False)
report(
    "gradio pillow",
    "a mean of about 127 for a ramp from black to white, in grey and in colour",
    f"grey {grey:.1f}, colour {colour:.1f}",
    grey > 250 and 125 < colour < 130,
)
PY
