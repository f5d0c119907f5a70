"""Benchmarks of speed, memory and disk space on this machine; each part runs in a separate process."""
