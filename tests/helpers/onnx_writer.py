"""Writes the parts of the ONNX format that the tests of its reader need."""

import numpy as np


def varint(value: int) -> bytes:
    """Encodes a base-128 number."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def number(field: int, value: int) -> bytes:
    """Encodes an integer field."""
    return varint(field << 3) + varint(value)


def block(field: int, content: bytes) -> bytes:
    """Encodes a field of bytes, a string or a sub-message."""
    return varint(field << 3 | 2) + varint(len(content)) + content


def tensor(name: str, array: np.ndarray, *, packed: bool = False, data_type: int = 1) -> bytes:
    """Encodes a TensorProto with raw data."""
    dims = (
        block(1, b"".join(varint(side) for side in array.shape))
        if packed
        else b"".join(number(1, side) for side in array.shape)
    )
    return dims + number(2, data_type) + block(8, name.encode()) + block(9, array.tobytes())


def model(*tensors: bytes) -> bytes:
    """Encodes a ModelProto whose graph has one node and these initialisers."""
    graph = block(1, block(4, b"Relu")) + b"".join(block(5, item) for item in tensors)
    return number(1, 8) + block(2, b"test") + block(7, graph) + block(8, number(2, 300))
