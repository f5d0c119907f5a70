#!/usr/bin/env bash
# A page of Gradio takes time to open that grows with the number of its components times that of its events: it looks through all events
# for each component, and does so in objects that Svelte has made reactive, where reading costs several times as much. Svelte leaves
# objects alone whose prototype is not the plain one, so a script in the page's head that gives each event another prototype, and changes
# nothing else, makes the same page open in less time.
#
# Needs Chromium (`chromium` or `chromium-headless-shell`).
#
# Output seen on Linux (x86-64), Chromium 156:
#   versions: Python 3.11.7, gradio 6.31.0, playwright 1.65.2
#   expected: the prototype of an event makes no difference
#   observed: the scripts of a page with 600 components and 600 events take 1.4 times as long with plain ones
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0 playwright==1.65.2 numpy==2.4.6
export GRADIO_ANALYTICS_ENABLED=False

python <<'PY'
import shutil
import statistics

import gradio as gr
from playwright.sync_api import sync_playwright

from finding import report

COMPONENTS, EVENTS, TURNS = 600, 600, 3
NOT_PLAIN = """<script>for (const event of window.gradio_config.dependencies)
  Object.setPrototypeOf(event, Object.create(Object.prototype));</script>"""

with gr.Blocks() as demo:
    fields = [gr.Textbox(label=f"field {number}") for number in range(COMPONENTS)]
    for field in fields[:EVENTS]:
        field.submit(lambda text: text, field, field)


def script_seconds(browser, head: str) -> float:
    """Opens the page; returns the seconds that its scripts ran until its last field was there."""
    _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", head=head)
    page = browser.new_page()
    figures = page.context.new_cdp_session(page)
    figures.send("Performance.enable")
    page.goto(url)
    page.get_by_label(f"field {COMPONENTS - 1}", exact=True).wait_for(timeout=120_000)
    metrics = figures.send("Performance.getMetrics")["metrics"]
    page.close()
    demo.close(verbose=False)
    return next(one["value"] for one in metrics if one["name"] == "ScriptDuration")


program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
    seconds = {head: [] for head in ("", NOT_PLAIN)}
    for _ in range(TURNS):
        for head, measured in seconds.items():
            measured.append(script_seconds(browser, head))
    browser.close()
plain, other = (statistics.median(measured) for measured in seconds.values())
report(
    "gradio playwright",
    "the prototype of an event makes no difference",
    f"the scripts of a page with {COMPONENTS} components and {EVENTS} events take {plain / other:.1f} times as long with plain ones",
    plain / other > 1.2,
)
PY
