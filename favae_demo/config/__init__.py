"""Settings of a training: their ranges, the presets, and what is known of each category."""
