"""The page is served before the heavy packages are loaded: they come with the first picture."""

import subprocess
import sys

from favae_demo.core.settings import PROJECT

LATER = ("torch", "torchvision", "sklearn", "h5py")


def test_building_the_page_loads_no_heavy_package() -> None:
    program = (
        "import sys; from favae_demo.core.settings import Settings; from favae_demo.ui.app import build_app; "
        "build_app(Settings.from_env()); print(*[name for name in sys.argv[1:] if name in sys.modules])"
    )
    call = [sys.executable, "-c", program, *LATER]
    done = subprocess.run(call, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_judging_loads_neither_torchvision_nor_the_compiler() -> None:
    code = (
        "import sys; import numpy as np; from favae_demo import Detector; "
        "Detector.load('sample_bottle-efficientnet-lite0-extended').detect([np.zeros((256, 256, 3), np.uint8)]); "
        "sys.exit(', '.join({'torchvision', 'torch._dynamo', 'sklearn'} & set(sys.modules)) or 0)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
