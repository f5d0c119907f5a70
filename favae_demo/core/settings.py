"""Where things are and what is allowed: read once from the environment."""

import os
import re
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path, user_data_path

from favae_demo.core.errors import ConfigError

PROJECT = Path(__file__).resolve().parents[2]
APP = "favae-demo"
SHIPPED_CHECKPOINTS = PROJECT / "checkpoints"
TrainingPolicy = Literal["on", "limited", "off"]


@dataclass(frozen=True)
class Settings:
    """Folders and limits of one installation.

    Attributes:
        data_dir: Folder with one sub-folder a category in MVTec layout (`FAVAE_DATA_DIR`).
        checkpoint_dir: Where models trained here are kept (`FAVAE_CHECKPOINT_DIR`); the shipped ones are always read too.
        runs_dir: One sub-folder a training run (`FAVAE_RUNS_DIR`).
        cache_dir: Teacher weights, thumbnails, feature banks; safe to delete (`FAVAE_CACHE_DIR`).
        teacher_dir: Folder with teacher weights for machines without a network (`FAVAE_TEACHER_DIR`), or None.
        training: Whether visitors may train (`FAVAE_TRAINING`): `on`, `limited` (quick only) or `off`.
        max_pixels: Largest image that is decoded, in pixels (`FAVAE_MAX_PIXELS`).
        max_upload_mb: Largest upload in megabytes (`FAVAE_MAX_UPLOAD_MB`).
        engine: What runs the models (`FAVAE_ENGINE`): `auto`, the default there, or a key of
            `detection.engines.ENGINES`.
        sign_in: Names and passwords that visitors must give (`FAVAE_SIGN_IN`: `name:password`, several parted by commas); empty
            lets everybody in.
    """

    data_dir: Path
    checkpoint_dir: Path
    runs_dir: Path
    cache_dir: Path
    teacher_dir: Path | None = None
    training: TrainingPolicy = "on"
    max_pixels: int = 50_000_000
    max_upload_mb: int = 100
    engine: str = "torch"
    sign_in: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @classmethod
    def from_env(cls, env: os._Environ | dict | None = None) -> "Settings":
        """Reads the settings from environment variables.

        Raises:
            ConfigError: A variable holds a value that is not allowed.
        """
        env = os.environ if env is None else env
        data_home, cache_home = _own(user_data_path, "data"), _own(user_cache_path, "cache")
        training = env.get("FAVAE_TRAINING") or "on"
        if training not in ("on", "limited", "off"):
            raise ConfigError(f"FAVAE_TRAINING is {_short(training)}; it must be 'on', 'limited' or 'off'.")
        return cls(
            data_dir=_folder(env, "FAVAE_DATA_DIR") or data_home / "data",
            checkpoint_dir=_folder(env, "FAVAE_CHECKPOINT_DIR") or data_home / "checkpoints",
            runs_dir=_folder(env, "FAVAE_RUNS_DIR") or data_home / "runs",
            cache_dir=_folder(env, "FAVAE_CACHE_DIR") or cache_home,
            teacher_dir=_folder(env, "FAVAE_TEACHER_DIR"),
            training=training,
            max_pixels=_positive_int(env, "FAVAE_MAX_PIXELS", cls.max_pixels),
            max_upload_mb=_positive_int(env, "FAVAE_MAX_UPLOAD_MB", cls.max_upload_mb),
            engine=env.get("FAVAE_ENGINE") or "auto",
            sign_in=_sign_in(env.get("FAVAE_SIGN_IN", "")),
        )


def is_public(env: os._Environ | dict | None = None) -> bool:
    """Whether strangers visit (`FAVAE_PUBLIC`, or any Hugging Face Space), so that no sentence may name this machine's folders."""
    env = os.environ if env is None else env
    return env.get("FAVAE_PUBLIC", "").lower() in ("1", "on", "true", "yes") or bool(env.get("SPACE_ID"))


def _folder(env: os._Environ | dict, name: str) -> Path | None:
    """The folder that a variable names, which need not exist yet; None where it names none."""
    text = env.get(name)
    if not text:
        return None
    try:
        usable = stat.S_ISDIR(os.stat(text).st_mode)
    except FileNotFoundError:
        usable = not os.path.islink(text)
    except (OSError, ValueError):  # longer than a path may be, within a file, or with a NUL in it
        usable = False
    if not usable:
        raise ConfigError(
            f"{name} is {_short(text)}, which is no folder and cannot become one; name another."
        )
    return Path(text)


def _short(text: str) -> str:
    return repr(text if len(text) <= 100 else f"{text[:100]}…")


def _own(find: Callable[[str], Path], kind: str) -> Path:
    """The user's folder of a kind, or a temporary one where it cannot be made: a container's user often has no home."""
    try:
        folder = find(APP)
        parent = next(one for one in (folder, *folder.parents) if one.exists())
    except RuntimeError:  # there is no home at all
        folder = parent = None
    usable = folder is not None and folder.is_absolute() and os.access(parent, os.W_OK)
    return folder if usable else Path(tempfile.gettempdir()) / APP / kind


def _sign_in(text: str) -> tuple[tuple[str, str], ...]:
    pairs = [entry.strip().partition(":") for entry in text.split(",") if entry.strip()]
    if not all(name and password for name, _, password in pairs):
        # Never shows what it holds.
        raise ConfigError("FAVAE_SIGN_IN must be name:password, several parted by commas.")
    return tuple((name, password) for name, _, password in pairs)


def _positive_int(env, name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < 1:
        raise ConfigError(f"{name} is {_short(text)}; it must be a whole number from 1 to 999999999.")
    return int(text)
