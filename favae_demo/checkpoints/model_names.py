"""Models by name: the shipped ones, and those trained on this machine."""

from fnmatch import fnmatchcase
from pathlib import Path

from favae_demo.core.settings import SHIPPED_CHECKPOINTS, Settings

SUFFIX = ".safetensors"


def list_models(pattern: str = "*", checkpoint_dir: Path | None = None) -> list[str]:
    """Returns the names of the available models: the shipped ones and those in the user's checkpoint folder.

    A name has the form `CATEGORY-TEACHER-PRESET`; `Detector.load` and `load_checkpoint` take it in place of a path.

    Args:
        pattern: Shell-style wildcards that a name must match, as in `sample_*`.
        checkpoint_dir: The user's checkpoint folder; None reads it from the environment.

    Returns:
        The names, sorted.

    Examples:
        >>> from favae_demo import list_models
        >>> list_models("sample_*-extended")[:2]
        ['sample_bottle-efficientnet-lite0-extended', 'sample_grid-efficientnet-lite0-extended']
        >>> list_models("no-such-*")
        []
    """
    folders = _folders(checkpoint_dir)
    names = {path.stem for folder in folders for path in folder.glob(f"*{SUFFIX}")}
    return sorted(name for name in names if fnmatchcase(name, pattern))


def model_path(model: Path | str, checkpoint_dir: Path | None = None) -> Path:
    """Returns the path of a model file.

    Args:
        model: A path, which is returned as it is, or the name of a model. A path to an existing file comes before a name, and a
            model in the user's checkpoint folder before a shipped one.
        checkpoint_dir: The user's checkpoint folder; None reads it from the environment.

    Returns:
        The path; if there is no model of that name, the path of a file that does not exist.
    """
    path = Path(model)
    if isinstance(model, Path) or path.suffix == SUFFIX or path.name != model or path.is_file():
        return path
    candidates = (folder / f"{model}{SUFFIX}" for folder in _folders(checkpoint_dir))
    return next((candidate for candidate in candidates if candidate.is_file()), path)


def _folders(checkpoint_dir: Path | None) -> tuple[Path, Path]:
    return checkpoint_dir or Settings.from_env().checkpoint_dir, SHIPPED_CHECKPOINTS
