"""Watching folders, videos and cameras for days: every verdict is kept, and told to other systems."""
