#!/usr/bin/env bash
# A server of Gradio that nobody uses does not sleep: its queue looks for a call a thousand times a second, and for progress to tell a hundred
# times, for as long as it runs. On Windows it looks 20 and 10 times a second. How much of a core that takes depends on the processor.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, gradio 6.31.0
#   expected: the queue of a server that nobody uses waits until a call comes
#   observed: in 5 seconds it looked 4,409 times for a call and 474 times for progress; the idle server took 4.9% of a core
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0 numpy==2.4.6
export GRADIO_ANALYTICS_ENABLED=False

python <<'PY'
import asyncio
import time
from collections import Counter

import gradio as gr
from finding import report

looks = Counter()
sleep = asyncio.sleep


async def counted(delay, *more):
    looks[delay] += 1
    return await sleep(delay, *more)


with gr.Blocks() as demo:
    gr.Button().click(lambda: None)
demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
queue = demo._queue
time.sleep(2)
begun = time.process_time()
time.sleep(5)
share = (time.process_time() - begun) / 5
asyncio.sleep = counted  # what the queue calls between two looks
time.sleep(5)
calls, progress = looks[queue.sleep_when_free], looks[queue.progress_update_sleep_when_free]
demo.close(verbose=False)
report(
    "gradio",
    "the queue of a server that nobody uses waits until a call comes",
    f"in 5 seconds it looked {calls:,} times for a call and {progress:,} times for progress; the idle server took {share:.1%} of a core",
    calls > 1000,
)
PY
