"""Reading each kind of weight file."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from onnx_writer import model, tensor
from teacher_fixtures import TINY_LAYERS, write_keras_file

from favae_demo.teacher import weight_readers


def pairs(seed: int = 0) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(seed)
    return {
        layer.name: (
            rng.normal(size=layer.shape).astype(np.float32),
            rng.normal(size=layer.shape[0]).astype(np.float32),
        )
        for layer in TINY_LAYERS
    }


def assert_converted(tensors: weight_readers.Tensors, arrays: dict) -> None:
    """OIHW as stored, but the first layer's input channels turned from BGR to RGB."""
    assert tensors.keys() == {"0.weight", "0.bias", "2.weight", "2.bias"}
    assert all(value.dtype == torch.float32 and value.is_contiguous() for value in tensors.values())
    first, second = arrays["block1_conv1"], arrays["block1_conv2"]
    for ours, theirs in ((0, 2), (1, 1), (2, 0)):
        assert np.array_equal(tensors["0.weight"][:, ours].numpy(), first[0][:, theirs])
    assert np.array_equal(tensors["0.bias"].numpy(), first[1])
    assert np.array_equal(tensors["2.weight"].numpy(), second[0])
    assert np.array_equal(tensors["2.bias"].numpy(), second[1])


@pytest.mark.parametrize("naming", ["2016", "later"])
def test_keras_release(tmp_path: Path, naming: str):
    arrays = write_keras_file(tmp_path / "file.h5", TINY_LAYERS, naming)
    assert_converted(weight_readers.read_keras(tmp_path / "file.h5", TINY_LAYERS), arrays)


def test_onnx_in_a_wheel(tmp_path: Path):
    arrays, stored = pairs(), []
    for name, (weight, bias) in arrays.items():
        stored.append(tensor(f"functional_1/{name}_1/convolution/ReadVariableOp:0", weight))
        stored.append(tensor(f"functional_1/{name}_1/Squeeze:0", bias))
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.writestr("package/code.py", "raise SystemExit")
        wheel.writestr("package/models/model.onnx", model(*stored))
    assert_converted(weight_readers.read_onnx_wheel(tmp_path / "a.whl", TINY_LAYERS), arrays)


def test_8_bit_table_in_a_wheel(tmp_path: Path):
    rng, arrays, state = np.random.default_rng(0), {}, {}
    for name, (weight, bias) in pairs().items():
        table = np.sort(rng.normal(size=256)).astype(np.float32)
        index = rng.integers(0, 256, weight.shape).astype(np.uint8)
        arrays[name] = (table[index], bias)
        state |= {
            f"{name}_W_q": torch.tensor(index),
            f"{name}_W_table": torch.tensor(table),
            f"{name}_b": torch.tensor(bias),
        }
    torch.save(state, tmp_path / "state.bin")
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.write(tmp_path / "state.bin", "package/vgg_notop_q.bin")
    assert_converted(weight_readers.read_table_wheel(tmp_path / "a.whl", TINY_LAYERS), arrays)


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "older format"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_torchvision_state_is_rgb_already(tmp_path: Path, zipped: bool, dtype: torch.dtype):
    weight = torch.randn(4, 3, 3, 3, generator=torch.Generator().manual_seed(0)).to(dtype)
    state = {"classifier.0.weight": torch.zeros(2), "features.0.weight": weight}
    torch.save(state, tmp_path / "a.pth", _use_new_zipfile_serialization=zipped)
    tensors = weight_readers.read_torchvision(tmp_path / "a.pth", ["0.weight"], "features.")
    assert tensors.keys() == {"0.weight"}
    assert tensors["0.weight"].dtype == torch.float32
    assert torch.equal(tensors["0.weight"], weight.float())
    assert tensors["0.weight"].untyped_storage().nbytes() == weight.numel() * 4  # holds no file open


class Trap:
    """Unpickling it would create a file."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "older format"])
def test_pickled_code_is_not_run(tmp_path: Path, zipped: bool):
    trapped = {"features.0.weight": Trap(tmp_path / "ran")}
    torch.save(trapped, tmp_path / "a.pth", _use_new_zipfile_serialization=zipped)
    with pytest.raises(Exception, match="Weights only load failed"):
        weight_readers.read_torchvision(tmp_path / "a.pth", ["0.weight"], "features.")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("network", "expected"),
    [("vgg16", [0, 2, 5, 7, 10, 12, 14, 17, 19, 21]), ("vgg19", [0, 2, 5, 7, 10, 12, 14, 16, 19, 21])],
)
def test_layer_tables(network: str, expected: list[int]):
    assert [layer.index for layer in weight_readers.LAYERS[network]] == expected
    last = weight_readers.LAYERS[network][-1]
    assert last.name == {"vgg16": "block4_conv3", "vgg19": "block4_conv2"}[network]
    assert last.shape == (512, 512, 3, 3)
