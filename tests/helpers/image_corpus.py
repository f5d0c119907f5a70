"""Valid files of every format, depth, layout and colour that cameras and programs write, each of the same 8-bit picture."""

import io
from collections.abc import Callable, Iterator
from itertools import product

import cv2
import imagecodecs
import numpy as np
import pillow_heif
import tifffile
from PIL import Image, ImageCms
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    SecondaryCaptureImageStorage,
    generate_uid,
)

HEIGHT, WIDTH = 48, 64
Make = Callable[[], bytes]


def picture() -> np.ndarray:
    """The true picture: H×W×3 uint8 RGB with black, white and every colour in large soft areas; no two sides look alike."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    channels = (
        x * 255 // (WIDTH - 1),
        y * 255 // (HEIGHT - 1),
        (x + 2 * y) * 255 // (WIDTH + 2 * HEIGHT - 3),
    )
    image = np.stack(channels, axis=2).astype(np.uint8)
    image[:8, :8], image[-8:, :8] = 255, 0
    return image


RGB = picture()
GREY = RGB[..., 1].copy()
ALPHA = np.full((HEIGHT, WIDTH), 255, np.uint8)
ALPHA[:, WIDTH // 2 :] = 0
CUT_OUT = np.where(ALPHA[..., None] > 0, RGB, 255).astype(np.uint8)


def deep(image: np.ndarray, bits: int) -> np.ndarray:
    """The picture with 0 to 2ⁿ − 1 for 0 to 255."""
    dtype = np.uint8 if bits == 8 else np.uint16 if bits <= 16 else np.uint32
    return np.rint(image.astype(np.float64) * ((2**bits - 1) / 255)).astype(dtype)


def pillow(image: np.ndarray | Image.Image, kind: str, **options: object) -> bytes:
    """A file that Pillow writes."""
    stream = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(stream, kind, **options)
    return stream.getvalue()


def opencv(ending: str, image: np.ndarray, *options: int) -> bytes:
    """A file that OpenCV writes, of grey, RGB or RGBA."""
    turned = image if image.ndim == 2 else image[..., [2, 1, 0, 3][: image.shape[2]]]
    done, data = cv2.imencode(ending, np.ascontiguousarray(turned), list(options))
    assert done
    return data.tobytes()


def tiff(image: np.ndarray, **options: object) -> bytes:
    """A file that tifffile writes."""
    stream = io.BytesIO()
    tifffile.imwrite(stream, image, **options)
    return stream.getvalue()


def planes(image: np.ndarray) -> bytes:
    """A TIFF of separate colour planes."""
    return tiff(np.moveaxis(image, 2, 0).copy(), photometric="rgb", planarconfig="separate")


def pnm(image: np.ndarray, white: int) -> bytes:
    """A binary PGM or PPM that names its white level."""
    kind = b"P6" if image.ndim == 3 else b"P5"
    return (
        b"%s\n%d %d\n%d\n" % (kind, WIDTH, HEIGHT, white)
        + image.astype(">u2" if white > 255 else np.uint8).tobytes()
    )


def display_p3() -> bytes:
    """An ICC profile with the primaries of Display P3 and the curve of sRGB: the sRGB profile with its colourants exchanged."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    wanted = {  # XYZ under D50, as Apple's profile has them
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    for number in range(int.from_bytes(profile[128:132], "big")):
        entry = 132 + 12 * number
        tag, place = bytes(profile[entry : entry + 4]), int.from_bytes(profile[entry + 4 : entry + 8], "big")
        for axis, value in enumerate(wanted.get(tag, ())):
            at = place + 8 + 4 * axis
            profile[at : at + 4] = round(value * 65_536).to_bytes(4, "big", signed=True)
        if tag == b"desc":  # a profile that calls itself sRGB would be taken for it
            body = slice(place + 12, place + int.from_bytes(profile[entry + 8 : entry + 12], "big"))
            profile[body] = (
                bytes(profile[body]).replace(b"s\0R\0G\0B", b"P\x003\0x\0x").replace(b"sRGB", b"P3xx")
            )
    return bytes(profile)


def dicom(
    stored: np.ndarray, bits: int, photometric: str, syntax: str = ExplicitVRLittleEndian, **tags: object
) -> bytes:
    """A DICOM file of grey values, as they are or packed by imagecodecs."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = (
        SecondaryCaptureImageStorage,
        generate_uid(),
    )
    meta.TransferSyntaxUID = syntax
    stream = io.BytesIO()
    file = FileDataset(stream, {}, file_meta=meta, preamble=bytes(128))
    file.SOPClassUID, file.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    file.Rows, file.Columns = stored.shape
    file.SamplesPerPixel, file.PhotometricInterpretation, file.PixelRepresentation = 1, photometric, 0
    file.BitsAllocated, file.BitsStored, file.HighBit = stored.dtype.itemsize * 8, bits, bits - 1
    for name, value in tags.items():
        setattr(file, name, value)
    _set_pixels(file, stored, syntax)
    file.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def _set_pixels(file: FileDataset, stored: np.ndarray, syntax: str) -> None:
    from pydicom.encaps import encapsulate

    packers = {
        JPEGLosslessSV1: lambda: imagecodecs.ljpeg_encode(stored, bitspersample=file.BitsStored),
        JPEGLSLossless: lambda: imagecodecs.jpegls_encode(stored),
        JPEG2000Lossless: lambda: imagecodecs.jpeg2k_encode(
            stored, level=0, codecformat="j2k", bitspersample=file.BitsStored, reversible=True
        ),
    }
    file.PixelData = encapsulate([packers[syntax]()]) if syntax in packers else stored.tobytes()
    file["PixelData"].VR = "OB" if syntax in packers else "OW"


def heic(image: np.ndarray, orientation: int | None = 1) -> bytes:
    """A HEIC file without loss, without EXIF if it has no orientation."""
    stream = io.BytesIO()
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    pillow_heif.from_pillow(Image.fromarray(image)).save(
        stream, quality=-1, chroma=444, matrix_coefficients=0, exif=exif.tobytes() if orientation else None
    )
    return stream.getvalue()


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
    yield "tiff packed 12 bits", lambda: _packed_12(), GREY, 1
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
        stored = _stored(RGB, orientation)
        tag = [(274, 3, 1, orientation, True)]
        yield (
            f"tiff 16 orientation {orientation}",
            lambda s=stored, t=tag: tiff(deep(s, 16), photometric="rgb", extratags=t),
            RGB,
            1,
        )


def _stored(image: np.ndarray, orientation: int) -> np.ndarray:
    """The pixels that are this image once they are turned as the orientation says."""
    undo = {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}[orientation]
    ways = {
        2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1], 5: lambda a: a.swapaxes(0, 1),
        6: lambda a: np.rot90(a, -1), 7: lambda a: a[::-1, ::-1].swapaxes(0, 1), 8: lambda a: np.rot90(a, 1),
    }  # fmt: skip
    return np.ascontiguousarray(ways[undo](image))


def _packed_12() -> bytes:
    values = deep(GREY, 12)
    first, second = values[:, 0::2].astype(np.uint16), values[:, 1::2].astype(np.uint16)
    packed = np.stack([first >> 4, (first & 15) << 4 | second >> 8, second & 255], axis=2).astype(np.uint8)
    data = bytearray(tiff(np.zeros((HEIGHT, WIDTH * 3 // 2), np.uint8)))
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        page = file.pages[0]
        place = page.dataoffsets[0]
        data[place : place + packed.size] = packed.tobytes()
        for tag, value in (("ImageWidth", WIDTH), ("BitsPerSample", 12)):
            at = page.tags[tag].valueoffset
            size = 2 if page.tags[tag].dtype == 3 else 4
            data[at : at + size] = value.to_bytes(size, "little")
    return bytes(data)


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
    yield "heic", lambda: heic(RGB), RGB, 2
    yield "avif", lambda: pillow(RGB, "AVIF", quality=100, subsampling="4:4:4"), RGB, 3


def corpus() -> dict[str, tuple[Make, np.ndarray, int]]:
    """Name → what makes the file, the right picture (grey or RGB), and the largest difference allowed."""
    rows = [*_pngs(), *_tiffs(), *_others()]
    return {name: (make, right, most) for name, make, right, most in rows}
