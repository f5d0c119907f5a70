#!/usr/bin/env bash
# When a page is closed, Gradio closes the generator that was filling it: work that runs in the generator ends with it, at
# the next yield, though it was started for good (a training). A job that nobody ever listens to runs to its end.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, gradio 6.31.0
#   expected: all 30 steps of a job whose page was closed
#   observed: closed page: 'closed by Gradio' after 2 steps; never listened to: 'finished'
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0 httpx==0.28.1 numpy==2.4.6
export GRADIO_ANALYTICS_ENABLED=False

python <<'PY'
import time

import gradio as gr
import httpx

from finding import report

log = {"closed": [], "unheard": []}


def train(name: str):
    try:
        for step in range(30):
            log[name].append(step)
            yield str(step)
            time.sleep(0.1)
        log[name].append("finished")
    except GeneratorExit:
        log[name].append("closed by Gradio")
        raise


with gr.Blocks() as demo:
    name, text = gr.Textbox(), gr.Textbox()
    gr.Button().click(train, name, text, concurrency_limit=None)
_, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")


def start(session: str) -> None:
    order = {"data": [session], "fn_index": 0, "session_hash": session}
    httpx.post(f"{url}gradio_api/queue/join", json=order).raise_for_status()


start("closed")
with httpx.stream("GET", f"{url}gradio_api/queue/data?session_hash=closed", timeout=30) as stream:
    next(line for line in stream.iter_lines() if "process_generating" in line)  # as a page does, which now goes away
start("unheard")
deadline = time.monotonic() + 60
while "finished" not in log["unheard"] and time.monotonic() < deadline:
    time.sleep(0.2)
time.sleep(1)
demo.close(verbose=False)
report(
    "gradio",
    "all 30 steps of a job whose page was closed",
    f"closed page: {log['closed'][-1]!r} after {len(log['closed']) - 1} steps; never listened to: {log['unheard'][-1]!r}",
    log["closed"][-1] == "closed by Gradio" and log["unheard"][-1] == "finished",
)
PY
