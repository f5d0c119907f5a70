"""Valid tables and annotations, and damaged and swollen ones made of them, for the tests of import plans."""

import json
from collections.abc import Iterator

import numpy as np

from favae_demo.data.library.listing import LARGEST_NOTE

_SQUARE = [[10, 12], [29, 12], [29, 31], [10, 31]]
_FLAT = [number for point in _SQUARE for number in point]


def whole() -> dict[str, bytes]:
    """A valid file of each format about `0.png`, by the name under which it lies beside it."""
    coco = {
        "images": [{"id": 0, "file_name": "0.png", "width": 48, "height": 48}],
        "annotations": [
            {"image_id": 0, "category_id": 3, "segmentation": [_FLAT]},
            {
                "image_id": 0,
                "category_id": 3,
                "segmentation": {"counts": [580, 20, 28, 20, 1656], "size": [48, 48]},
            },
        ],
        "categories": [{"id": 3, "name": "dent"}],
    }
    shapes = [{"label": "dent", "points": _SQUARE, "shape_type": "polygon"}]
    rows = [{"category": "a", "anomaly_class": "NG", "image_path": "0.png", "mask_path": None}]
    points = ";".join(f"{x},{y}" for x, y in _SQUARE)
    cvat = f'<annotations><image name="0.png" width="48" height="48"><polygon label="a" points="{points}"/></image></annotations>'
    return {
        "coco.json": json.dumps(coco).encode(),
        "labelme.json": json.dumps(
            {"imagePath": "0.png", "shapes": shapes, "imageWidth": 48, "imageHeight": 48}
        ).encode(),
        "iad.json": json.dumps({"meta": {"prefix": ""}, "train": rows, "test": rows}).encode(),
        "cvat.xml": cvat.encode(),
        "data.yaml": b"names: {0: dent, 1: no}\n",
        "0.txt": b"0 0.2 0.2 0.6 0.2 0.6 0.6\n1 0.5 0.5 0.25 0.25\n",
        "list.csv": b"path,label,mask\n0.png,dent,1.png\n1.png,OK,\n",
    }


def damaged(content: bytes, rng: np.random.Generator, count: int) -> Iterator[bytes]:
    """Files with a few bytes changed, removed or repeated, and with numbers that no file has."""
    odd = [b"1e999", b"-5", b"NaN", b"[]", b"null", b'"x"', b"99999999999", b"1e30", b"{}", b"\xff\xfe"]
    for number in range(count):
        start, end = sorted(rng.integers(0, len(content), 2).tolist())
        if number % 3 == 0:
            yield content[:start] + content[end:]
        elif number % 3 == 1:
            yield content[:start] + odd[number % len(odd)] + content[min(end, start + 4) :]
        else:
            bent = bytearray(content)
            bent[start] = int(rng.integers(0, 256))
            yield bytes(bent)


def swollen() -> dict[str, bytes]:
    """Small to large files that ask for much memory or time, by name and the file's name after a colon."""
    most = LARGEST_NOTE - 1000
    image = {"id": 0, "file_name": "0.png", "width": 48, "height": 48}
    huge = image | {"width": 10**9, "height": 10**9}

    def coco(one: dict, segmentation: object) -> bytes:
        return json.dumps(
            {"images": [one], "annotations": [{"image_id": 0, "segmentation": segmentation}]}
        ).encode()

    return {
        "deep:a.json": b"[" * 1_000_000,
        "many lists:a.json": b"[" + b"[]," * (most // 3) + b"[]]",
        "a huge mask:a.json": coco(huge, [_FLAT]),
        "a long run:a.json": coco(image, {"counts": [0, 10**15]}),
        "a long letter:a.json": coco(image, {"counts": "o" * 1_000_000}),
        "many points:a.json": coco(image, [[1] * 2_000_000]),
        "too large:a.json": b" " * (LARGEST_NOTE + 1),
        "entities:a.xml": b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 100_000 + b'">]><annotations>' + b"&b;" * 100_000 + b"</annotations>",
        "deep tags:a.xml": b"<a>" * 300_000,
        "many rows:a.csv": b"path,label\n" + b"0.png,OK\n" * (most // 10),
        "a wide row:a.csv": b"path,label\n" + b"," * most,
        "a wide header:a.csv": b"," * most + b"\n0.png,OK\n",
        "wide rows:a.csv": (b"," * (most // 200) + b"\n") * 200,
        "deep classes:data.yaml": b"names: " + b"[" * 190_000,
        "many classes:data.yaml": b"names:\n" + b"- a\n" * 49_000,
        "merged classes:data.yaml": b"a0: &a0 {k: v}\n"
        + b"".join(b"a%d: &a%d {<<: [%s]}\n" % (i, i, b",".join([b"*a%d" % (i - 1)] * 9)) for i in range(1, 30))
        + b"names: *a29\n",
        "many lines:0.txt": b"0 .1 .1 .1 .1\n" * (most // 20),
    }  # fmt: skip
