#!/usr/bin/env bash
# The events of `gr.Dropdown` do not say that a visitor has chosen something. `input` comes twice with a choice by the mouse, and once more each time
# the list is left as it is, by the Tab key or a click elsewhere; `select` does not come where the choice is made with the keyboard.
#
# Needs Chromium (`chromium` or `chromium-headless-shell`).
#
# Output seen on Linux (x86-64), Chromium 156:
#   versions: Python 3.11.7, gradio 6.31.0, playwright 1.65.2
#   expected: one input and one select for each choice, none where nothing is chosen
#   observed: by the mouse: input 2, select 1; by the keyboard: input 1, select 0; left as it is: input 1, select 0
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0 playwright==1.65.2 numpy==2.4.6
export GRADIO_ANALYTICS_ENABLED=False

python <<'PY'
import shutil

import gradio as gr
from playwright.sync_api import sync_playwright

from finding import report

told = []
with gr.Blocks() as demo:
    letter = gr.Dropdown(["alpha", "beta", "gamma"], value="alpha", label="letter", interactive=True)
    gr.Textbox(label="elsewhere")
    letter.input(lambda: told.append("input"), None, None)
    letter.select(lambda: told.append("select"), None, None)


def counted(act) -> str:
    """Returns how often each event came for what a visitor does."""
    told.clear()
    act()
    page.wait_for_timeout(1500)
    return f"input {told.count('input')}, select {told.count('select')}"


def choose_by_keyboard() -> None:
    field.focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        field.press(key)


def choose_by_mouse() -> None:
    field.click()
    page.get_by_role("option", name="gamma").click()


program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
_, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
    page = browser.new_page()
    page.goto(url)
    field = page.get_by_label("letter", exact=True)
    field.wait_for(timeout=60_000)
    by_keyboard = counted(choose_by_keyboard)
    left = counted(lambda: field.press("Tab"))
    by_mouse = counted(choose_by_mouse)
    browser.close()
demo.close(verbose=False)
observed = f"by the mouse: {by_mouse}; by the keyboard: {by_keyboard}; left as it is: {left}"
report(
    "gradio playwright",
    "one input and one select for each choice, none where nothing is chosen",
    observed,
    observed == "by the mouse: input 2, select 1; by the keyboard: input 1, select 0; left as it is: input 1, select 0",
)
PY
