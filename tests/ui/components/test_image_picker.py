"""File pickers offer exactly what is read."""

import subprocess
import sys

import gradio as gr
import pytest

from favae_demo.core.settings import PROJECT
from favae_demo.data.io.archives import PICKER_ENDINGS
from favae_demo.data.io.formats import ACCEPTED, EXTENSIONS
from favae_demo.ui import text
from favae_demo.ui.components import image_picker
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.batch import tab as batch_tab
from favae_demo.ui.tabs.data import upload_form
from favae_demo.ui.theme import HEAD

pytest_plugins = ["trained_widget"]


def test_uploads_accept_the_formats_that_are_read(services: Services) -> None:
    with gr.Blocks():
        batch = batch_tab.build(services)["files"]
        data = upload_form.build(services)["good"]
    assert set(data.file_types) == set(ACCEPTED) == set(EXTENSIONS)
    assert set(batch.file_types) == {*ACCEPTED, *PICKER_ENDINGS}


def test_own_images_of_other_formats_reach_the_server_which_says_what_is_wrong() -> None:
    with gr.Blocks():
        own = image_picker.build(3, 300)["upload"]
    assert own.file_types is None
    assert f'"formats": "{",".join(ACCEPTED)}"' in HEAD  # what the browser's own picker offers


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


def test_own_images_are_stepped_through_in_a_ring() -> None:
    own = image_picker.own_images(["a", "b", "a"], "photo")
    assert [image_picker.own_neighbour(own, shown, 1) for shown in own] == ["b", "photo", "a"]
    assert image_picker.own_neighbour(own, "a", -1) == "photo"
    assert image_picker.own_neighbour(own, "", 1) is None  # a test image is shown
    assert image_picker.own_neighbour(image_picker.own_images(None, None), "a", 1) is None


def test_of_several_own_images_each_says_its_number() -> None:
    assert image_picker.own_note(["a"], "a") == text.page.NO_TRUTH
    assert "2 of 3" in image_picker.own_note(["a", "b", "c"], "b")
