#!/usr/bin/env bash
# A mask that a function returns through gr.Image reaches the page and gradio_client as lossy WebP: an image of two colours
# comes out with hundreds. With format="png" it is the image that was returned.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, gradio 6.31.0
#   expected: two colours and no changed pixel of 4096
#   observed: colours {'usual': 435, 'png': 2}, changed pixels {'usual': 2802, 'png': 0}
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0 gradio_client==2.7.2 opencv-python-headless==5.0.0.93 numpy==2.4.6
export GRADIO_ANALYTICS_ENABLED=False

python <<'PY'
import cv2
import gradio as gr
import numpy as np
from gradio_client import Client

from finding import report

rows, columns = np.mgrid[:64, :64]
mask = np.zeros((64, 64, 3), np.uint8)
mask[np.hypot(rows - 32, columns - 32) < 20] = (255, 0, 0)

with gr.Blocks() as demo:
    for name, image in (("usual", gr.Image()), ("png", gr.Image(format="png"))):
        gr.Button().click(lambda: mask, None, image, api_name=name)
_, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
client = Client(url, verbose=False)
colours, changed = {}, {}
for name in ("usual", "png"):
    image = cv2.imread(client.predict(api_name=f"/{name}"))[..., ::-1]
    colours[name] = len(np.unique(image.reshape(-1, 3), axis=0))
    changed[name] = int((image != mask).any(-1).sum())
demo.close(verbose=False)
report(
    "gradio",
    "two colours and no changed pixel of 4096",
    f"colours {colours}, changed pixels {changed}",
    colours["usual"] > 100 and changed["usual"] > 1000 and colours["png"] == 2 and changed["png"] == 0,
)
PY
