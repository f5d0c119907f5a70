"""`SOURCES`: the kinds of sources."""

from typing import Any

from favae_demo.line.options import Kind
from favae_demo.line.sources import Source
from favae_demo.line.sources.folder import FolderOptions, FolderSource
from favae_demo.line.sources.live import CameraOptions, StreamOptions, camera, stream
from favae_demo.line.sources.video import VideoFileSource, VideoOptions

SOURCES: dict[str, Kind[Any, Source]] = {
    "folder": Kind(FolderOptions, FolderSource),
    "camera": Kind(CameraOptions, camera),
    "stream": Kind(StreamOptions, stream),
    "video": Kind(VideoOptions, VideoFileSource),
}
