"""Teacher weights on this machine: looked up, downloaded and verified, and kept as one safetensors file for each teacher."""

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from favae_demo.core.download import check_digest
from favae_demo.core.errors import CancelledError, DownloadError, WeightsError
from favae_demo.core.files import atomic_path
from favae_demo.teacher.weight_sources import RECIPES, Tensors, WeightRecipe, WeightSource

Progress = Callable[[str, int, int], None]
"""Called with (source, bytes done, bytes in total or 0 if unknown)."""


class _UnwritableError(WeightsError):
    """The weights cannot be written to the cache; another source would not help."""

    def __init__(self, folder: Path, error: Exception):
        why = getattr(error, "strerror", None) or error
        super().__init__(f"The teacher weights cannot be written to {folder}: {why}.")


def fingerprint(tensors: dict[str, Tensor]) -> str:
    """Returns the SHA-256 digest of names, types, shapes and values, in the order of the names."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        value = tensors[name].detach().cpu().contiguous()
        digest.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
        digest.update(value.numpy().tobytes())
    return digest.hexdigest()


def cache_path(teacher: str, cache_dir: Path, expected: str | None = None) -> Path:
    """Returns the path of a teacher's weights in the cache.

    Args:
        teacher: Key of `RECIPES`.
        cache_dir: The app's cache folder.
        expected: Fingerprint for the path of weights that one checkpoint requires, beside the usual ones; it becomes part of the name.
    """
    suffix = f"-{expected[:12]}" if expected else ""
    return cache_dir / "teachers" / f"{teacher}{suffix}.safetensors"


def is_ready(teacher: str, cache_dir: Path, teacher_dir: Path | None) -> bool:
    """Returns whether the weights are on this machine; does not use the network."""
    return cache_path(teacher, cache_dir).is_file() or any(_by_hand(teacher, teacher_dir))


def is_cached(teacher: str, cache_dir: Path, expected: str | None = None) -> bool:
    """Returns whether the cache holds the weights undamaged and with the expected fingerprint; does not use the network."""
    candidates = (cache_path(teacher, cache_dir), cache_path(teacher, cache_dir, expected))
    return any(_holds(path, expected) for path in candidates)


def is_installed(teacher: str) -> bool:
    """Returns whether a teacher's weights came with the app's packages, so that they need no download."""
    return all(source.installed for source in RECIPES[teacher].sources)


def take_installed(
    teacher: str, cache_dir: Path, teacher_dir: Path | None, expected: str | None = None
) -> bool:
    """Copies weights that came with the app's packages into the cache.

    Returns:
        Whether this succeeded: False if the teacher's weights did not come with a package, or are not the expected ones.
    """
    if not is_installed(teacher):
        return False
    try:
        ensure(teacher, cache_dir, teacher_dir, expected=expected)
    except WeightsError:
        return False
    return True


def status(teacher: str, cache_dir: Path, teacher_dir: Path | None) -> dict[str, Any]:
    """Returns what is known about a teacher's weights on this machine, JSON-serialisable."""
    path = cache_path(teacher, cache_dir)
    record = {
        "id": teacher,
        "ready": is_ready(teacher, cache_dir, teacher_dir),
        "path": str(path),
        "source": "",
        "note": "",
    }
    if path.is_file():
        try:
            with safe_open(path, "pt") as file:
                metadata = file.metadata() or {}
        except (OSError, SafetensorError):
            return record | {"ready": False, "note": "damaged; will be downloaded again"}
        keys = ("source", "note", "fingerprint", "credit")
        record |= {key: metadata.get(key, "") for key in keys} | {"bytes": path.stat().st_size}
    return record


def read_weights(path: Path) -> tuple[Tensors, dict[str, str]]:
    """Reads the tensors and the metadata of a file in the cache's format.

    Raises:
        WeightsError: The file is damaged or in another format.
    """
    try:
        with safe_open(path, "pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            metadata = file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"The teacher weights {path.name} are damaged.") from error
    if fingerprint(tensors) != metadata.get("fingerprint"):
        raise WeightsError(f"The teacher weights {path.name} are damaged.")
    return tensors, metadata


def ensure(
    teacher: str,
    cache_dir: Path,
    teacher_dir: Path | None,
    progress: Progress | None = None,
    cancel: Callable[[], bool] = lambda: False,
    *,
    expected: str | None = None,
) -> Path:
    """Returns the file of a teacher's weights in the cache, and downloads them first if necessary.

    Tried in order: the cache, the files in `teacher_dir`, and the sources of the teacher's recipe.

    Args:
        teacher: Key of `RECIPES`.
        cache_dir: The app's cache folder, which also receives the temporary files of a download.
        teacher_dir: Folder with weights that the user put there, or None.
        progress: Called during a download.
        cancel: Called often during a download; if it returns True, the download stops.
        expected: Fingerprint of the weights that a checkpoint requires (VGG19's weights exist in full precision and in 8 bits);
            they are kept beside other weights of the same teacher. None accepts any.

    Raises:
        WeightsError: No source has the weights; the message says which file to put where.
        CancelledError: `cancel` returned True.
    """
    path = cache_path(teacher, cache_dir)
    for candidate in (path, cache_path(teacher, cache_dir, expected)):
        if _holds(candidate, expected):
            return candidate
    recipe = RECIPES[teacher]
    tried: list[str] = []
    for name, take in [
        *_by_hand(teacher, teacher_dir),
        *_by_network(teacher, cache_dir, progress, cancel, expected),
    ]:
        try:
            tensors, source, note = take()
            _check(tensors, recipe, expected)
        except (CancelledError, _UnwritableError):
            raise
        except (WeightsError, DownloadError, OSError) as error:
            tried.append(f"{name} ({str(error) or type(error).__name__})")
        else:
            target = cache_path(teacher, cache_dir, expected) if path.is_file() else path
            _store(target, teacher, tensors, source, note, recipe)
            return target
    raise WeightsError(_advice(teacher, recipe, tried))


def _holds(path: Path, expected: str | None) -> bool:
    """Returns whether a file in the cache is undamaged and has the expected fingerprint; removes a damaged one."""
    try:
        file = path.stat()
    except OSError:
        return False
    try:
        actual = _verified_fingerprint(path, (file.st_ino, file.st_mtime_ns, file.st_size))
    except WeightsError:
        with contextlib.suppress(OSError):  # in a read-only cache it stays, and counts as missing
            path.unlink(missing_ok=True)
        return False
    return expected in (None, actual)


@lru_cache(maxsize=32)
def _verified_fingerprint(path: Path, stamp: tuple[int, int, int]) -> str:
    """Returns the fingerprint of an undamaged file; once for each state of it, as all values are read for that."""
    return read_weights(path)[1]["fingerprint"]


Take = Callable[[], tuple[Tensors, str, str]]  # returns the tensors, the source's name and its note


def _by_hand(teacher: str, teacher_dir: Path | None) -> list[tuple[str, Take]]:
    """Returns the usable files in the user's folder: one in the cache's format, and a source's file under its official name."""
    if teacher_dir is None:
        return []
    files: list[tuple[str, Take]] = []
    converted = teacher_dir / f"{teacher}.safetensors"
    if converted.is_file():
        files.append((converted.name, partial(_converted, converted)))
    for source in RECIPES[teacher].sources:
        file = teacher_dir / source.file_name
        if file.is_file():
            files.append((file.name, partial(_read, source, file)))
    return files


def _by_network(
    teacher: str,
    cache_dir: Path,
    progress: Progress | None,
    cancel: Callable[[], bool],
    expected: str | None,
) -> list[tuple[str, Take]]:
    """Returns the sources in order, without those known to hold other weights; one known to hold the expected weights comes first."""
    fitting = [s for s in RECIPES[teacher].sources if not expected or s.fingerprint in ("", expected)]
    return [
        (source.name, partial(_fetch, source, cache_dir, progress, cancel))
        for source in sorted(fitting, key=lambda source: not source.fingerprint if expected else 0)
    ]


def _fetch(
    source: WeightSource, cache_dir: Path, progress: Progress | None, cancel: Callable[[], bool]
) -> tuple[Tensors, str, str]:
    def on_progress(done: int, total: int) -> None:
        if cancel():
            raise CancelledError("The download was stopped.")
        if progress:
            progress(source.name, done, total)

    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="fetch-", dir=cache_dir))
    except OSError as error:
        raise _UnwritableError(cache_dir, error) from error
    try:
        source.fetch(folder, on_progress)
        return _read(source, folder / source.file_name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _read(source: WeightSource, file: Path) -> tuple[Tensors, str, str]:
    if not file.is_file():
        raise WeightsError("the source gave another file than expected")
    check_digest(file, source.digest)
    try:
        tensors = source.read(file)
    except Exception as error:  # the parsers document no errors for files in another format
        raise WeightsError("the file is not in the expected format") from error
    return tensors, source.name, source.note


def _converted(file: Path) -> tuple[Tensors, str, str]:
    tensors, metadata = read_weights(file)
    return tensors, metadata.get("source", file.name), metadata.get("note", "")


def _check(tensors: Tensors, recipe: WeightRecipe, expected: str | None) -> None:
    shapes = {name: tuple(value.shape) for name, value in tensors.items()}
    if shapes != recipe.shapes:
        raise WeightsError("the file holds other layers than expected")
    for name, values in recipe.first_values.items():
        first_row = tensors[name][0, -1, 0]  # of the blue channel: the last one of an RGB input
        if any(abs(float(a) - b) > 1e-5 for a, b in zip(first_row, values, strict=True)):
            raise WeightsError("the file's values are not the ImageNet weights")
    if expected not in (None, fingerprint(tensors)):
        raise WeightsError("these are not the weights that the model was trained with")


def _store(path: Path, teacher: str, tensors: Tensors, source: str, note: str, recipe: WeightRecipe) -> None:
    metadata = {"id": teacher, "source": source, "note": note, "credit": recipe.credit}
    try:
        with atomic_path(path) as temporary:
            save_file(tensors, temporary, metadata | {"fingerprint": fingerprint(tensors)})
    except (OSError, SafetensorError) as error:
        raise _UnwritableError(path.parent, error) from error


def _advice(teacher: str, recipe: WeightRecipe, tried: list[str]) -> str:
    first = recipe.sources[0]
    address = f" from {first.url()}" if first.url else ""
    return (
        f"The weights of {teacher} could not be fetched; tried: {'; '.join(tried)}. Connect to the network and try again, "
        f"or get {first.file_name}{address}, put it into a folder and set FAVAE_TEACHER_DIR to that folder."
    )
