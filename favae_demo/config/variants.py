"""Kinds of model and their display names."""

from favae_demo.config.methods import METHODS

# Display name of each kind of model, by its teacher; the report has the first three.
TITLES = {
    "none": "VAE",
    "vgg16": "VAE + VGG16",
    "vgg19": "VAE + VGG19",
    "efficientnet-lite0": "VAE + EfficientNet-Lite0",
    "efficientnet-b0": "VAE + EfficientNet-B0",
    "resnet18": "VAE + ResNet-18",
    "wide-resnet50-2": "VAE + Wide ResNet-50-2",
}

TEACHERS = tuple(TITLES)
REPORT_TEACHERS = TEACHERS[:3]
# Display name of each variant: a FAVAE by its teacher, and the other methods.
VARIANT_TITLES = TITLES | {name: row.title for name, row in METHODS.items() if not row.by_teacher}
