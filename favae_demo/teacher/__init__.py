"""Frozen networks whose features the model learns to rebuild."""
