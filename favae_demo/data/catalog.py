"""Where the images of each category are: the user's data folder, and the generated sample parts."""

from pathlib import Path
from typing import Protocol

from favae_demo.data.mvtec import Category, has_category, list_categories, load_category
from favae_demo.data.synthetic import SAMPLE_CATEGORIES
from favae_demo.data.synthetic.drawing import draw, is_drawn
from favae_demo.data.synthetic.writer import sample_dir


def available_categories(data_dir: Path) -> list[str]:
    """Returns the names of all available categories; the user's own come first."""
    own = list_categories(data_dir)
    return own + [name for name in SAMPLE_CATEGORIES if name not in own]


class DataFolders(Protocol):
    """The folders that contain categories, as in `Settings` and `Library`."""

    @property
    def data_dir(self) -> Path:
        """The user's categories."""

    @property
    def cache_dir(self) -> Path:
        """Where generated categories are rendered."""


def data_dir_of(name: str, folders: DataFolders) -> Path:
    """Returns the folder that holds a category.

    Generated parts are rendered into the cache on first use, which takes about 10 s; a category of the same name in the user's folder
    goes first.
    """
    if is_generated(name, folders):
        for _ in draw(name, folders.cache_dir):
            pass
        return sample_dir(folders.cache_dir)
    return folders.data_dir


def is_generated(name: str, folders: DataFolders) -> bool:
    """Whether a category is one of generated sample parts, and not the user's own of that name."""
    return name in SAMPLE_CATEGORIES and not has_category(folders.data_dir, name)


def must_be_drawn(name: str, folders: DataFolders) -> bool:
    """Whether the images of a category are still to be rendered, see `synthetic.drawing.draw`."""
    return is_generated(name, folders) and not is_drawn(name, folders.cache_dir)


def open_category(name: str, folders: DataFolders) -> Category:
    """Indexes a category of the user's folder, or a generated one; see `data_dir_of`.

    Raises:
        DataError: There is none of this name.
    """
    return load_category(data_dir_of(name, folders), name)


def modification_times(name: str, data_dir: Path) -> tuple[int, ...]:
    """Returns when each folder of a category was last changed, in nanoseconds: a key that changes when images are added or removed."""
    root = data_dir / name
    folders = (
        root,
        *sorted((root / "train").rglob("*/")),
        root / "test",
        *sorted((root / "test").rglob("*/")),
    )
    return tuple(folder.stat().st_mtime_ns for folder in folders if folder.is_dir())
