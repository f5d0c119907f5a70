"""Defects drawn as shapes: COCO, LabelMe, CVAT and YOLO files become label tables, and shapes become masks.

The formats need a few lines each; pycocotools would add compiled code for the run-length masks alone, which are a loop in numpy.
"""

import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from favae_demo.core.errors import DataError
from favae_demo.core.files import parse_json

_MOST_POINTS = 200_000  # of all shapes of an image


@dataclass(frozen=True)
class Shape:
    """One drawn defect.

    Attributes:
        points: N×2 (x, y), in pixels or as shares of the sides. Two points are the corners of a rectangle.
        counts: Run lengths down the columns, background first, instead of points.
        circle: Whether the two points are the centre and a point on the circle.
    """

    points: tuple[tuple[float, float], ...] = ()
    counts: tuple[int, ...] = ()
    circle: bool = False


@dataclass(frozen=True)
class Drawing:
    """All shapes of an image.

    Attributes:
        shapes: Drawn defects.
        size: Width and height that the shapes refer to; (0, 0) if points are shares of the sides.
    """

    shapes: tuple[Shape, ...]
    size: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Annotation:
    """What a file says of one image: its path as written there, the labels of its shapes, and the shapes."""

    path: str
    labels: tuple[str, ...]
    drawing: Drawing


def draw_mask(drawing: Drawing, size: tuple[int, int], max_pixels: int) -> np.ndarray:
    """Fills the shapes of an image.

    Args:
        drawing: The shapes.
        size: Width and height of the image, for points that are shares of its sides.
        max_pixels: Largest mask.

    Returns:
        H×W uint8, 255 where a defect is; of the size that the shapes refer to.

    Raises:
        DataError: The size is none of an image.
    """
    width, height = drawing.size if all(drawing.size) else size
    if not (width > 0 and height > 0 and width * height <= max_pixels):
        raise DataError(f"A mask of {width}×{height} pixels cannot be drawn.")
    mask = np.zeros((height, width), np.uint8)
    scale = (1.0, 1.0) if all(drawing.size) else (width, height)
    for shape in drawing.shapes:
        _draw(mask, shape, scale)
    return mask


def _draw(mask: np.ndarray, shape: Shape, scale: tuple[float, float]) -> None:
    if shape.counts:
        mask[_runs(shape.counts, mask.shape)] = 255
        return
    points = np.asarray(shape.points, np.float64) * scale
    # cv2 takes 32-bit integers: what lies far outside is cut to one side length beyond the border.
    sides = np.array(mask.shape[::-1], np.float64)
    points = points.clip(-sides, 2 * sides).round().astype(np.int32)
    if len(points) == 2 and shape.circle:
        radius = int(np.hypot(*(points[1] - points[0]).astype(float)))
        cv2.circle(mask, tuple(points[0].tolist()), radius, 255, cv2.FILLED)
    elif len(points) == 2:
        cv2.rectangle(mask, tuple(points[0].tolist()), tuple(points[1].tolist()), 255, cv2.FILLED)
    elif len(points) > 2:
        cv2.fillPoly(mask, [points.reshape(-1, 1, 2)], 255)


def _runs(counts: tuple[int, ...], shape: tuple[int, ...]) -> np.ndarray:
    flat = np.zeros(shape[0] * shape[1], bool)
    start = 0
    for number, length in enumerate(counts):
        if number % 2:
            flat[start : start + length] = True
        start += length
    return flat.reshape(shape[::-1]).T


def read_coco(record: Mapping[str, Any]) -> list[Annotation]:
    """Reads COCO instances: images, annotations with polygons, run lengths or boxes, and categories."""
    names = {one["id"]: str(one["name"]) for one in record.get("categories", [])}
    shapes: dict[Any, list[tuple[str, Shape]]] = defaultdict(list)
    for one in record["annotations"]:
        label = names.get(one.get("category_id"), "defect")
        shapes[one["image_id"]] += [(label, shape) for shape in _coco_shapes(one)]
    return [
        _annotation(str(image["file_name"]), shapes[image["id"]], (int(image["width"]), int(image["height"])))
        for image in record["images"]
    ]


def _coco_shapes(one: Mapping[str, Any]) -> Iterator[Shape]:
    drawn = one.get("segmentation")
    if isinstance(drawn, dict):
        counts = drawn["counts"]
        yield Shape(counts=tuple(_decode_counts(counts) if isinstance(counts, str) else map(int, counts)))
    elif drawn:
        for flat in drawn:
            yield Shape(_pairs(flat))
    elif one.get("bbox"):
        x, y, width, height = map(float, one["bbox"])
        yield Shape(_points(((x, y), (x + width, y + height))))


def _decode_counts(text: str) -> list[int]:
    """Run lengths in COCO's compressed form: 5 bits a letter, as differences to the run two before."""
    counts: list[int] = []
    value = shift = 0
    for letter in text.encode("ascii"):
        bits = letter - 48
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits & 0x20:
            if shift > 40:
                raise ValueError("no run is so long")
            continue
        if bits & 0x10:
            value -= 1 << shift
        counts.append(value + (counts[-2] if len(counts) > 2 else 0))
        value = shift = 0
    return counts


def read_labelme(record: Mapping[str, Any], path: str) -> list[Annotation]:
    """Reads a LabelMe file: the shapes of one image; the image's name is used without the folders of the machine it was drawn on."""
    image = (
        str(record.get("imagePath") or "").replace("\\", "/").rpartition("/")[2] or path.rpartition("/")[2]
    )
    folder = path.rpartition("/")[0]
    shapes = [
        (
            str(one.get("label", "defect")),
            Shape(_points(one["points"]), circle=one.get("shape_type") == "circle"),
        )
        for one in record["shapes"]
        if len(one["points"]) > 1
    ]
    size = int(record.get("imageWidth") or 0), int(record.get("imageHeight") or 0)
    return [_annotation(f"{folder}/{image}" if folder else image, shapes, size)]


def read_cvat(text: bytes) -> list[Annotation]:
    """Reads CVAT for images 1.1: polygons and boxes of every image."""
    if b"<!DOCTYPE" in text[:4096] or b"<!ENTITY" in text:
        raise ValueError("an annotation file has no entities")
    try:
        root = ElementTree.fromstring(text)  # without entities it cannot grow
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from error
    annotations = []
    for image in root.iter("image"):
        shapes = [
            (one.get("label", "defect"), shape)
            for one in image
            for shape in _cvat_shapes(one.tag, one.attrib)
        ]
        annotations.append(
            _annotation(
                image.get("name", ""), shapes, (int(image.get("width", 0)), int(image.get("height", 0)))
            )
        )
    return annotations


def _cvat_shapes(tag: str, values: Mapping[str, str]) -> Iterator[Shape]:
    if tag in ("polygon", "polyline"):
        points = [tuple(map(float, point.split(","))) for point in values["points"].split(";")]
        yield Shape(_points(points))
    elif tag == "box":
        yield Shape(
            ((float(values["xtl"]), float(values["ytl"])), (float(values["xbr"]), float(values["ybr"])))
        )


def read_yolo(text: bytes, image: str, names: Mapping[int, str]) -> Annotation:
    """Reads a YOLO file: one line a shape, its class and a box (centre, width, height) or a polygon, as shares of the sides."""
    shapes = []
    for line in text.decode("ascii").splitlines():
        numbers = [float(word) for word in line.split()]
        if not numbers:
            continue
        if len(numbers) < 5:
            raise ValueError("a shape has at least four numbers")
        label = names.get(int(numbers[0]), f"defect_{int(numbers[0])}")
        if len(numbers) in (5, 6):  # some programs add how sure they are
            x, y, width, height = numbers[1:5]
            shape = Shape(_points(((x - width / 2, y - height / 2), (x + width / 2, y + height / 2))))
        else:
            shape = Shape(_pairs(numbers[1:]))
        shapes.append((label, shape))
    return _annotation(image, shapes, (0, 0))


def read_listed_names(text: bytes) -> dict[int, str]:
    """Reads a list of YOLO classes: one name a line."""
    return dict(enumerate(line.strip() for line in text.decode("utf-8-sig", "replace").splitlines()))


def read_yaml_names(text: bytes) -> dict[int, str]:
    """Reads the classes in YOLO's `data.yaml`: a list, or names by number; empty if the file is another one."""
    import yaml

    try:
        # Nodes only: a class called `no` stays a name, and merged keys cannot grow.
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        names = next(value for key, value in root.value if key.value == "names")
        pairs = names.value if isinstance(names, yaml.MappingNode) else enumerate(names.value)
        return {int(getattr(number, "value", number)): _scalar(name) for number, name in pairs}
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, StopIteration, RecursionError):
        return {}


def _scalar(node: Any) -> str:
    if not isinstance(node.value, str):
        raise TypeError("a name is a text")
    return node.value


def _annotation(path: str, shapes: Iterable[tuple[str, Shape]], size: tuple[int, int]) -> Annotation:
    shapes = list(shapes)
    if sum(len(shape.points) + len(shape.counts) for _, shape in shapes) > _MOST_POINTS:
        raise ValueError("no image has so many points")
    labels = tuple(dict.fromkeys(label for label, _ in shapes))
    return Annotation(path, labels, Drawing(tuple(shape for _, shape in shapes), size))


def _pairs(flat: Iterable[Any]) -> tuple[tuple[float, float], ...]:
    numbers = [float(number) for number in flat]
    return _points(zip(numbers[::2], numbers[1::2], strict=True))


def _points(points: Iterable[Any]) -> tuple[tuple[float, float], ...]:
    outline = tuple((float(x), float(y)) for x, y in points)
    if not np.isfinite(outline).all():
        raise ValueError("a point is no number")
    return outline


def parse_record(text: bytes) -> Any:
    """Parses the JSON of an annotation file; a byte order mark is ignored.

    Raises:
        ValueError: It is not valid JSON.
    """
    return parse_json(text.removeprefix(b"\xef\xbb\xbf"))
