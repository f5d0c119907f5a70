"""Valid files of every format, depth, layout and colour that cameras and programs write, each of the same 8-bit picture."""

from collections.abc import Callable, Iterator
from itertools import product

import imagecodecs
import numpy as np
from image_writers import (
    ALPHA,
    CUT_OUT,
    GREY,
    HEIGHT,
    RGB,
    WIDTH,
    deep,
    dicom,
    heic,
    opencv,
    packed_12,
    pillow,
    planes,
    pnm,
    stored_as,
    tiff,
    with_thumbnail,
)  # fmt: skip
from PIL import Image
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLosslessSV1, JPEGLSLossless

Make = Callable[[], bytes]


def _pngs() -> Iterator[tuple[str, Make, np.ndarray, int]]:
    for bits, (name, image) in product((10, 12, 14, 16), (("grey", GREY), ("rgb", RGB))):
        yield f"png {bits} of 16 {name}", lambda i=image, b=bits: opencv(".png", deep(i, b)), image, 1
    cut = np.dstack([deep(RGB, 16), deep(ALPHA, 16)])
    yield "png 16 cut-out", lambda: opencv(".png", cut), CUT_OUT, 1
    yield (
        "png 16 alpha unused",
        lambda: opencv(".png", np.dstack([deep(RGB, 16), deep(ALPHA * 0, 16)])),
        RGB,
        1,
    )
    yield "png 8 cut-out", lambda: pillow(np.dstack([RGB, ALPHA]), "PNG"), CUT_OUT, 0
    for ending in (".bmp", ".png", ".tiff"):
        unused = np.dstack([RGB, ALPHA * 0])
        yield f"{ending[1:]} 8 alpha unused", lambda e=ending, u=unused: opencv(e, u), RGB, 0
    yield "png grey alpha unused", lambda: pillow(np.dstack([GREY, ALPHA * 0]), "PNG"), GREY, 0
    yield "png grey interlaced", lambda: opencv(".png", GREY), GREY, 0


def _tiffs() -> Iterator[tuple[str, Make, np.ndarray, int]]:
    for bits, (name, image) in product((10, 12, 14, 16), (("grey", GREY), ("rgb", RGB))):
        yield f"tiff {bits} of 16 {name}", lambda i=image, b=bits: tiff(deep(i, b)), image, 1
        yield (
            f"tiff {bits} of 16 {name} OpenCV",
            lambda i=image, b=bits: opencv(".tiff", deep(i, b)),
            image,
            1,
        )
    for bits in (8, 12, 16):
        yield f"tiff {bits} of 16 planes", lambda b=bits: planes(deep(RGB, b)), RGB, 1
    for bits in (8, 16):
        negative = 2**bits - 1 - deep(GREY, bits)
        yield f"tiff {bits} white is zero", lambda n=negative: tiff(n, photometric="miniswhite"), GREY, 1
    for dtype, (name, image) in product(("f2", "f4", "f8"), (("grey", GREY), ("rgb", RGB))):
        real = (image / 255).astype(dtype)
        options = {"photometric": "rgb"} if image.ndim == 3 else {}
        yield f"tiff {dtype} {name}", lambda r=real, o=options: tiff(r, **o), image, 1
    yield "tiff float planes", lambda: planes((RGB / 255).astype(np.float32)), RGB, 1
    yield "tiff float 0 to 255", lambda: tiff(GREY.astype(np.float32)), GREY, 1
    yield "tiff int16", lambda: tiff(deep(GREY, 12).astype(np.int16)), GREY, 1
    yield "tiff int32", lambda: tiff(GREY.astype(np.int32)), GREY, 1
    yield "tiff uint32", lambda: tiff(deep(GREY, 32)), GREY, 1
    yield "tiff packed 12 bits", lambda: packed_12(), GREY, 1
    for compression, bits in product(
        ("zlib", "lzw", "zstd", "lzma", "packbits", "jpeg2000", "jpegxl", "png", "lerc"), (8, 16)
    ):
        options = {"compressionargs": {"level": 0}} if compression in ("jpeg2000", "lerc") else {}
        options = {"compressionargs": {"lossless": True}} if compression == "jpegxl" else options
        yield (
            f"tiff {compression} {bits}",
            lambda c=compression, b=bits, o=options: tiff(
                deep(RGB, b), photometric="rgb", compression=c, **o
            ),
            RGB,
            1,
        )
    yield "tiff webp", lambda: tiff(RGB, compression="webp", compressionargs={"lossless": True}), RGB, 1
    yield (
        "tiff predictor 16",
        lambda: tiff(deep(RGB, 16), photometric="rgb", compression="zlib", predictor=True),
        RGB,
        1,
    )
    yield (
        "tiff predictor float",
        lambda: tiff((GREY / 255).astype("f4"), compression="zlib", predictor=True),
        GREY,
        1,
    )
    yield "tiff tiles 16", lambda: tiff(deep(RGB, 16), photometric="rgb", tile=(16, 32)), RGB, 1
    yield "tiff big 16", lambda: tiff(deep(GREY, 16), bigtiff=True), GREY, 1
    yield "tiff big-endian 16", lambda: tiff(deep(RGB, 16), photometric="rgb", byteorder=">"), RGB, 1
    for below, bits in product((True, False), (8, 16)):
        name = f"tiff {bits} with its thumbnail {'above' if below else 'in front'}"
        yield name, lambda b=below, d=bits: with_thumbnail(deep(RGB, d), below=b), RGB, 1
    yield "tiff stack 16", lambda: tiff(np.stack([deep(GREY, 16), deep(GREY[::-1], 16)])), GREY, 1
    yield (
        "tiff ImageJ stack",
        lambda: tiff(np.stack([deep(GREY, 16), deep(GREY[::-1], 16)]), imagej=True),
        GREY,
        1,
    )
    cut = np.dstack([deep(RGB, 16), deep(ALPHA, 16)])
    yield "tiff 16 cut-out", lambda: tiff(cut, photometric="rgb", extrasamples=["unassalpha"]), CUT_OUT, 1
    ahead = np.where(ALPHA[..., None] > 0, cut, 0).astype(np.uint16)
    yield (
        "tiff 16 premultiplied",
        lambda: tiff(ahead, photometric="rgb", extrasamples=["assocalpha"]),
        CUT_OUT,
        1,
    )
    yield (
        "tiff 16 alpha unused",
        lambda: tiff(
            np.dstack([deep(RGB, 16), deep(ALPHA * 0, 16)]), photometric="rgb", extrasamples=["unassalpha"]
        ),
        RGB,
        1,
    )
    yield (
        "tiff cmyk 16",
        lambda: tiff(deep(np.dstack([255 - RGB, GREY * 0]), 16), photometric="separated"),
        RGB,
        1,
    )
    yield "tiff palette", lambda: pillow(Image.fromarray(GREY).convert("P"), "TIFF"), GREY, 0
    for orientation in range(2, 9):
        stored = stored_as(RGB, orientation)
        tag = [(274, 3, 1, orientation, True)]
        yield (
            f"tiff 16 orientation {orientation}",
            lambda s=stored, t=tag: tiff(deep(s, 16), photometric="rgb", extratags=t),
            RGB,
            1,
        )


def _others() -> Iterator[tuple[str, Make, np.ndarray, int]]:
    yield "bmp", lambda: pillow(RGB, "BMP"), RGB, 0
    yield "webp", lambda: pillow(RGB, "WEBP", lossless=True), RGB, 0
    yield "gif", lambda: pillow(GREY, "GIF"), GREY, 0
    yield (
        "gif of two frames",
        lambda: pillow(GREY, "GIF", save_all=True, append_images=[Image.fromarray(GREY[::-1])]),
        GREY,
        0,
    )
    for kind, codec in (("jp2", "jp2"), ("j2k", "j2k")):
        for (name, image), bits in product((("grey", GREY), ("rgb", RGB)), (8, 12, 16)):
            yield (
                f"{kind} {name} {bits}",
                lambda c=codec, i=image, b=bits: imagecodecs.jpeg2k_encode(
                    deep(i, b), level=0, codecformat=c, bitspersample=b, reversible=True
                ),
                image,
                1,
            )
    for (name, image), bits in product((("grey", GREY), ("rgb", RGB)), (8, 16)):
        yield (
            f"jxl {name} {bits}",
            lambda i=image, b=bits: imagecodecs.jpegxl_encode(deep(i, b), lossless=True),
            image,
            1,
        )
        yield (
            f"jpeg-ls {name} {bits}",
            lambda i=image, b=bits: imagecodecs.jpegls_encode(deep(i, b)),
            image,
            1,
        )
    yield "jxl in boxes", lambda: imagecodecs.jpegxl_encode(RGB, lossless=True, usecontainer=True), RGB, 1
    yield "jxl cut-out", lambda: imagecodecs.jpegxl_encode(np.dstack([RGB, ALPHA]), lossless=True), CUT_OUT, 1
    for bits in (12, 16):
        yield (
            f"jpeg lossless {bits}",
            lambda b=bits: imagecodecs.ljpeg_encode(deep(GREY, b), bitspersample=b),
            GREY,
            1,
        )
    for (name, image), white in product((("grey", GREY), ("rgb", RGB)), (255, 1023, 4095, 65_535)):
        values = np.rint(image * (white / 255.0))
        yield f"pnm {name} to {white}", lambda v=values, w=white: pnm(v, w), image, 1
    yield (
        "pgm in text",
        lambda: b"P2\n%d %d\n255\n" % (WIDTH, HEIGHT) + " ".join(map(str, GREY.ravel())).encode(),
        GREY,
        0,
    )
    yield "pbm", lambda: b"P4\n8 2\n\x00\xff", np.array([[255] * 8, [0] * 8], np.uint8), 0
    for syntax, name in (
        (ExplicitVRLittleEndian, "plain"),
        (JPEGLosslessSV1, "lossless JPEG"),
        (JPEGLSLossless, "JPEG-LS"),
        (JPEG2000Lossless, "JPEG 2000"),
    ):
        yield f"dicom 12 {name}", lambda s=syntax: dicom(deep(GREY, 12), 12, "MONOCHROME2", s), GREY, 1
    yield "dicom 8", lambda: dicom(GREY, 8, "MONOCHROME2"), GREY, 1
    yield "dicom 16 turned", lambda: dicom(65_535 - deep(GREY, 16), 16, "MONOCHROME1"), GREY, 1
    yield (
        "dicom window",
        lambda: dicom(
            deep(GREY, 10) + np.uint16(500), 16, "MONOCHROME2", WindowCenter=1012, WindowWidth=1024
        ),
        GREY,
        1,
    )
    slope = {"RescaleSlope": 2, "RescaleIntercept": -100, "WindowCenter": 924, "WindowWidth": 2047}
    yield "dicom rescaled", lambda: dicom(deep(GREY, 10), 16, "MONOCHROME2", **slope), GREY, 1
    yield "heic", lambda: heic(RGB), RGB, 0
    yield "heic grey", lambda: heic(np.dstack([GREY] * 3)), GREY, 0
    yield "heic YCbCr", lambda: heic(RGB, matrix=6), RGB, 1
    yield "avif", lambda: imagecodecs.avif_encode(RGB, level=100, pixelformat="444"), RGB, 0
    yield "avif grey", lambda: imagecodecs.avif_encode(GREY, level=100), GREY, 0


def corpus() -> dict[str, tuple[Make, np.ndarray, int]]:
    """Name → what makes the file, the right picture (grey or RGB), and the largest difference allowed."""
    rows = [*_pngs(), *_tiffs(), *_others()]
    return {name: (make, right, most) for name, make, right, most in rows}
