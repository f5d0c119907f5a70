"""File pickers offer exactly what is read."""

import subprocess
import sys

import gradio as gr
import pytest

from favae_demo.core.settings import PROJECT
from favae_demo.data.io.archives import PICKER_ENDINGS
from favae_demo.data.io.formats import ACCEPTED, EXTENSIONS
from favae_demo.ui.components import image_picker
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.batch import tab as batch_tab
from favae_demo.ui.tabs.data import upload_form

pytest_plugins = ["trained_widget"]


def test_uploads_accept_the_formats_that_are_read(services: Services) -> None:
    with gr.Blocks():
        own = image_picker.build(3, 300)["upload"]
        batch = batch_tab.build(services)["files"]
        data = upload_form.build(services)["good"]
    assert set(own.file_types) == set(data.file_types) == set(ACCEPTED) == set(EXTENSIONS)
    assert set(batch.file_types) == {*ACCEPTED, *PICKER_ENDINGS}


@pytest.mark.parametrize("here", [True, False])
def test_dicom_is_offered_only_where_its_reader_is(here: bool) -> None:
    hide = (
        ""
        if here
        else "import importlib.util as u; f = u.find_spec; u.find_spec = lambda n: None if n == 'pydicom' else f(n);"
    )
    show = "from favae_demo.data.io.formats import ACCEPTED, EXTENSIONS, KINDS; print('.dcm' in ACCEPTED, 'DICOM' in KINDS, '.dcm' in EXTENSIONS)"
    command = [sys.executable, "-c", f"{hide}{show}"]
    answer = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.split()
    assert answer == [str(here), str(here), "True"]
