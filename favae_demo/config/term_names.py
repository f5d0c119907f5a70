"""Names of the terms of the reconstruction error: one for the pixels, one for each layer of teacher features."""

MEMORY = "memory"  # name of the map of distances from the memory of patches, which is no term of the reconstruction error


def layer_names(count: int) -> list[str]:
    """Returns the names of the feature terms, finest layer first: `layer1`, `layer2`, …"""
    return [f"layer{i + 1}" for i in range(count)]


def term_names(layers: int) -> list[str]:
    """Returns the names of all terms for a number of layers: `pixels`, `layer1`, …"""
    return ["pixels", *layer_names(layers)]
