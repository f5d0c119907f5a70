"""Training: feature bank, losses, loop, background jobs."""
