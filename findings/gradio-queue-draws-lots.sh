#!/usr/bin/env bash
# Gradio's queue keeps the order of waiting calls only within one function. When a place becomes free it draws the function by lot, so of two calls
# that one visitor made one after the other, the second may begin first: on a busy page, a key before the click that it follows.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, gradio 6.31.0, httpx 0.28.1
#   expected: calls of two functions that wait while the page is busy begin in the order in which they were made
#   observed: of 40 such pairs some began the other way round
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0 httpx==0.28.1 numpy==2.4.6
export GRADIO_ANALYTICS_ENABLED=False

python <<'PY'
import time

import gradio as gr
import httpx

from finding import report

PAIRS = 40
begun: list[str] = []

with gr.Blocks() as demo:
    long, first, second = gr.Button(), gr.Button(), gr.Button()
    long.click(lambda: time.sleep(0.2))
    first.click(lambda: begun.append("first"))
    second.click(lambda: begun.append("second"))
_, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", max_threads=1)

turned = 0
with httpx.Client() as client:
    for _ in range(PAIRS):
        begun.clear()
        for event in (0, 1, 2):
            call = {"data": [], "fn_index": event, "session_hash": "one visitor"}
            client.post(f"{url}gradio_api/queue/join", json=call).raise_for_status()
        while len(begun) < 2:
            time.sleep(0.01)
        turned += begun == ["second", "first"]
demo.close(verbose=False)
print("turned round:", turned)
report(
    "gradio httpx",
    "calls of two functions that wait while the page is busy begin in the order in which they were made",
    f"of {PAIRS} such pairs {'some' if turned else 'none'} began the other way round",
    turned > 0,
)
PY
