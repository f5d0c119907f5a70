"""Watching folders, videos and cameras for days: every verdict is kept, and sent to other systems."""
