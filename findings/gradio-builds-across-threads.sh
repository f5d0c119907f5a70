# A component that any thread makes joins whatever Gradio page another thread is building at that moment.
#
# `with gr.Blocks() as page:` keeps the page that is being built in `gradio.context.Context`, which all threads share. A handler that returns an
# update makes a component (`gr.Textbox(label=...)`), as Gradio's guides advise. If it runs while another thread builds a page, as for a second
# language or a second mount, its component becomes a part of that page, without an error. Outside of such a block it belongs to no page.
#
# expected: the page has the one component that its block made
# observed: markdown, textbox, form (the form is Gradio's own frame around the textbox)
source "$(dirname "$0")/lib.sh"
install gradio==6.31.0
cat > threads.py <<'PYTHON'
import threading

import gradio as gr
from finding import report

building, made = threading.Event(), threading.Event()


def update_elsewhere():
    """As a handler would, which answers a visitor meanwhile."""
    building.wait()
    gr.Textbox(label="an update")
    made.set()


handler = threading.Thread(target=update_elsewhere)
handler.start()
with gr.Blocks() as page:
    gr.Markdown("The only component of this page")
    building.set()
    made.wait()
handler.join()
seen = [component.get_block_name() for component in page.blocks.values()]
report("gradio", "markdown", ", ".join(seen), seen == ["markdown", "textbox", "form"])
PYTHON
python threads.py
