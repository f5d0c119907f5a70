"""The reader of ONNX initialisers."""

import numpy as np
import pytest
from onnx_writer import block, model, number, tensor

from favae_demo.teacher.onnx_weights import read_initialisers


@pytest.mark.parametrize("packed", [False, True])
def test_float_tensors_are_read(packed: bool):
    weight = np.arange(300 * 2, dtype=np.float32).reshape(300, 2)
    bias = np.float32([1.5, -2.5])
    found = read_initialisers(model(tensor("w:0", weight, packed=packed), tensor("b", bias)))
    assert found.keys() == {"w:0", "b"}
    assert np.array_equal(found["w:0"], weight)
    assert np.array_equal(found["b"], bias)


def test_other_types_are_left_out():
    found = read_initialisers(
        model(tensor("i", np.arange(3), data_type=7), tensor("f", np.zeros(1, np.float32)))
    )
    assert found.keys() == {"f"}


def test_fixed_width_fields_are_skipped():
    extra = bytes([15 << 3 | 5]) + bytes(4) + bytes([15 << 3 | 1]) + bytes(8)
    assert read_initialisers(extra + model(tensor("f", np.ones(2, np.float32))))["f"].tolist() == [1, 1]


@pytest.mark.parametrize("cut", [1, 3, 20])
def test_cut_off_file_is_refused(cut: int):
    data = block(7, block(5, tensor("f", np.zeros(8, np.float32))))
    with pytest.raises(ValueError, match="cut off"):
        read_initialisers(data[:-cut])


@pytest.mark.parametrize("data", [b"\xff" * 20, bytes([1 << 3 | 3]), number(1, 8) + b"\x80"])
def test_other_bytes_are_refused(data: bytes):
    with pytest.raises(ValueError, match=r"cut off|wire type"):
        read_initialisers(data)
