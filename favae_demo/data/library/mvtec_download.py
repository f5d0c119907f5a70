"""The fifteen categories of MVTec AD (Bergmann et al., CVPR 2019): where their archives are, and how one is fetched.

Links of that host have expired before: `FAVAE_MVTEC_URL` names a mirror, and an archive fetched by hand can be added.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from favae_demo.config.categories import CATEGORIES
from favae_demo.core.disk_space import check_space
from favae_demo.core.download import check_digest, download
from favae_demo.core.errors import CancelledError, DataError, DownloadError
from favae_demo.data.library.import_progress import Progress, ignore
from favae_demo.data.library.importer import add
from favae_demo.data.library.store import Library, Origin, check_new, check_writable

URL = "https://www.mydrive.ch/shares"
HOME = "https://www.mvtec.com/company/research/datasets/mvtec-ad"
LICENCE = (
    "MVTec AD, © MVTec Software GmbH, is licensed under CC BY-NC-SA 4.0: use it for non-commercial purposes only, name its authors "
    "(Bergmann et al., MVTec AD, CVPR 2019), and pass on under the same terms what you make of it, trained models included."
)
LICENCE_URL = "https://creativecommons.org/licenses/by-nc-sa/4.0/"
FETCHING, TESTING = "fetching", "checking"
_UNPACKED = 1.1  # images hardly shrink in an archive


@dataclass(frozen=True)
class Archive:
    """One category's archive: path below the host's prefix, size in MiB, SHA-256."""

    name: str
    path: str
    mib: int
    sha256: str

    @property
    def url(self) -> str:
        """Where it is fetched from."""
        return f"{os.environ.get('FAVAE_MVTEC_URL') or URL}/{self.path}"

    @property
    def size(self) -> int:
        """About how many bytes."""
        return self.mib << 20


_ROWS = """
bottle     148 150452/132a93367fb17cdf968dfb5c4013f6e7/download/420937370-1629958698 726512129cb3b1f47d4f6cd7c7fc9170db7fc209132249c788fec06029cb5dc3
cable      481 150453/10f960e07fec2838b2cd512586633a32/download/420937413-1629958794 1e3d59b80a6a8da5adf32fb0cf311c7b964cde146d6920aef9ca66380999a9cd
capsule    385 150454/e0ce6dd74eb150f46c0d98131b3703f2/download/420937454-1629958872 f6a41cb11f1589d552888fe9c43a1adcbcae15b70073e19093322f836d00a2b6
carpet     705 150455/eac7fbce84d93a5094e13f391170eca4/download/420937484-1629959013 d9dd5064515a20bd75cf24d223c570579141abd72388beef892780b74dbaa85d
grid       153 150456/bb0b2e3dc804ccb8b4485e01f8e4493b/download/420937487-1629959044 d94a9a651cbfaee22c94d06cf8fa8204a590c872362de0489eb34f1645328de8
hazelnut   588 150457/51d49f65e84bdc100ff8035d7dd783ea/download/420937545-1629959162 a7f4e7d65a60a235def7236a46fcb854d62e6c6917c16b1ec9cb4ff089d3b0da
leather    500 150458/923030ce14e10a7d147e95d0f8885f6b/download/420937607-1629959262 704ffa48b1dc2fc44824aa50442d9febc399dd92a5d6fd8156f8aa0373d15f24
metal_nut  157 150459/c68856a21dca589b0f8ff6d4ee0f18f4/download/420937637-1629959294 86e3c8e163ceb19146ad3ddc408e85cc34ae02e0da430e07a73bac6bbb48532a
pill       262 150460/d4f1c04da67034ccc8d8b5fa3e73f244/download/420938129-1629960351 ac6ce9ec4ec2a5d67c906d82147bd7431980cf00b78f25d63201a5f17e3a2038
screw      186 150461/242f454cc6385e5693c4fd4b94567d1e/download/420938130-1629960389 0a27a365a21e472d19b9fb48cb8e4002b49fabe083bff7f4c16fa57d78154f10
tile       335 150462/5479f0fdc97bc6fa16eab0cb0cf0109f/download/420938133-1629960456 392228153b96d0db9f179d3f7c2d63e131e907154883b57309fcbf798643173c
toothbrush 104 150463/895a1a5fb84b958f07417784b060434b/download/420938134-1629960477 fe72a34b4b0d074f84e844be7ef8c4f64f7f02f20e25f19c9e3b4a231c8bea77
transistor 384 150464/99b8ea0332438d64fcc2475ee73f9c29/download/420938166-1629960554 146b2166c35a1d0cf37ded091366ac01a50338b4ac704632f1239890eaca4449
wood       474 150465/d5b4115b720cdb54d217e75636e6e374/download/420938383-1629960649 3757297ac2a266072eb4f25a97f805f5b37fd583492b20bd709f310736c1ea47
zipper     152 150466/bd155b557520edaf692d9bfdb915c24a/download/420938385-1629960680 7ab46e0e195da145db30052baea3d3a5d14c5f0e710137c968e0423f02cb942d
"""
ARCHIVES = {
    name: Archive(name, f"{path}/{name}.tar.xz", int(mib), sha256)
    for name, mib, path, sha256 in (row.split() for row in _ROWS.strip().splitlines())
}


def fetch(
    name: str, library: Library, progress: Progress = ignore, cancel: Callable[[], bool] = lambda: False
) -> list[str]:
    """Fetches a category, checks it and adds it; a download that was cut off or stopped goes on where it was.

    Args:
        name: Key of `ARCHIVES`.
        library: Where it is added; the download itself lies in its cache folder.
        progress: Told what is being done, and bytes done and in all.
        cancel: Asked often; True stops, and keeps what has been fetched so far.

    Returns:
        The category's name, in a list as from `add`.

    Raises:
        DataError: Unknown or there already, no room, no answer, or a wrong checksum; the sentence says what to do.
        CancelledError: `cancel` answered True.
    """
    if name not in ARCHIVES:
        raise DataError(f"MVTec AD has no category {name!r}; it has {', '.join(ARCHIVES)}.")
    archive, part = ARCHIVES[name], part_path(name, library.cache_dir)
    check_new(name, library, own=False)
    left = max(archive.size - fetched_bytes(name, library.cache_dir), 0)
    check_space({part.parent: left, library.data_dir: int(archive.size * _UNPACKED)})
    part.parent.mkdir(parents=True, exist_ok=True)
    with _alone(name, part):
        _transfer(archive, part, progress, cancel)
        info = CATEGORIES[name]
        origin = Origin(info.source, info.licence, f"{name}.tar.xz")
        added = add(part, library, name, progress, cancel, origin=origin)
        part.unlink()
    return added


def part_path(name: str, cache_dir: Path) -> Path:
    """Where a category's archive lies while it is fetched."""
    return cache_dir / "downloads" / f"{name}.tar.xz.part"


def fetched_bytes(name: str, cache_dir: Path) -> int:
    """How much of a category's archive has been fetched already."""
    part = part_path(name, cache_dir)
    return part.stat().st_size if part.is_file() else 0


def discard(name: str, library: Library) -> int:
    """Removes what has been fetched of an archive; returns the bytes that are free again.

    Raises:
        DataError: There is no such archive, it is being fetched just now, or this server allows no changes.
    """
    if name not in ARCHIVES:  # a name becomes a path
        raise DataError(f"MVTec AD has no category {name!r}; it has {', '.join(ARCHIVES)}.")
    check_writable(library)
    freed, part = fetched_bytes(name, library.cache_dir), part_path(name, library.cache_dir)
    if not part.is_file():
        return 0
    with _alone(name, part):
        part.unlink(missing_ok=True)
    return freed


@contextlib.contextmanager
def _alone(name: str, part: Path) -> Iterator[None]:
    """Keeps everybody else away from a started download, in other processes too."""
    lock = FileLock(f"{part}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise DataError(f"{name!r} is being fetched just now; wait for it, or stop it first.") from None
    try:
        yield
    finally:
        lock.release()


def _transfer(archive: Archive, part: Path, progress: Progress, cancel: Callable[[], bool]) -> None:
    def tick(stage: str) -> Callable[[int, int], None]:
        def advance(done: int, total: int) -> None:
            if cancel():
                raise CancelledError(
                    "Stopped; what has been fetched is kept, and the next try goes on from there."
                )
            progress(stage, done, total or archive.size)

        return advance

    by_hand = f"get {archive.name}.tar.xz from {HOME} and add it as an archive"
    try:
        download(archive.url, part, tick(FETCHING))
    except CancelledError:
        raise
    except DownloadError as error:
        raise DataError(
            f"{archive.name!r} could not be fetched ({error}). Try again later, which goes on where it stopped, or {by_hand}."
        ) from error
    try:
        check_digest(part, f"sha256:{archive.sha256}", tick(TESTING))
    except CancelledError:
        raise
    except DownloadError as error:
        part.unlink(missing_ok=True)
        raise DataError(
            f"What was fetched for {archive.name!r} is not the original file: its checksum is wrong. Try again, or {by_hand}."
        ) from error
