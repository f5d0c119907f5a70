"""Folders and limits of an installation, read from environment variables."""

import ipaddress
import os
import re
import stat
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path, user_data_path

from favae_demo.core.errors import ConfigError

PACKAGE = Path(__file__).resolve().parents[1]
PROJECT = PACKAGE.parent  # a checkout's root; in an installed package nothing of this project lies there
APP = "favae-demo"
_PACKED_CHECKPOINTS = PACKAGE / "shipped"  # only a built package has it, see setup.py
INSTALLED = _PACKED_CHECKPOINTS.is_dir()
SHIPPED_CHECKPOINTS = _PACKED_CHECKPOINTS if INSTALLED else PROJECT / "checkpoints"
# Working folder of processes that run `python -m favae_demo`, which finds a checkout's package by it; None: this process's own.
PROGRAM_DIR = None if INSTALLED else PROJECT
TrainingPolicy = Literal["on", "limited", "off"]
PathPolicy = Literal["all", "loopback", "off"]
HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(?::(?P<port>[0-9]{1,5}))?")
"""A host's name or address in lower case, with or without a port, as in the header `Host`."""
HOST_VARIABLES = {
    "FAVAE_HOSTS": "names of hosts, parted by commas",
    "GRADIO_SERVER_NAME": "the address to listen at, as in 0.0.0.0",
    "SPACE_HOST": "the name of a host",
}
"""Variables that name the server, with what each must be."""
ENGINES = ("auto", "ncnn", "openvino", "onnx", "torch")  # `auto`, and the keys of `detection.engines.ENGINES`
LOCALHOST = "localhost"
WILDCARDS = ("0.0.0.0", "[::]")  # addresses to listen at, which no visitor opens
PUBLIC_KEEP_DAYS, PUBLIC_MOST_RUNS = 30, 200  # of trainings where strangers visit
SHIFTS = (6 * 60, 14 * 60, 22 * 60)  # begins of the shifts, in minutes since midnight
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
SWITCHES = dict.fromkeys(("", "0", "off", "false", "no"), False) | dict.fromkeys(
    ("1", "on", "true", "yes"), True
)
POLICIES: tuple[TrainingPolicy, ...] = ("on", "limited", "off")


@dataclass(frozen=True)
class Settings:
    """Folders and limits of one installation.

    Attributes:
        data_dir: Folder with one sub-folder per category in MVTec layout (`FAVAE_DATA_DIR`).
        checkpoint_dir: Folder with further models (`FAVAE_CHECKPOINT_DIR`), as `zoo --out` writes them; the shipped models and those of
            finished runs are always available too.
        runs_dir: Folder with one sub-folder per training run (`FAVAE_RUNS_DIR`).
        cache_dir: Folder of teacher weights, thumbnails and feature banks (`FAVAE_CACHE_DIR`); may be deleted.
        teacher_dir: Folder with teacher weights for machines without network access (`FAVAE_TEACHER_DIR`), or None.
        training: Whether visitors may train (`FAVAE_TRAINING`): `on`, `limited` (preset `quick` only) or `off`.
        max_pixels: Largest image that is decoded, in pixels (`FAVAE_MAX_PIXELS`).
        max_upload_mb: Largest upload, in megabytes (`FAVAE_MAX_UPLOAD_MB`).
        engine: Inference engine (`FAVAE_ENGINE`, by default `auto`): `auto` or a key of `detection.engines.ENGINES`.
        sign_in: Names and passwords of the visitors (`FAVAE_SIGN_IN`, comma-separated `name:password` pairs); if empty, no
            sign-in is required.
        hosts: Names under which the page is reached besides loopback (`FAVAE_HOSTS`, comma-separated; always the name in
            `GRADIO_SERVER_NAME` and a Space's own).
        keep_days: Days after which an ended training is deleted (`FAVAE_KEEP_DAYS`); 0 keeps them.
        most_runs: Ended trainings that are kept, the newest; 0 keeps all. It is set where strangers visit.
        status_token: Secret with which the host reads the state of the server (`FAVAE_STATUS_TOKEN`); if empty, nobody can.
        local_paths: Who may name a path on this computer (`FAVAE_LOCAL_PATHS`): `all`, `loopback` or `off`.
        line_db: Database of verdicts that `watch` writes and the page reads (`FAVAE_LINE_DB`); None where strangers visit and none is named.
        shifts: When each shift begins, in minutes since midnight, ascending (`FAVAE_SHIFTS`, comma-separated `HH:MM`).
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
    hosts: tuple[str, ...] = ()
    local_paths: PathPolicy = "loopback"
    keep_days: int = 0
    most_runs: int = 0
    status_token: str = field(default="", repr=False)
    line_db: Path | None = None
    shifts: tuple[int, ...] = SHIFTS

    @property
    def marks_dir(self) -> Path:
        """Folder of what people said of verdicts, see `data.library.feedback`; it lies with the user's models, not with the pictures."""
        return self.checkpoint_dir / "marks"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Reads the settings from environment variables.

        Args:
            env: The variables; None reads those of the process.

        Raises:
            ConfigError: A variable has a value that is not allowed.
        """
        env = os.environ if env is None else env
        data_home, cache_home = _user_folder(user_data_path, "data"), _user_folder(user_cache_path, "cache")
        return cls(
            data_dir=_folder(env, "FAVAE_DATA_DIR") or data_home / "data",
            checkpoint_dir=_folder(env, "FAVAE_CHECKPOINT_DIR") or data_home / "checkpoints",
            runs_dir=_folder(env, "FAVAE_RUNS_DIR") or data_home / "runs",
            cache_dir=_folder(env, "FAVAE_CACHE_DIR") or cache_home,
            teacher_dir=_folder(env, "FAVAE_TEACHER_DIR"),
            training=_training_policy(env.get("FAVAE_TRAINING") or "on"),
            max_pixels=_positive_int(env, "FAVAE_MAX_PIXELS", cls.max_pixels),
            max_upload_mb=_positive_int(env, "FAVAE_MAX_UPLOAD_MB", cls.max_upload_mb),
            engine=_engine(env.get("FAVAE_ENGINE") or "auto"),
            sign_in=_sign_in(env.get("FAVAE_SIGN_IN", "")),
            hosts=_hosts(env),
            local_paths=_path_policy(env),
            keep_days=_positive_int(env, "FAVAE_KEEP_DAYS", PUBLIC_KEEP_DAYS) if _is_limited(env) else 0,
            most_runs=PUBLIC_MOST_RUNS if is_public(env) else 0,
            status_token=env.get("FAVAE_STATUS_TOKEN", ""),
            line_db=_file(env, "FAVAE_LINE_DB")
            or (None if is_public(env) else data_home / "line" / "verdicts.sqlite"),
            shifts=_shifts(env.get("FAVAE_SHIFTS", "")),
        )


def is_space(env: Mapping[str, str] | None = None) -> bool:
    """Returns whether the app runs in a Hugging Face Space."""
    return bool((os.environ if env is None else env).get("SPACE_ID"))


def is_public(env: Mapping[str, str] | None = None) -> bool:
    """Returns whether the app is open to strangers (`FAVAE_PUBLIC`, or any Hugging Face Space): messages then must not name local folders."""
    env = os.environ if env is None else env
    return is_switched_on(env, "FAVAE_PUBLIC") or is_space(env)


def is_switched_on(env: Mapping[str, str], name: str) -> bool:
    """Returns whether a variable switches something on.

    Raises:
        ConfigError: It says neither: a mistyped word must not leave open what was to be closed.
    """
    text = env.get(name, "").strip().lower()
    if text not in SWITCHES:
        raise ConfigError(f"{name} is {_short(env[name])}; it must be 'on' or 'off'.")
    return SWITCHES[text]


def is_loopback(address: str) -> bool:
    """Returns whether an IP address means the computer itself, whoever asks."""
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_limited(env: Mapping[str, str]) -> bool:
    """Returns whether trainings are kept for a time only."""
    return is_public(env) or bool(env.get("FAVAE_KEEP_DAYS"))


def _hosts(env: Mapping[str, str]) -> tuple[str, ...]:
    """Returns the configured names of the server, in lower case and without ports."""
    hosts = []
    for variable, form in HOST_VARIABLES.items():
        for name in filter(None, (name.strip().lower() for name in env.get(variable, "").split(","))):
            match = HOST.fullmatch(name)
            if match is None:
                raise ConfigError(f"{variable} is {_short(env[variable])}; it must be {form}.")
            if match["name"] not in WILDCARDS:
                hosts.append(match["name"])
    return tuple(hosts)


def _path_policy(env: Mapping[str, str]) -> PathPolicy:
    """Returns who may name a path on this computer: nobody where strangers visit, or where a proxy makes everybody look local."""
    asked = env.get("FAVAE_LOCAL_PATHS")
    if is_public(env) or (asked and not is_switched_on(env, "FAVAE_LOCAL_PATHS")):
        return "off"
    if asked:
        return "all"
    behind_proxy = any(env.get(name) for name in ("FAVAE_HOSTS", "GRADIO_ROOT_PATH", "GRADIO_SHARE"))
    address = env.get("GRADIO_SERVER_NAME") or LOCALHOST
    starts_here = address == LOCALHOST or is_loopback(address)
    return "loopback" if starts_here and not behind_proxy else "off"


def _engine(text: str) -> str:
    if text not in ENGINES:
        raise ConfigError(f"FAVAE_ENGINE is {_short(text)}; it must be one of {', '.join(ENGINES)}.")
    return text


def _training_policy(text: str) -> TrainingPolicy:
    policy = next((policy for policy in POLICIES if policy == text), None)
    if policy is None:
        raise ConfigError(f"FAVAE_TRAINING is {_short(text)}; it must be 'on', 'limited' or 'off'.")
    return policy


def install_command(extra: str = "") -> str:
    """Returns the command that installs the dependencies of an extra, or of the package itself; in a checkout from a requirements file."""
    if INSTALLED:
        return f'pip install "{APP}[{extra}]"' if extra else f"pip install {APP}"
    return f"pip install -r requirements{f'-{extra}' if extra else ''}.txt"


def _folder(env: Mapping[str, str], name: str) -> Path | None:
    """Returns the folder in a variable, which need not exist; None if the variable is not set."""
    text = env.get(name)
    if not text:
        return None
    try:
        usable = stat.S_ISDIR(Path(text).stat().st_mode)
    except FileNotFoundError:
        usable = not Path(text).is_symlink()
    except (OSError, ValueError):  # the path is too long, lies inside a file, or contains a NUL
        usable = False
    if not usable:
        raise ConfigError(
            f"{name} is {_short(text)}, which is no folder and cannot become one; name another."
        )
    return Path(text).absolute()  # processes started from here may work in another folder


def _file(env: Mapping[str, str], name: str) -> Path | None:
    """Returns the file in a variable, which need not exist; None if the variable is not set."""
    text = env.get(name)
    if not text:
        return None
    path = Path(text).expanduser().absolute()
    if "\0" in text or path.is_dir():
        raise ConfigError(f"{name} is {_short(text)}, which must be a file.")
    return path


def _shifts(text: str) -> tuple[int, ...]:
    """Returns when the shifts begin, in minutes since midnight."""
    if not text.strip():
        return SHIFTS
    times = [_TIME.fullmatch(part.strip()) for part in text.split(",")]
    if not all(times):
        raise ConfigError(
            f"FAVAE_SHIFTS is {_short(text)}; it must be times at which shifts begin, as in 06:00, 14:00, 22:00."
        )
    return tuple(sorted({60 * int(time[1]) + int(time[2]) for time in times if time}))


def _short(text: str) -> str:
    return repr(text if len(text) <= 100 else f"{text[:100]}…")


def _user_folder(find: Callable[[str], Path], kind: str) -> Path:
    """Returns the user's folder of a kind, or a temporary one if it cannot be created: a container's user often has no home."""
    temporary = Path(tempfile.gettempdir()) / APP / kind
    try:
        folder = find(APP)
        parent = next(path for path in (folder, *folder.parents) if path.exists())
    except RuntimeError:  # there is no home directory
        return temporary
    return folder if folder.is_absolute() and os.access(parent, os.W_OK) else temporary


def _sign_in(text: str) -> tuple[tuple[str, str], ...]:
    pairs = [entry.strip().partition(":") for entry in text.split(",") if entry.strip()]
    if not all(name and password for name, _, password in pairs):
        # The message does not contain the value, which holds passwords.
        raise ConfigError("FAVAE_SIGN_IN must be name:password, several parted by commas.")
    return tuple((name, password) for name, _, password in pairs)


def _positive_int(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < 1:
        raise ConfigError(f"{name} is {_short(text)}; it must be a whole number from 1 to 999999999.")
    return int(text)
