"""The core as the tabs use it: plain functions over plain values, testable without a browser."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import numpy as np

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.core.errors import CheckpointError, ConfigError, DataError, ImageError, WeightsPendingError
from favae_demo.core.plain_text import escape_markdown
from favae_demo.core.settings import Settings
from favae_demo.data.catalog import available_categories, modification_times, open_category
from favae_demo.data.io.images import DecodedImage, decode, decode_mask, read_image, read_reduced
from favae_demo.data.io.levels import TYPE_LEVELS, Levels
from favae_demo.data.library.category_levels import category_levels
from favae_demo.data.library.feedback import beside_marked, with_marked
from favae_demo.data.library.store import Library, partial_data_note, terms_of
from favae_demo.data.mask_checks import with_checked_masks
from favae_demo.data.mvtec import Category, Sample, whole_key
from favae_demo.data.thumbnails import thumbnails
from favae_demo.detection.registry import Registry
from favae_demo.scoring.detection import Detection
from favae_demo.scoring.thresholds import check_rate
from favae_demo.ui import text
from favae_demo.ui.errors import user_message
from favae_demo.ui.model_list import model_label, variant_title

MANY_PIXELS = 8_000_000  # of an image that takes a noticeable time to read and judge
DOWNLOAD_PREFIX = "report-"  # of the folders with files that visitors download
DOWNLOAD_SECONDS = 24 * 3600  # after which such a folder is deleted


@dataclass(frozen=True)
class Services:
    """The core behind the page.

    Attributes:
        settings: Folders and limits.
        registry: The available models.
    """

    settings: Settings
    registry: Registry

    @property
    def library(self) -> Library:
        """The data folder, to add categories to."""
        settings = self.settings
        writable = settings.training == "on"
        return Library(settings.data_dir, settings.cache_dir, settings.max_pixels, writable)

    def warm_up(self) -> None:
        """Loads the first model, so that the first image is judged fast; an error appears when an image is judged."""
        category = self.first_category()
        choices = self.model_choices(category) if category else []
        if choices and self.registry.is_ready(Path(choices[0][1])):
            blank = np.zeros((128, 128, 3), np.uint8)
            self.registry.detector(Path(choices[0][1])).detect([blank])

    def new_download_folder(self) -> Path:
        """Makes an empty folder for files that a visitor downloads, and deletes those older than a day.

        Its name cannot be guessed, so that no visitor reads the files of another.

        Raises:
            ConfigError: The folder cannot be created.
        """
        results = self.settings.cache_dir / "results"
        for old in results.glob(f"{DOWNLOAD_PREFIX}*") if results.is_dir() else ():
            if old.stat().st_mtime < time.time() - DOWNLOAD_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
        folder = results / f"{DOWNLOAD_PREFIX}{uuid4().hex}"
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise ConfigError(f"Nothing can be saved in {results}: {error.strerror}.") from error
        return folder

    def categories(self) -> list[str]:
        """Returns the categories with data or a model."""
        with_model = {model.card.category for model in self.registry.models()}
        names = available_categories(self.settings.data_dir)
        return names + sorted(with_model.difference(names))

    def category_choices(self) -> list[tuple[str, str]]:
        """Returns the categories as (title and source, name)."""
        folder = self.settings.data_dir
        return [
            (
                f"{text.formatting.category(name)} · {text.sentences.translate(terms_of(name, folder).source)}",
                name,
            )
            for name in self.categories()
        ]

    def first_category(self) -> str | None:
        """Returns the category to show first: one with images and a model, if there is one."""
        names, with_model = self.categories(), {model.card.category for model in self.registry.models()}
        both = [name for name in available_categories(self.settings.data_dir) if name in with_model]
        return next(iter(both or names), None)

    def category(self, name: str) -> Category | None:
        """Returns the data of a category, to train on and to measure with, or None where there is only a model; marked images are what they were marked."""
        return self._indexed(name, with_marked)

    def browsed(self, name: str) -> tuple[Sample, ...]:
        """Returns the images of a category to look through: its test images, and marked ones where they lie.

        Where there are none, the good ones that its first model did not learn from stand in for them.
        """
        data = self._indexed(name, beside_marked)
        return (data.test or self._held_out(data)) if data else ()

    def _held_out(self, data: Category) -> tuple[Sample, ...]:
        first = self.first_model(data.name)
        keys = self.held_out_keys(first) if first else frozenset()
        return tuple(sample for sample in data.train if sample.key in keys)

    def held_out_keys(self, model: str) -> frozenset[str]:
        """Returns the keys of the good images that were held out of a model's training, as far as its card names them.

        Raises:
            CheckpointError: The file is gone.
        """
        return frozenset(read_card(Path(model)).data.get("held_out_keys", ()))

    def _indexed(self, name: str, marked: Callable[[Category, Path], Category]) -> Category | None:
        try:
            folders = (self.settings.data_dir, self.settings.marks_dir)
            changed = tuple(time for folder in folders for time in modification_times(name, folder))
            return _indexed(self.settings, name, marked, changed)
        except DataError:
            return None

    def describe(self, name: str) -> str:
        """Returns the category's source and counts in one line of Markdown."""
        category, title = self.category(name), escape_markdown(text.formatting.category(name))
        if category is None:
            where = user_message(f"`{self.settings.data_dir}`")
            return text.page.MODEL_ONLY.format(title=title, folder=where)
        terms = terms_of(name, category.root.parent)
        licence = f" ({text.sentences.translate(terms.licence)})" if terms.licence else ""
        facts = text.sentences.translate(f"{category.describe()} {partial_data_note(category)}".strip())
        source = text.sentences.translate(terms.source)
        return f"**{title}** · {escape_markdown(f'{source}{licence} · {facts}')}"

    def no_data(self) -> str:
        """Returns the message for an installation without data and models."""
        return user_message(text.page.NO_DATA.format(folder=self.settings.data_dir))

    def gallery(self, name: str) -> list[tuple[str, str]]:
        """Returns thumbnails of all test images of a category, grouped by kind."""
        category = self.category(name)
        return self.thumbnails(category.test, name) if category else []

    def thumbnails(self, samples: Sequence[Sample], category: str | None = None) -> list[tuple[str, str]]:
        """Returns (path of the thumbnail, kind on screen) of each image, with the levels of its category."""
        paths = thumbnails(samples, self.settings.cache_dir, self.levels(category))
        return [
            (str(path), text.formatting.kind(sample.defect))
            for path, sample in zip(paths, samples, strict=True)
        ]

    def model_choices(self, name: str) -> list[tuple[str, str]]:
        """Returns the models of a category as (label with metrics, path)."""
        return [(model_label(model, self.settings), str(model.path)) for model in self.registry.models(name)]

    def first_model(self, category: str | None) -> str | None:
        """Returns the path of the model that a category is shown with first, or None; it stands for a choice that is still on its way."""
        models = self.registry.models(category) if category else []
        return str(models[0].path) if models else None

    def title(self, path: str) -> str:
        """Returns a model's name on screen, without its metrics.

        Raises:
            CheckpointError: The file is gone.
        """
        return variant_title(read_card(Path(path)))

    def sample(self, name: str, index: int) -> Sample:
        """Returns a test image by its position in the gallery.

        Raises:
            ImageError: There is no such image.
        """
        category = self.category(name)
        if category is None or not 0 <= index < len(category.test):
            raise ImageError(text.page.CHOOSE_PICTURE)
        return category.test[index]

    def find(self, name: str, key: str) -> Sample:
        """Returns an image by its key, as `test/good/003.png`; the leading `test/` may be left out.

        Raises:
            DataError: There is no such image or category.
        """
        known = self._indexed(name, beside_marked)
        whole = whole_key(key)
        if known is None:
            raise DataError(text.page.NO_PICTURES_HERE)
        try:
            return known.find(whole)
        except DataError:  # the copy of a marked image, which is measured with in its place
            return (self.category(name) or known).find(whole)

    def image(self, path: str | Path, levels: Levels | None = None) -> np.ndarray:
        """Reads an image file for display; returns H×W×3 uint8 RGB."""
        return decode(Path(path), levels, max_pixels=self.settings.max_pixels)

    def read(self, path: str | Path, model: str | Path | None) -> DecodedImage:
        """Reads an image file as a model sees it: with its black and white level.

        Raises:
            CheckpointError: The model is gone.
            ImageError: The file cannot be read.
        """
        levels = self.registry.levels(Path(model)) if model else TYPE_LEVELS
        return read_image(Path(path), levels, max_pixels=self.settings.max_pixels)

    def first_look(self, path: str | Path, side: int) -> np.ndarray | None:
        """Reads a large image fast and reduced, for display only; None where that cannot be done."""
        return read_reduced(Path(path), side, MANY_PIXELS, max_pixels=self.settings.max_pixels)

    def levels(self, category: str | None) -> Levels | None:
        """Returns the black and white level of a category's images with more than 8 bits."""
        known = self.category(category) if category else None
        return None if known is None else category_levels(known, self.settings.cache_dir)

    def detect(
        self,
        model: str | Path | None,
        image: np.ndarray | DecodedImage,
        rate: float,
        masked: bool | None = None,
    ) -> Detection:
        """Judges one image.

        Raises:
            CheckpointError: No model is chosen, or it is gone.
            ConfigError: The rate is not between 0 and 1.
            WeightsPendingError: Its teacher's weights are missing; their download has begun.
        """
        check_rate(rate)
        if not model:
            raise CheckpointError(text.page.NO_MODEL)
        if not self.registry.is_ready(Path(model)):
            raise WeightsPendingError(text.formatting.fetching(self.registry.fetch_weights(Path(model))))
        return self.registry.detector(Path(model)).detect([image], rate=rate, masked=masked)[0]

    def truth(self, sample: Sample | None) -> np.ndarray | None:
        """Returns the ground-truth mask of an image as H×W bool, or None where it is not known."""
        if sample is None or not sample.has_ground_truth:
            return None
        if sample.mask_path is None:
            return None
        return decode_mask(sample.mask_path)


@lru_cache(maxsize=32)
def _indexed(
    settings: Settings,
    name: str,
    marked: Callable[[Category, Path], Category],
    changed: tuple[int, ...],
) -> Category:
    # `changed` is part of the key only: an index is dropped when pictures are added or removed.
    category = marked(open_category(name, settings), settings.marks_dir)
    return with_checked_masks(category, settings.cache_dir)
