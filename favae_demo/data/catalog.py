"""Where the images of each category are: the user's data folder, and the generated sample parts."""

from pathlib import Path

from favae_demo.core.settings import Settings
from favae_demo.data.mvtec import Category, list_categories, load_category
from favae_demo.data.synthetic import SAMPLE_CATEGORIES, ensure_samples


def available(settings: Settings) -> list[str]:
    """Names of all categories that can be opened; the user's own come first."""
    own = list_categories(settings.data_dir)
    return own + [name for name in SAMPLE_CATEGORIES if name not in own]


def data_dir_of(name: str, settings: Settings) -> Path:
    """Folder that holds a category; generated parts are rendered on first use (about 10 s)."""
    if name in SAMPLE_CATEGORIES and name not in list_categories(settings.data_dir):
        return ensure_samples(name, settings.cache_dir)
    return settings.data_dir


def open_category(name: str, settings: Settings) -> Category:
    """The category, wherever it is.

    Raises:
        DataError: There is none of this name.
    """
    return load_category(data_dir_of(name, settings), name)


def stamp(name: str, settings: Settings) -> tuple[int, ...]:
    """Changes when images of a category come or go: when its folders were last changed, a folder of another name included."""
    root = settings.data_dir / name
    folders = (root, root / "train" / "good", root / "test", *sorted((root / "test").glob("*")))
    return tuple(folder.stat().st_mtime_ns for folder in folders if folder.is_dir())
