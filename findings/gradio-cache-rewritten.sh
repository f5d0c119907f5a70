#!/usr/bin/env bash
# Gradio names the file of a picture in an answer by its content, and writes it again each time the same picture is answered: in
# place, so that the file is empty for a moment. Somebody who just reads it, as another visitor who sees the same example, gets a
# part of the picture (uvicorn: "Too much data for declared Content-Length", or too little).
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, gradio 6.31.0, numpy 2.4.6, Pillow 12.3.0
#   expected: a file with the right name and content is left as it is, or replaced by a rename
#   observed: written again in place; short when looked at in 20 s: True
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0 numpy==2.4.6 pillow==12.3.0
export GRADIO_ANALYTICS_ENABLED=False

python <<'PY'
import os
import threading
import time

import gradio as gr
import numpy as np

from finding import report

picture = np.random.default_rng(0).integers(0, 256, (600, 800, 3), np.uint8)
shown = gr.Image(format="png", interactive=False)
path = shown.postprocess(picture).path
whole = os.stat(path)
os.utime(path, (0, 0))
again = os.stat(shown.postprocess(picture).path)
in_place = again.st_ino == whole.st_ino and again.st_mtime > 1e9

ended = threading.Event()


def answered_by_gradio() -> None:
    while not ended.is_set():
        shown.postprocess(picture)


writer = threading.Thread(target=answered_by_gradio)
writer.start()
short, deadline = False, time.monotonic() + 20
while not short and time.monotonic() < deadline:
    short = os.stat(path).st_size < whole.st_size
ended.set()
writer.join()
report(
    "gradio numpy pillow",
    "a file with the right name and content is left as it is, or replaced by a rename",
    f"{'written again in place' if in_place else 'left'}; short when looked at in 20 s: {short}",
    in_place and short,
)
PY
