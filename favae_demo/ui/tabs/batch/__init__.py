"""The Batch tab: many images at once."""
