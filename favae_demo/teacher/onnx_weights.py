"""Reads the float tensors stored in an ONNX file, without the onnx package.

An ONNX file is one protocol-buffer message (https://protobuf.dev/programming-guides/encoding). Only the graph's initialisers and four
of their fields are read (schema: onnx/onnx.proto).
"""

from collections.abc import Iterator

import numpy as np

MODEL_GRAPH, GRAPH_INITIALIZER = 7, 5
TENSOR_DIMS, TENSOR_DATA_TYPE, TENSOR_NAME, TENSOR_RAW_DATA = 1, 2, 8, 9
FLOAT32 = 1
VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5


def read_initialisers(data: bytes) -> dict[str, np.ndarray]:
    """Reads the float32 initialisers of an ONNX model that are stored as raw bytes.

    Args:
        data: Content of the file.

    Returns:
        Arrays by name; they are read-only views of `data`.

    Raises:
        ValueError: The bytes are not a well-formed message.
    """
    tensors: dict[str, np.ndarray] = {}
    for graph in _submessages(memoryview(data), MODEL_GRAPH):
        for tensor in _submessages(graph, GRAPH_INITIALIZER):
            tensors |= _float_tensor(tensor)
    return tensors


def _submessages(message: memoryview, number: int) -> Iterator[memoryview]:
    """Yields the values of a field that holds sub-messages."""
    for field, value in _fields(message):
        if field == number:
            yield _as_bytes(value)


def _as_bytes(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise ValueError("a number where bytes are expected")
    return value


def _float_tensor(message: memoryview) -> dict[str, np.ndarray]:
    """Returns a tensor by its name; an empty dictionary if it is not float32 or not stored as raw bytes."""
    dims: list[int] = []
    data_type, name, raw = None, "", None
    for number, value in _fields(message):
        if number == TENSOR_DIMS:  # one field for each number, or all numbers packed into one field
            dims += [value] if isinstance(value, int) else _varints(value)
        elif number == TENSOR_DATA_TYPE:
            data_type = value
        elif number == TENSOR_NAME:
            name = bytes(_as_bytes(value)).decode()
        elif number == TENSOR_RAW_DATA:
            raw = _as_bytes(value)
    if data_type != FLOAT32 or raw is None:
        return {}
    return {name: np.frombuffer(raw, dtype="<f4").reshape(dims)}


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yields (field number, value) in the order of the file; a value is an integer, or the bytes of a string or sub-message."""
    position = 0
    while position < len(message):
        tag, position = _varint(message, position)
        kind = tag & 7
        value: int | memoryview
        if kind == VARINT:
            value, position = _varint(message, position)
        elif kind in (LENGTH, FIXED32, FIXED64):
            size, position = (
                _varint(message, position) if kind == LENGTH else (4 if kind == FIXED32 else 8, position)
            )
            value, position = message[position : position + size], position + size
        else:
            raise ValueError(f"unknown wire type {kind}")
        if position > len(message):
            raise ValueError("the message is cut off")
        yield tag >> 3, value


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    """Decodes the base-128 number at `position`; returns it and the position after it."""
    value = shift = 0
    while position < len(message) and shift < 64:
        byte = message[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position
    raise ValueError("the message is cut off")


def _varints(message: memoryview) -> list[int]:
    values, position = [], 0
    while position < len(message):
        value, position = _varint(message, position)
        values.append(value)
    return values
