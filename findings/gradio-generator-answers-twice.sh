#!/usr/bin/env bash
# A handler of Gradio that is a generator sends its last values twice: once when it yields them, and once more, in full, when it ends. The page
# draws both. A function that returns the same values sends them once, so a generator that yields once is not the same as a function.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, gradio 6.31.0, httpx 0.28.1
#   expected: the values are sent once by a function, and once by a generator that yields once
#   observed: by a function 1 time (100,000 bytes), by a generator 2 times (200,000 bytes)
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0 httpx==0.28.1 numpy==2.4.6
export GRADIO_ANALYTICS_ENABLED=False

python <<'PY'
import json

import gradio as gr
import httpx

from finding import report

VALUE = "v" * 100_000


def answer() -> str:
    return VALUE


def answers():
    yield VALUE


def times_sent(url: str, event: int) -> int:
    """Calls an event as the page does; returns how many messages hold its value."""
    session = f"s{event}"
    call = {"data": [], "fn_index": event, "session_hash": session}
    httpx.post(f"{url}gradio_api/queue/join", json=call).raise_for_status()
    count = 0
    with httpx.stream("GET", f"{url}gradio_api/queue/data", params={"session_hash": session}, timeout=60) as lines:
        for line in lines.iter_lines():
            if not line.startswith("data:"):
                continue
            message = json.loads(line.removeprefix("data:"))
            count += json.dumps(message.get("output") or {}).count(VALUE)
            if message["msg"] in ("process_completed", "close_stream"):
                return count
    return count


with gr.Blocks() as demo:
    shown, button, other = gr.Textbox(), gr.Button(), gr.Button()
    button.click(answer, None, shown)
    other.click(answers, None, shown)
_, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
once, twice = (times_sent(url, event) for event in (0, 1))
demo.close(verbose=False)
report(
    "gradio httpx",
    "the values are sent once by a function, and once by a generator that yields once",
    f"by a function {once} time ({once * len(VALUE):,} bytes), by a generator {twice} times ({twice * len(VALUE):,} bytes)",
    (once, twice) == (1, 2),
)
PY
