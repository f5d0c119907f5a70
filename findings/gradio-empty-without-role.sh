#!/usr/bin/env bash
# Where an image of Gradio shows nothing yet, the page has an element with the name "Empty value" and without a role. A name of an element
# without a role is not read out, and checkers of accessibility report it (axe: aria-prohibited-attr). It is gone once a picture is there,
# so a check of the finished page does not see it.
#
# Needs Chromium (`chromium` or `chromium-headless-shell`).
#
# Output seen on Linux (x86-64), Chromium 156:
#   versions: Python 3.11.7, gradio 6.31.0, playwright 1.65.2
#   expected: an element with a name has a role that allows it
#   observed: DIV, name 'Empty value', role None
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0 playwright==1.65.2 numpy==2.4.6
export GRADIO_ANALYTICS_ENABLED=False

python <<'PY'
import shutil

import gradio as gr
from playwright.sync_api import sync_playwright

from finding import report

with gr.Blocks() as demo:
    gr.Image(label="Result", interactive=False)
_, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
    page = browser.new_page()
    page.goto(url)
    empty = page.locator(".empty").first
    empty.wait_for()
    tag, name, role = empty.evaluate("(one) => [one.tagName, one.ariaLabel, one.getAttribute('role')]")
    browser.close()
demo.close(verbose=False)
report(
    "gradio playwright",
    "an element with a name has a role that allows it",
    f"{tag}, name {name!r}, role {role}",
    tag == "DIV" and bool(name) and role is None,
)
PY
