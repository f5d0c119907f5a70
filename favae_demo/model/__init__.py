"""The feature-augmented VAE."""
