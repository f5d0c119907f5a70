"""`SOURCES`: the kinds of sources."""

from typing import Any

from favae_demo.line.options import Kind
from favae_demo.line.sources import Source
from favae_demo.line.sources.folder import FolderOptions, FolderSource

SOURCES: dict[str, Kind[Any, Source]] = {
    "folder": Kind(FolderOptions, FolderSource),
}
