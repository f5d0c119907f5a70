"""The image formats that are read, for file pickers, listings and sentences."""

# Endings of the files; what a file is, its content says.
EXTENSIONS = (
    ".avif", ".bmp", ".dcm", ".gif", ".heic", ".heif", ".j2k", ".jls", ".jp2", ".jpeg", ".jpg", ".jxl",
    ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp",
)  # fmt: skip
KINDS = "PNG, JPEG, BMP, TIFF, WebP, HEIC, AVIF, GIF, JPEG 2000, JPEG XL, JPEG-LS, PGM or DICOM"
