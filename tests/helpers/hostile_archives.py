"""Malicious and damaged archives: paths that lead outside, special files, huge lists and headers, and decompression bombs."""

import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
from hostile_images import COLOUR, encoded, zeros

PNG = encoded(COLOUR, "PNG")


def zipped(*members: tuple[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Returns a ZIP of (name, content)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def tarred(
    *members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE, mode: str = "w:xz", **options: object
) -> bytes:
    """Returns a TAR of (name, content); for links, the content is the target."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode, **options) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            if kind == tarfile.REGTYPE:
                info.size = len(content)
            else:
                info.linkname = content.decode()
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def linked_zip(mode: int = stat.S_IFLNK) -> bytes:
    """Returns a ZIP with a link or a device."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("a.png")
        info.external_attr = (mode | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return stream.getvalue()


def locked_zip() -> bytes:
    """Returns a ZIP whose middle member is marked as encrypted."""
    data = bytearray(zipped(("1.png", PNG), ("2.png", PNG), ("3.png", PNG)))
    heads = [i for i in range(len(data)) if data[i : i + 4] == b"PK\x01\x02"]
    local = [i for i in range(len(data)) if data[i : i + 4] == b"PK\x03\x04"]
    data[heads[1] + 8] |= 1
    data[local[1] + 6] |= 1
    return bytes(data)


def broken_zip() -> bytes:
    """Returns a ZIP whose middle member is damaged."""
    data = bytearray(zipped(("1.png", PNG), ("2.png", PNG), ("3.png", PNG)))
    data[len(data) // 2] ^= 255
    return bytes(data)


def renamed_zip(name: bytes, flags: int = 0) -> bytes:
    """Returns a ZIP whose member's name consists of any bytes; flag 0x800 declares it as UTF-8."""
    placeholder = b"n" * len(name)
    data = zipped((placeholder.decode(), PNG)).replace(placeholder, name)
    data = bytearray(data)
    head, local = data.index(b"PK\x01\x02"), data.index(b"PK\x03\x04")
    data[head + 8 : head + 10] = data[local + 6 : local + 8] = struct.pack("<H", flags)
    return bytes(data)


def listed_zip(names: list[bytes], packed: bytes = b"", size: int = 0, checksum: int = 0) -> bytes:
    """Returns a ZIP of members with any names and the same content, written without zipfile, which rejects some names and is slow."""
    local, listed, place = [], [], 0
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    for name in names:
        about = (method, 0, 33, checksum, len(packed), size, len(name), 0)
        local.append(struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, *about) + name + packed)
        listed.append(struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, *about, 0, 0, 0, 0, place) + name)
        place += len(local[-1])
    count = len(names) & 0xFFFF
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, sum(map(len, listed)), place, 0)
    return b"".join([*local, *listed, end])


def long_list(count: int, ending: str = ".png") -> bytes:
    """Returns a ZIP with very many empty members."""
    return listed_zip([f"{i:07}{ending}".encode() for i in range(count)])


def many_headers(count: int) -> bytes:
    """Returns a TAR.XZ with very many empty members."""
    return lzma.compress(b"".join(tar_header(f"{i:07}.png", 0) for i in range(count)) + bytes(1024), preset=0)


def tar_header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """Returns a TAR header with any size."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT)


def swollen_zip(members: int, size: int) -> bytes:
    """Returns a ZIP whose members are `size` zeros each, compressed to a thousandth of that."""
    checksum = 0
    for _ in range(size >> 20):
        checksum = zlib.crc32(bytes(1 << 20), checksum)
    names = [f"{number}.bmp".encode() for number in range(members)]
    return listed_zip(names, zeros(size)[2:-4], size, checksum)


def swollen_tar(size: int, name: str, kind: bytes = tarfile.REGTYPE) -> bytes:
    """Returns a TAR.XZ with one member of zeros, made by repeating a small compressed stream."""
    step = min(size, 64 << 20)
    head, end = (lzma.compress(part, preset=0) for part in (tar_header(name, size, kind), bytes(1024)))
    return head + lzma.compress(bytes(step), preset=0) * (size // step) + end


def sparse_tar(size: int) -> bytes:
    """Returns a TAR with a sparse file (PAX, GNU sparse 0.1) of any size that consists of one byte."""
    headers = {"GNU.sparse.size": str(size), "GNU.sparse.map": "0,1", "GNU.sparse.numblocks": "1"}
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("a.png")
        info.size, info.pax_headers = 1, headers
        archive.addfile(info, io.BytesIO(b"x"))
    return stream.getvalue()


WAYS_OUT = ("../evil.png", "a/../../evil.png", "/evil.png", "..\\evil.png", "C:/evil.png", "a/\x01evil.png")
LINKS = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)
SHIFT_JIS, LATIN = "部品一.png".encode("shift-jis"), "Stück.png".encode("cp437")

# Rejected as a whole by an import; a batch reads the valid images in them.
TRAPS: dict[str, bytes] = (
    {f"zip {name!r}": zipped(("ok.png", PNG), (name, PNG)) for name in WAYS_OUT}
    | {f"tar {name!r}": tarred(("ok.png", PNG), (name, PNG)) for name in WAYS_OUT}
    | {f"tar link {kind!r}": tarred(("a.png", b"../../evil.png"), kind=kind) for kind in LINKS}
    | {f"zip mode {mode:o}": linked_zip(mode) for mode in (stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO)}
    | {
        "zip locked": locked_zip(),
        "zip broken in the middle": broken_zip(),
        "zip name that is no UTF-8": renamed_zip(b"\xff\xfe\xfd.png", 0x800),
        "zip name twice": zipped(("a.png", PNG), ("b.png", PNG)).replace(b"b.png", b"a.png"),
        "zip file as folder": zipped(("a.png", PNG), ("a.png/b.png", PNG)),
        "zip name of 60,000 letters": zipped(("n" * 60_000 + ".png", PNG)),
        "zip in folders of 5,000": zipped(("d/" * 5_000 + "a.png", PNG)),
        "zip empty name": listed_zip([b""]),
        "zip bzip2": zipped(("a.png", PNG), packing=zipfile.ZIP_BZIP2),
        "tar name twice": tarred(("a.png", PNG), ("a.png", PNG)),
        "tar size below zero": tar_header("a.png", -512) + tar_header("b.png", 0) + bytes(1024),
        "tar note of 8 GB": tar_header("a", 8 << 30, tarfile.GNUTYPE_LONGNAME) + bytes(2048),
        "tar notes on notes": tar_header("a", 1, tarfile.GNUTYPE_LONGNAME).ljust(1024, b"a") * 2_000,
        "tar sparse file of 10 GB": sparse_tar(10 << 30),
        "tar sparse file below zero": sparse_tar(-(10 << 30)),
        "tar without an end": tar_header("a.png", 10_000) + b"x" * 600,
    }
)  # fmt: skip
# Unusual but valid archives: content, and the expected names of the images.
ODD: dict[str, tuple[bytes, set[str]]] = {
    "zip names in CP437": (renamed_zip(LATIN), {"Stück.png"}),
    "zip names in Shift-JIS": (renamed_zip(SHIFT_JIS), {SHIFT_JIS.decode("cp437")}),
    "tar names in Shift-JIS": (
        tarred(("部品一.png", PNG), ("部品二.png", PNG), encoding="shift-jis", format=tarfile.GNU_FORMAT),
        {SHIFT_JIS.decode("cp437"), "部品二.png".encode("shift-jis").decode("cp437")},
    ),
    "zip names with emoji": (zipped(("🔩/🔎.png", PNG)), {"🔩/🔎.png"}),
    "zip within a zip": (zipped(("in.zip", zipped(("a.png", PNG))), ("b.png", PNG)), {"b.png"}),
    "tar within a zip": (zipped(("in.tar.xz", tarred(("a.png", PNG))), ("b.png", PNG)), {"b.png"}),
}  # fmt: skip
# Small files that unpack to gigabytes or have very long lists.
SWOLLEN: dict[str, Callable[[], bytes]] = {
    "zip: one picture of 4 GB": lambda: swollen_zip(1, 4095 << 20),
    "zip: forty pictures of 250 MB": lambda: swollen_zip(40, 250 << 20),
    "zip: bzip2, 100 MB": lambda: zipped(("a.bmp", bytes(100 << 20)), packing=zipfile.ZIP_BZIP2),
    "tar.xz: skipped file of 8 GB": lambda: swollen_tar(8191 << 20, "a.bin"),
    "tar.xz: picture of 8 GB": lambda: swollen_tar(8191 << 20, "a.png"),
    "tar.xz: note of 1 GB": lambda: swollen_tar(1 << 30, "a", tarfile.GNUTYPE_LONGNAME),
    "zip: two million entries": lambda: long_list(2_000_000),
    "tar.xz: a million entries": lambda: many_headers(1_000_000),
    "zip: 100,000 entries that are no pictures": lambda: long_list(100_000, ".doc"),
    "zip: 100,000 entries": lambda: long_list(100_000),
}  # fmt: skip


def bent(data: bytes, rng: np.random.Generator) -> bytes:
    """Returns an archive with a few random bytes changed, most of them in headers, where names and sizes are."""
    changed = bytearray(data)
    marks = [i for i in range(len(changed) - 4) if changed[i : i + 2] == b"PK" or i % 512 == 0]
    for _ in range(rng.integers(1, 5)):
        place = int(rng.choice(marks)) + int(rng.integers(0, 60)) if marks else 0
        changed[min(place, len(changed) - 1)] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.integers(256)])
    return bytes(changed)
