#!/usr/bin/env bash
# A Gradio handler that is a generator and ends before its first yield empties all its outputs on the page: galleries, lists and texts
# become null. One that yielded something, and then ends, leaves them. So a handler that says nothing because its answer is no longer
# wanted clears what the page shows; it has to yield `gr.skip()`.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, gradio 6.31.0, httpx 0.28.1
#   expected: a generator that yields nothing changes nothing
#   observed: nothing yielded: [None, None]; skip yielded: [{'__type__': 'update'}, {'__type__': 'update'}]
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0 httpx==0.28.1
export GRADIO_ANALYTICS_ENABLED=False

python <<'PY'
import json
from collections.abc import Iterator

import gradio as gr
import httpx

from finding import report


def silent() -> Iterator[dict]:
    yield from ()


def skipping() -> Iterator[dict]:
    yield gr.skip()


with gr.Blocks() as demo:
    shown = [gr.Textbox("a text"), gr.Dropdown(["a", "b"], value="b")]
    for handler in (silent, skipping):
        gr.Button().click(handler, None, shown)
_, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")


def answer(handler: int) -> list:
    order = {"data": [], "fn_index": handler, "session_hash": f"page {handler}"}
    httpx.post(f"{url}gradio_api/queue/join", json=order).raise_for_status()
    asked = {"session_hash": order["session_hash"]}
    with httpx.stream("GET", f"{url}gradio_api/queue/data", params=asked, timeout=60) as stream:
        for line in stream.iter_lines():
            message = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
            if message.get("msg") == "process_completed":
                return message["output"]["data"]
    raise RuntimeError("the stream ended")


unsaid, skipped = answer(0), answer(1)
demo.close(verbose=False)
report(
    "gradio httpx",
    "a generator that yields nothing changes nothing",
    f"nothing yielded: {unsaid}; skip yielded: {skipped}",
    (unsaid, skipped) == ([None, None], [gr.skip(), gr.skip()]),
)
PY
