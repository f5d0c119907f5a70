"""Writes one 8-bit picture as files of every format, depth, layout and colour that cameras and programs write."""

import io

import cv2
import imagecodecs
import numpy as np
import pillow_heif
import tifffile
from PIL import Image, ImageCms
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    SecondaryCaptureImageStorage,
    generate_uid,
)

HEIGHT, WIDTH = 48, 64


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


def with_thumbnail(image: np.ndarray, photometric: str = "rgb", *, below: bool) -> bytes:
    """A TIFF whose first page is a small copy of the image; the image lies below it, as in DNG, or behind it."""
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        small = np.zeros((8, 8, 3), np.uint8)
        writer.write(small, photometric="rgb", subfiletype=1, subifds=1 if below else 0)
        writer.write(image, photometric=photometric, subfiletype=0)
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
    packers = {
        JPEGLosslessSV1: lambda: imagecodecs.ljpeg_encode(stored, bitspersample=file.BitsStored),
        JPEGLSLossless: lambda: imagecodecs.jpegls_encode(stored),
        JPEG2000Lossless: lambda: imagecodecs.jpeg2k_encode(
            stored, level=0, codecformat="j2k", bitspersample=file.BitsStored, reversible=True
        ),
    }
    file.PixelData = encapsulate([packers[syntax]()]) if syntax in packers else stored.tobytes()
    file["PixelData"].VR = "OB" if syntax in packers else "OW"


def heic(image: np.ndarray, orientation: int | None = 1, matrix: int = 0) -> bytes:
    """A HEIC file without loss, so that the reader is judged and not the coder; without EXIF if it has no orientation.

    Args:
        image: H×W×3.
        orientation: As in EXIF.
        matrix: 0 stores the colours themselves; 6 stores YCbCr of 8 bits as phones do, which rounds each value by up to 1 level.
    """
    stream = io.BytesIO()
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    pillow_heif.from_pillow(Image.fromarray(image)).save(
        stream,
        quality=-1,
        chroma=444,
        matrix_coefficients=matrix,
        exif=exif.tobytes() if orientation else None,
    )
    return stream.getvalue()


def stored_as(image: np.ndarray, orientation: int) -> np.ndarray:
    """The pixels that are this image once they are turned as the orientation says."""
    undo = {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}[orientation]
    ways = {
        2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1], 5: lambda a: a.swapaxes(0, 1),
        6: lambda a: np.rot90(a, -1), 7: lambda a: a[::-1, ::-1].swapaxes(0, 1), 8: lambda a: np.rot90(a, 1),
    }  # fmt: skip
    return np.ascontiguousarray(ways[undo](image))


def packed_12() -> bytes:
    """A TIFF of 12-bit values without padding, three bytes for two pixels."""
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
