"""Malicious and damaged model files and JSON values."""

import json
import pickle
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save

NESTED = "[" * 100_000
STRANGE = (
    None,
    True,
    -1,
    0,
    10**400,
    float("nan"),
    float("inf"),
    "",
    "x" * 1000,
    "../../evil",
    [],
    [None],
    {},
    {"a": []},
)


def parts(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Returns the tensors and the card of a checkpoint."""
    with safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return tensors, json.loads(file.metadata()["favae"])


def file(tensors: dict[str, torch.Tensor], card: object) -> bytes:
    """Returns a checkpoint file with any tensors and any card."""
    return save(tensors, {"favae": card if isinstance(card, str) else json.dumps(card)})


def places(record: Any, path: tuple = ()) -> Iterator[tuple]:
    """Yields the paths of all values in a JSON value: those of objects at every depth, and of lists the first item."""
    if isinstance(record, dict):
        for name, value in record.items():
            yield (*path, name)
            yield from places(value, (*path, name))
    elif isinstance(record, list) and record:
        yield (*path, 0)
        yield from places(record[0], (*path, 0))


def changed(record: Any, place: tuple, value: Any) -> Any:
    """Returns a copy of a JSON value with another value at one path."""
    copy = json.loads(json.dumps(record))
    inner = copy
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    return copy


def traps(path: Path) -> dict[str, bytes]:
    """Returns files that must be rejected, made from a valid one."""
    tensors, card = parts(path)
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    first = next(name for name, value in tensors.items() if value.ndim > 1)
    vector = next(name for name, value in tensors.items() if value.ndim == 1 and value.is_floating_point())

    def with_tensor(name: str, change: Callable[[torch.Tensor], torch.Tensor]) -> bytes:
        return file(tensors | {name: change(tensors[name])}, card)

    def lying(offset: int) -> bytes:
        header = json.loads(data[8 : 8 + length])
        header[first]["data_offsets"][1] += offset
        text = json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + data[8 + length :]

    channels = card["teacher_channels"]
    return {
        "pickle": pickle.dumps(card),
        "zip of torch": b"PK\3\4" + data,
        "empty": b"",
        "header longer than the file": struct.pack("<Q", 2**63) + data[8:],
        "header of 99 MB of zeros": struct.pack("<Q", 99_000_000) + b"{" + bytes(99_000_000),
        "nested header": struct.pack("<Q", len(NESTED)) + NESTED.encode(),
        "offsets that lie": lying(2),
        "offsets below": lying(-(10**6)),
        "foreign description": save(tensors, {"format": "pt"}),
        "no description": save(tensors),
        "nested description": file(tensors, '{"a":' * 50_000),
        "newer format": file(tensors, card | {"format": 99}),
        "no number": with_tensor(first, lambda value: value * torch.nan),
        "infinite": with_tensor(vector, lambda value: value + torch.inf),
        "other shape": with_tensor(first, lambda value: value[:-1].contiguous()),
        "one number as all": with_tensor(vector, lambda value: value[:1].contiguous()),
        "weight missing": file({name: value for name, value in tensors.items() if name != first}, card),
        "weight too many": file(tensors | {"model.more": torch.zeros(3)}, card),
        "scale that makes it huge": file(tensors | {f"{first}.scale": torch.ones(1, 30_000)}, card),
        "channels without end": file(tensors, card | {"teacher_channels": [16_000] * max(len(channels), 3)}),
        "width without end": file(
            tensors, card | {"config": card["config"] | {"width": 1e9, "latent": 10**9}}
        ),
    }


def damaged(data: bytes, rng: np.random.Generator, count: int) -> Iterator[bytes]:
    """Yields a checkpoint that is truncated, or has random bytes changed, most of them in its header."""
    length = struct.unpack("<Q", data[:8])[0] + 8
    for number in range(count):
        if number % 3 == 0:
            yield data[: rng.integers(0, len(data))]
            continue
        bent = bytearray(data)
        for place in rng.integers(0, length if number % 3 == 1 else len(data), rng.integers(1, 6)):
            bent[place] = rng.choice([0, 0x22, 0x30, 0x7B, 0x7D, 0xFF, rng.integers(256)])
        yield bytes(bent)
