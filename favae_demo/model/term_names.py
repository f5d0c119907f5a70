"""Names of what the model rebuilds."""


def layer_names(count: int) -> list[str]:
    """Names of the feature terms, finest first: `layer1`, `layer2`, …"""
    return [f"layer{i + 1}" for i in range(count)]


def term_names(layers: int) -> list[str]:
    """Names of all terms: `pixels`, `layer1`, …"""
    return ["pixels", *layer_names(layers)]
