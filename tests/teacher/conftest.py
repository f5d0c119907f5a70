"""Makes the teacher fixtures known to pytest."""

from teacher_fixtures import cache, official, release, tiny, torchvision_file

__all__ = ["cache", "official", "release", "tiny", "torchvision_file"]
