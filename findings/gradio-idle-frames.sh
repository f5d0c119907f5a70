#!/usr/bin/env bash
# A page of Gradio draws sixty frames a second for as long as it is open, though nothing on it moves: the tracker that says "Loading..." before
# the page is there counts the time in a loop of animation frames, which goes on after the tracker was removed. Without a graphics card an
# idle page keeps about a twentieth of a core busy.
#
# Needs Chromium (`chromium` or `chromium-headless-shell`).
#
# Output seen on Linux (x86-64), Chromium 156:
#   versions: Python 3.11.7, gradio 6.31.0, playwright 1.65.2
#   expected: a page with a text that nobody touches asks for no frame
#   observed: 180 frames were asked for in 3 seconds
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0 playwright==1.65.2 numpy==2.4.6
export GRADIO_ANALYTICS_ENABLED=False

python <<'PY'
import shutil

import gradio as gr
from playwright.sync_api import sync_playwright

from finding import report

COUNT = """window.frames_asked = 0;
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => { window.frames_asked++; return ask(callback); };"""

with gr.Blocks() as demo:
    gr.Markdown("Nothing moves here.")
_, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
    page = browser.new_page()
    page.add_init_script(COUNT)
    page.goto(url)
    page.get_by_text("Nothing moves here.").wait_for()
    page.wait_for_timeout(5000)  # whatever fades in is there
    before = page.evaluate("frames_asked")
    page.wait_for_timeout(3000)
    frames = page.evaluate("frames_asked") - before
    browser.close()
demo.close(verbose=False)
report(
    "gradio playwright",
    "a page with a text that nobody touches asks for no frame",
    f"{frames} frames were asked for in 3 seconds",
    frames > 60,
)
PY
