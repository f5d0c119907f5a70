"""The image formats that are read, for file pickers, listings and sentences."""

from importlib.util import find_spec

# Endings of the files; what a file is, its content says.
EXTENSIONS = (
    ".avif", ".bmp", ".dcm", ".gif", ".heic", ".heif", ".j2k", ".jls", ".jp2", ".jpeg", ".jpg", ".jxl",
    ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp",
)  # fmt: skip
_HAS_DICOM = find_spec("pydicom") is not None  # an optional package
ACCEPTED = tuple(ending for ending in EXTENSIONS if _HAS_DICOM or ending != ".dcm")
"""What file pickers offer. A listing takes all `EXTENSIONS`, so that a file which needs an optional package is named with it."""
KINDS = "PNG, JPEG, BMP, TIFF, WebP, HEIC, AVIF, GIF, JPEG 2000, JPEG XL, JPEG-LS" + (
    ", PGM or DICOM" if _HAS_DICOM else " or PGM"
)
