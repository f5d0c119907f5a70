"""Shared basics: settings, errors, files, downloads, disk space and cache, devices, a pool of workers."""
