"""Texts of the model export in the Results tab."""

from favae_demo.core.settings import install_command

TITLE = "For other programs"
INTRO = (
    "The chosen model as files that run without this app and without PyTorch: the whole network, its limits, and an example "
    "that judges pictures. The files are checked: they answer as the model does here."
)
FORMAT, FORMAT_INFO = (
    "Format",
    "ncnn is fast on processors and phones; OpenVINO suits Intel's; ONNX is read by most programs",
)
FORMATS = {"onnx": "ONNX", "ncnn": "ncnn", "openvino": "OpenVINO"}
MAKE, SAVE = "Make the files", "Save the files (ZIP)"
WORKING = "Converting the model and checking its answers, which takes some seconds …"
DONE = "Done: the largest difference from the model here is {error:.0e} of the highest error."
MISSING = f"To make them, somebody has to install more packages on this computer: {install_command('fast')}"
CHOOSE = "Choose a model above first."
