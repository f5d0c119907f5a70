"""What pyproject.toml cannot say: a built package holds some of the models in `checkpoints/`, as `favae_demo/shipped/`.

They are those of the generated categories, which need no data of the user: 10 MB. All models stay in the checkout.
"""

from setuptools import find_namespace_packages, setup

SHIPPED = "favae_demo.shipped"

setup(
    packages=[*find_namespace_packages(include=["favae_demo*"]), SHIPPED],
    package_dir={SHIPPED: "checkpoints"},
    package_data={
        "": ["*.css", "*.html", "*.js", "*.svg", "py.typed"],
        "favae_demo.data.library": ["mvtec_hashes.json"],
        SHIPPED: ["sample_*-efficientnet-lite0-extended.safetensors"],
    },
)
