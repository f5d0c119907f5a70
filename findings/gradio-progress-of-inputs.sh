#!/usr/bin/env bash
# Once an event of a page of Gradio has ended, its inputs are given a progress too, and at every step of any other event, also of one that has
# nothing to do with them, the page renews the progress of all of them, and takes a copy of all that each of them holds. An event of one text box
# takes many times as long after another event has read a form of 300 fields once, also where both show no progress. Gradio joins its lists of
# outputs and inputs to find them: a list of inputs that is marked as not to be spread is passed over.
#
# Needs Chromium (`chromium` or `chromium-headless-shell`).
#
# Output seen on Linux (x86-64), Chromium 156:
#   versions: Python 3.11.7, gradio 6.31.0, playwright 1.65.2
#   expected: an event takes as long after another one has read a form of 300 fields as before
#   observed: its scripts take 28.6 times as long; 2.1 times with lists of inputs that are not spread
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0 playwright==1.65.2 numpy==2.4.6
export GRADIO_ANALYTICS_ENABLED=False

python <<'PY'
import shutil

import gradio as gr
from playwright.sync_api import sync_playwright

from finding import report

FIELDS, TIMES = 300, 20
NOT_SPREAD = """<script>for (const event of window.gradio_config.dependencies)
  event.inputs[Symbol.isConcatSpreadable] = false;</script>"""

with gr.Blocks() as demo:
    said, count, read = gr.Textbox(label="said"), gr.Button("count"), gr.Button("read")
    fields = [gr.Textbox(label=f"field {number}") for number in range(FIELDS)]
    count.click(lambda text: str(int(text or 0) + 1), said, said, show_progress="hidden")
    read.click(lambda *values: "0", fields, said, show_progress="hidden")


def seconds(page) -> float:
    """Returns the seconds that the page's scripts run for an event of one text box."""

    def script_seconds() -> float:
        metrics = figures.send("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "ScriptDuration")

    figures = page.context.new_cdp_session(page)
    figures.send("Performance.enable")
    before = script_seconds()
    for number in range(TIMES):
        page.get_by_role("button", name="count").click()
        page.wait_for_function("(text) => document.querySelector('textarea, input').value === text", arg=str(number + 1))
    page.wait_for_timeout(500)
    return (script_seconds() - before) / TIMES


def before_and_after(browser, head: str) -> tuple[float, float]:
    """Returns the seconds of an event before and after another one has read the form once."""
    _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", head=head)
    page = browser.new_page()
    page.goto(url)
    page.get_by_label(f"field {FIELDS - 1}", exact=True).wait_for(timeout=120_000)
    first = seconds(page)
    page.get_by_role("button", name="read").click()
    page.wait_for_function("document.querySelector('textarea, input').value === '0'")
    page.wait_for_timeout(500)
    second = seconds(page)
    page.close()
    demo.close(verbose=False)
    return first, second


program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
    times = {head: before_and_after(browser, head) for head in ("", NOT_SPREAD)}
    browser.close()
plain, other = (after / before for before, after in times.values())
report(
    "gradio playwright",
    f"an event takes as long after another one has read a form of {FIELDS} fields as before",
    f"its scripts take {plain:.1f} times as long; {other:.1f} times with lists of inputs that are not spread",
    plain > 3 * other,
)
PY
