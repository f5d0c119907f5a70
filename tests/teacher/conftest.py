"""Makes the teacher fixtures known to pytest."""

from teacher_fixtures import cache, tiny

__all__ = ["cache", "tiny"]
