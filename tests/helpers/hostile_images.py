"""Image files of every supported kind: valid ones, damaged ones, and malicious ones that take too much memory or time."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator

import image_corpus
import image_writers
import imagecodecs
import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pydicom.uid import DeflatedExplicitVRLittleEndian

SIDE_50_MP = 7_071  # side of the largest square that is decoded
_RNG = np.random.default_rng(0)
COLOUR = _RNG.integers(0, 256, (24, 40, 3), np.uint8)
_PNG = b"\x89PNG\r\n\x1a\n"


# Of `image_corpus`: one of every reader, and of every library inside it.
RARE = (
    "png 16 cut-out", "tiff 16 of 16 planes", "tiff 16 white is zero", "tiff f8 rgb", "tiff packed 12 bits", "tiff zlib 16", "tiff lzw 16",
    "tiff zstd 16", "tiff lzma 16", "tiff packbits 16", "tiff jpeg2000 16", "tiff jpegxl 16", "tiff png 16", "tiff lerc 16", "tiff webp",
    "tiff predictor float", "tiff tiles 16", "tiff big 16", "tiff cmyk 16", "gif of two frames", "jp2 rgb 8", "jp2 grey 16", "j2k rgb 12",
    "jxl rgb 8", "jxl grey 16", "jxl in boxes", "jpeg-ls rgb 8", "jpeg-ls grey 16", "jpeg lossless 12", "pnm grey to 4095", "pnm rgb to 255",
    "pgm in text", "dicom 12 plain", "dicom 12 lossless JPEG", "dicom 12 JPEG-LS", "dicom 12 JPEG 2000", "dicom rescaled", "heic", "avif",
)  # fmt: skip


def encoded(image: Image.Image | np.ndarray, kind: str = "PNG", **options: object) -> bytes:
    """Returns an image as the content of a file."""
    stream = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(stream, kind, **options)
    return stream.getvalue()


def whole() -> dict[str, bytes]:
    """Returns one small, undamaged file of every supported kind."""
    colour = Image.fromarray(COLOUR)
    grey, alpha, cmyk = colour.convert("L"), colour.convert("RGBA"), colour.convert("CMYK")
    palette = colour.quantize(8)
    deep = Image.fromarray(_RNG.integers(0, 65_536, (24, 40), np.uint16))
    real = Image.fromarray(_RNG.normal(0, 9, (24, 40)).astype(np.float32))

    def several(kind: str) -> bytes:
        return encoded(COLOUR, kind, save_all=True, append_images=[Image.fromarray(COLOUR[::-1])])

    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8825] = 6, "maker" * 20, {1: "N", 2: (1.0, 2.0, 3.0)}
    texts, files = PngInfo(), image_corpus.corpus()
    texts.add_text("Comment", "a" * 50, zip=True)
    return {
        "png": encoded(COLOUR, "PNG"),
        "png grey": encoded(grey, "PNG"),
        "png 1 bit": encoded(grey.convert("1"), "PNG"),
        "png 16 bits": encoded(deep, "PNG"),
        "png alpha": encoded(alpha, "PNG"),
        "png grey alpha": encoded(grey.convert("LA"), "PNG"),
        "png palette": encoded(palette, "PNG", transparency=1),
        "png animated": several("PNG"),
        "png exif": encoded(COLOUR, "PNG", exif=exif, pnginfo=texts),
        "jpeg": encoded(COLOUR, "JPEG"),
        "jpeg grey": encoded(grey, "JPEG"),
        "jpeg progressive": encoded(COLOUR, "JPEG", progressive=True),
        "jpeg cmyk": encoded(cmyk, "JPEG"),
        "jpeg exif": encoded(COLOUR, "JPEG", exif=exif, comment=b"hello"),
        "jpeg several": several("MPO"),
        "tiff": encoded(COLOUR, "TIFF"),
        "tiff lzw": encoded(COLOUR, "TIFF", compression="tiff_lzw"),
        "tiff deflate": encoded(alpha, "TIFF", compression="tiff_adobe_deflate"),
        "tiff jpeg": encoded(COLOUR, "TIFF", compression="jpeg"),
        "tiff fax": encoded(grey.convert("1"), "TIFF", compression="group4"),
        "tiff 16 bits": encoded(deep, "TIFF", compression="lzma"),
        "tiff real": encoded(real, "TIFF"),
        "tiff cmyk": encoded(cmyk, "TIFF", compression="packbits"),
        "tiff palette": encoded(palette, "TIFF"),
        "tiff several": several("TIFF"),
        "tiff big": encoded(COLOUR, "TIFF", big_tiff=True),
        "webp": encoded(COLOUR, "WEBP"),
        "webp lossless": encoded(alpha, "WEBP", lossless=True, exif=exif),
        "webp animated": several("WEBP"),
        "bmp": encoded(COLOUR, "BMP"),
        "bmp palette": encoded(palette, "BMP"),
        "bmp 1 bit": encoded(grey.convert("1"), "BMP"),
    } | {name: files[name][0]() for name in RARE}


def damaged(data: bytes, rng: np.random.Generator, count: int) -> Iterator[bytes]:
    """Yields a file that is truncated, lacks a part, has a part twice, or has random bytes changed."""
    for number in range(count):
        at, to = sorted(rng.integers(0, len(data), 2).tolist())
        if number % 4 == 0:
            yield data[:at]
        elif number % 4 == 1:
            yield data[:at] + data[to:]
        elif number % 4 == 2:
            yield data[:to] + data[at:]
        else:
            bent = bytearray(data)
            # Half of them in the header, where sizes are.
            reach = len(data) if number % 8 == 3 else min(len(data), 120)
            for place in rng.integers(0, reach, rng.integers(1, 6)):
                bent[place] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.integers(256)])
            yield bytes(bent)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """Returns a PNG chunk with its length and checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    width: int, height: int, pixels: bytes, *, depth: int = 8, colour: int = 2, before: bytes = b""
) -> bytes:
    """Returns a PNG with any size in its header, any compressed pixels, and any chunks before them."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"".join(
        (_PNG, png_chunk(b"IHDR", header), before, png_chunk(b"IDAT", pixels), png_chunk(b"IEND", b""))
    )


def zeros(count: int) -> bytes:
    """Returns `count` zeros, compressed to a thousandth of their size by the deflate algorithm."""

    def packed(size: int, end: int) -> bytes:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(bytes(size)) + packer.flush(end)

    whole, rest = divmod(count, 1 << 20)
    checksum = struct.pack(">HH", count % 65_521, 1)
    return b"\x78\xda" + packed(1 << 20, zlib.Z_FULL_FLUSH) * whole + packed(rest, zlib.Z_FINISH) + checksum


def tiff(tags: list[tuple[int, int, int, int]], rest: bytes = b"") -> bytes:
    """Returns a TIFF with a directory of (tag, type, count, value or offset), followed by any bytes."""
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + entries + bytes(4) + rest


def _sized(width: int, height: int, compression: int = 1) -> list[tuple[int, int, int, int]]:
    return [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, compression), (262, 3, 1, 1)]


def overlapping_tags(count: int, size: int) -> bytes:
    """Returns a TIFF whose tags all refer to the same large part of the file, so that a reader copies it many times."""
    place = 8 + 2 + 12 * (count + 5) + 4
    return tiff(_sized(8, 8) + [(1000 + i, 7, size, place) for i in range(count)], bytes(size))


def tile_bomb(side: int) -> bytes:
    """Returns a TIFF of 8×8 pixels in one tile of side×side pixels."""
    packed = zeros(side * side)
    place = 8 + 2 + 12 * 9 + 4
    tiles = [(322, 4, 1, side), (323, 4, 1, side), (324, 4, 1, place), (325, 4, 1, len(packed))]
    return tiff(_sized(8, 8, 8) + tiles, packed)


def many_scans(side: int, scans: int) -> bytes:
    """Returns a progressive JPEG with many scans; each takes a few bytes and makes the decoder process all pixels."""
    data = encoded(Image.new("L", (side, side)), "JPEG", progressive=True)
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * scans + data[-2:]


def webp_canvas(width: int, height: int) -> bytes:
    """Returns a WebP with any canvas size in its header."""
    frame = encoded(COLOUR, "WEBP")[12:]
    canvas = struct.pack("<IHB", 0, (width - 1) & 0xFFFF, (width - 1) >> 16)
    canvas += struct.pack("<HB", (height - 1) & 0xFFFF, (height - 1) >> 16)
    body = b"WEBPVP8X" + struct.pack("<I", 10) + canvas + frame
    return b"RIFF" + struct.pack("<I", len(body)) + body


def bmp_runs(side: int, runs: int) -> bytes:
    """Returns a run-length encoded 8-bit BMP with runs of one pixel each."""
    pixels = b"\x01\x07" * runs
    info = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, len(pixels), 0, 0, 256, 0)
    return (
        b"BM" + struct.pack("<IHHI", 54 + 1024 + len(pixels), 0, 0, 54 + 1024) + info + bytes(1024) + pixels
    )


def png_with_exif(profile: bytes) -> bytes:
    """Returns a small PNG with any EXIF data."""
    return png(8, 8, zeros(8 * 25), before=png_chunk(b"eXIf", profile))


def deep_strip_bomb(side: int) -> bytes:
    """A TIFF of 16 bits and 8×8 pixels whose strip unpacks to side×side."""
    packed = zeros(side * side * 2)
    tags = [(256, 4, 1, 8), (257, 4, 1, 8), (258, 3, 1, 16), (259, 3, 1, 8), (262, 3, 1, 1)]
    place = 8 + 2 + 12 * 8 + 4
    return tiff([*tags, (273, 4, 1, place), (278, 4, 1, 8), (279, 4, 1, len(packed))], packed)


def strip_of_another_size(compression: int, strip: bytes) -> bytes:
    """A TIFF of 8×8 pixels whose strip is an image of its own, of any size."""
    tags = [(256, 4, 1, 8), (257, 4, 1, 8), (258, 3, 1, 8), (259, 3, 1, compression), (262, 3, 1, 1)]
    place = 8 + 2 + 12 * 8 + 4
    return tiff([*tags, (273, 4, 1, place), (278, 4, 1, 8), (279, 4, 1, len(strip))], strip)


def jpeg_2000_header(width: int, height: int) -> bytes:
    """A JPEG 2000 codestream that claims a size."""
    data = bytearray(image_corpus.corpus()["j2k rgb 12"][0]())
    sides = struct.pack(">IIIIIIII", width, height, 0, 0, width, height, 0, 0)
    data[8:40] = sides
    return bytes(data)


def jpeg_xl_header(width: int, height: int) -> bytes:
    """A JPEG XL codestream that claims a size of up to 2³⁰."""
    bits = [0, 1, 1, *((height - 1) >> place & 1 for place in range(30)), 0, 0, 0]
    bits += [1, 1, *((width - 1) >> place & 1 for place in range(30))]
    packed = sum(bit << place for place, bit in enumerate(bits)).to_bytes(9, "little")
    return b"\xff\x0a" + packed + image_corpus.corpus()["jxl rgb 8"][0]()[8:]


def dicom_of(rows: int, columns: int, frames: int) -> bytes:
    """A small DICOM file that claims a size and a number of frames."""
    grey = image_writers.GREY
    file = bytearray(image_writers.dicom(grey, 8, "MONOCHROME2", NumberOfFrames=str(frames)))
    for element, value in ((b"\x28\0\x10\0US\2\0", rows), (b"\x28\0\x11\0US\2\0", columns)):
        at = file.index(element) + len(element)
        file[at : at + 2] = struct.pack("<H", value)
    return bytes(file)


def deflated_dicom(size: int) -> bytes:
    """A DICOM file whose data set is so many deflated zeros."""
    data = image_writers.dicom(image_writers.GREY, 8, "MONOCHROME2", DeflatedExplicitVRLittleEndian)
    return data[: data.index(b"UI\x16\0" + DeflatedExplicitVRLittleEndian.encode()) + 200] + zeros(size)[2:-4]


def _photo(side: int = SIDE_50_MP, mode: str = "RGB") -> Image.Image:
    """Returns a large image that is not uniform."""
    small = Image.fromarray(COLOUR).convert(mode)
    return small.resize((side, side), Image.Resampling.NEAREST)


# Files that take much memory or time to decode, although they are small or state a moderate size. The sizes of the first ones are too large.
BOMBS: dict[str, Callable[[], bytes]] = {
    "png of 60,000×60,000 in its header": lambda: png(60_000, 60_000, b""),
    "png of 2³¹−1 × 2³¹−1": lambda: png(2**31 - 1, 2**31 - 1, b""),
    "webp canvas 16,384×16,384": lambda: webp_canvas(16_384, 16_384),
    "webp canvas 2²⁴×200": lambda: webp_canvas(1 << 24, 200),
    "bmp of −2³¹": lambda: bmp_runs(8, 8).replace(struct.pack("<ii", 8, 8), struct.pack("<ii", -(2**31), -(2**31))),
    "png: a million chunks": lambda: png(8, 8, zeros(200), before=png_chunk(b"tIME", b"") * 1_000_000),
    "png: a million chunks behind": lambda: png(8, 8, zeros(200)) + png_chunk(b"tIME", b"") * 1_000_000,
    "png: deflated texts": lambda: png(
        8, 8, zeros(200), before=png_chunk(b"zTXt", b"a\0\0" + zeros(1_000_000)) * 500
    ),
    "png: more pixels than it says": lambda: png(8, 8, zeros(2_000_000_000)),
    "png: colour profile of 1 GB": lambda: png(
        8, 8, zeros(200), before=png_chunk(b"iCCP", b"a\0\0" + zeros(1_000_000_000))
    ),
    "png: overlapping EXIF": lambda: png_with_exif(overlapping_tags(60_000, 1_000_000)),
    "jpeg: a thousand scans": lambda: many_scans(3_000, 1_000),
    "jpeg: ten million segments": lambda: b"\xff\xd8" + b"\xff\xfe\0\2" * 10_000_000,
    "jpeg: filling bytes": lambda: b"\xff\xd8\xff\xfe\0\2" + b"\xff" * 40_000_000,
    "tiff: overlapping tags": lambda: overlapping_tags(60_000, 1_000_000),
    "tiff: two million tags": lambda: struct.pack("<2sHHHQQ", b"II", 43, 8, 0, 16, 2_000_000)
    + struct.pack("<HHQQ", 1000, 3, 1, 0) * 2_000_000,
    "tiff: one tile of 2 GB": lambda: tile_bomb(45_000),
    "bmp: twenty million runs": lambda: bmp_runs(SIDE_50_MP, 20_000_000),
    "tiff: 16-bit strip of 4 GB": lambda: deep_strip_bomb(45_000),
    "tiff: strip of JPEG 2000": lambda: strip_of_another_size(34712, jpeg_2000_header(60_000, 60_000)),
    "tiff: strip of JPEG XL": lambda: strip_of_another_size(50002, jpeg_xl_header(1 << 29, 1 << 29)),
    "tiff: strip of PNG": lambda: strip_of_another_size(34933, png(60_000, 60_000, zeros(1_000_000))),
    "tiff: strip of WebP": lambda: strip_of_another_size(50001, webp_canvas(16_384, 16_384)),
    "jpeg 2000 of 60,000×60,000": lambda: jpeg_2000_header(60_000, 60_000),
    "jpeg 2000 of 7,000×7,000, empty": lambda: jpeg_2000_header(7_000, 7_000),
    "jpeg xl of 2²⁹×2²⁹": lambda: jpeg_xl_header(1 << 29, 1 << 29),
    "jpeg xl of 7,000×7,000, empty": lambda: jpeg_xl_header(7_000, 7_000),
    "gif of 65,535×65,535": lambda: encoded(COLOUR, "GIF").replace(struct.pack("<HH", 40, 24), b"\xff" * 4),
    "pgm of 60,000×60,000": lambda: b"P5\n60000 60000\n255\n",
    "pgm: a text of 100 MB": lambda: b"P2\n7000 7000\n255\n" + b"1 " * 50_000_000,
    "pgm: a text of 8 MB": lambda: b"P2\n2000 2000\n255\n" + b"1 " * 4_000_000,
    "dicom of 65,535×65,535": lambda: dicom_of(65_535, 65_535, 1),
    "dicom of a billion frames": lambda: dicom_of(48, 64, 1_000_000_000),
    "dicom, deflated, 2 GB": lambda: deflated_dicom(2_000_000_000),
    "dicom that is cut": lambda: dicom_of(7_000, 7_000, 1),
}  # fmt: skip
# Images of the largest size that is decoded, in the most expensive formats.
LARGEST: dict[str, Callable[[], bytes]] = {
    "png": lambda: png(SIDE_50_MP, SIDE_50_MP, zeros(SIDE_50_MP * (SIDE_50_MP * 3 + 1))),
    "png alpha": lambda: png(SIDE_50_MP, SIDE_50_MP, zeros(SIDE_50_MP * (SIDE_50_MP * 4 + 1)), colour=6),
    "png 16 bits alpha": lambda: png(
        SIDE_50_MP, SIDE_50_MP, zeros(SIDE_50_MP * (SIDE_50_MP * 8 + 1)), depth=16, colour=6
    ),
    "png 16 bits grey": lambda: png(
        SIDE_50_MP, SIDE_50_MP, zeros(SIDE_50_MP * (SIDE_50_MP * 2 + 1)), depth=16, colour=0
    ),
    "png grey alpha": lambda: png(SIDE_50_MP, SIDE_50_MP, zeros(SIDE_50_MP * (SIDE_50_MP * 2 + 1)), colour=4),
    "jpeg": lambda: encoded(_photo(), "JPEG"),
    "jpeg progressive": lambda: encoded(_photo(), "JPEG", progressive=True),
    "jpeg cmyk": lambda: encoded(_photo(mode="CMYK"), "JPEG"),
    "tiff real": lambda: encoded(_photo(mode="F"), "TIFF", compression="tiff_adobe_deflate"),
    "tiff 32 bits": lambda: encoded(_photo(mode="I"), "TIFF", compression="tiff_adobe_deflate"),
    "tiff raw, turned": lambda: encoded(_photo(), "TIFF", exif=_turned()),
    "webp": lambda: encoded(_photo(), "WEBP", method=0),
    "bmp": lambda: encoded(_photo(), "BMP"),
    "tiff 16 bits, planes": lambda: image_writers.planes(np.asarray(_photo()).astype(np.uint16) * 257),
    "tiff 16 bits, zstd": lambda: image_writers.tiff(np.asarray(_photo()).astype(np.uint16) * 257, photometric="rgb", compression="zstd"),
    "jpeg 2000": lambda: imagecodecs.jpeg2k_encode(np.asarray(_photo(3_000)), level=20),
    "jpeg xl": lambda: imagecodecs.jpegxl_encode(np.asarray(_photo()), effort=1),
    "heic": lambda: image_writers.heic(np.asarray(_photo(4_000))),
    "avif": lambda: encoded(_photo(4_000), "AVIF", speed=10),
    "gif": lambda: encoded(_photo(mode="L"), "GIF"),
    "pgm": lambda: b"P5\n%d %d\n65535\n" % (SIDE_50_MP, SIDE_50_MP) + bytes(2 * SIDE_50_MP**2),
}  # fmt: skip


def _turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 5
    return exif
