"""Makes the teacher fixtures known to pytest."""

from teacher_fixtures import cache, no_index, server, tiny

__all__ = ["cache", "no_index", "server", "tiny"]
