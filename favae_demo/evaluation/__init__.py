"""Metrics, protocol and tables."""
