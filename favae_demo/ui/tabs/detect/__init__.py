"""The Detect tab: one image."""
