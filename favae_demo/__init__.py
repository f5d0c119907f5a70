"""FAVAE Demo: visual anomaly detection with a feature-augmented variational autoencoder."""

__version__ = "0.1.0"
