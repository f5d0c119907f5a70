#!/usr/bin/env bash
# `gr.on` takes several events. Whether a second one that comes while the first is answered is answered too, or dropped, depends on which of them
# stands first in the list: after a `change` the last one is kept, after any other event it is dropped, also where it is a `change`. Gradio's
# documentation states the default for each kind of event, not for a list of them.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, gradio 6.31.0
#   expected: the order of the events makes no difference
#   observed: [change, select]: always_last, [select, change]: once
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0 numpy==2.4.6
export GRADIO_ANALYTICS_ENABLED=False

python <<'PY'
import gradio as gr

from finding import report

with gr.Blocks() as demo:
    key = gr.BrowserState("")
    with gr.Tab("Results") as tab:
        shown = gr.Textbox()
    for events in ([key.change, tab.select], [tab.select, key.change]):
        gr.on(events, lambda value: value, key, shown)
first, second = (dependency["trigger_mode"] for dependency in demo.get_config_file()["dependencies"])
report(
    "gradio",
    "the order of the events makes no difference",
    f"[change, select]: {first}, [select, change]: {second}",
    (first, second) == ("always_last", "once"),
)
PY
