#!/usr/bin/env bash
# Gradio encodes the pictures of an answer after the handler has returned, outside of it. So of two answers to one page, that of the
# handler that returned first may arrive last: a visitor's latest choice is drawn over by the answer to an earlier one, although
# each handler looked, as its last act, whether it was still the latest.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, gradio 6.31.0, numpy 2.4.6, httpx 0.28.1
#   expected: the answer of the handler that returned first is sent first
#   observed: returned: picture, words; sent: words, picture
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0 httpx==0.28.1 numpy==2.4.6
export GRADIO_ANALYTICS_ENABLED=False

python <<'PY'
import json
import threading

import gradio as gr
import httpx
import numpy as np

from finding import report

returned: list[str] = []
has_returned = threading.Event()


def picture() -> np.ndarray:
    large = np.random.default_rng(0).integers(0, 256, (3000, 3000, 3), np.uint8)
    returned.append("picture")
    has_returned.set()
    return large


def words() -> str:
    returned.append("words")
    return "here"


with gr.Blocks() as demo:
    gr.Button().click(picture, None, gr.Image(format="png"), concurrency_limit=None)
    gr.Button().click(words, None, gr.Textbox(), concurrency_limit=None)
_, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")


def choose(handler: int) -> str:
    order = {"data": [], "fn_index": handler, "session_hash": "page"}
    return httpx.post(f"{url}gradio_api/queue/join", json=order).raise_for_status().json()["event_id"]


names = {choose(0): "picture"}
has_returned.wait(60)
names[choose(1)] = "words"
sent: list[str] = []
with httpx.stream("GET", f"{url}gradio_api/queue/data?session_hash=page", timeout=120) as stream:
    for line in stream.iter_lines():
        message = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
        if message.get("msg") == "process_completed":
            sent.append(names[message["event_id"]])
        if len(sent) == 2:
            break
demo.close(verbose=False)
report(
    "gradio numpy httpx",
    "the answer of the handler that returned first is sent first",
    f"returned: {', '.join(returned)}; sent: {', '.join(sent)}",
    returned == ["picture", "words"] and sent == ["words", "picture"],
)
PY
