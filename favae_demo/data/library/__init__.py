"""The data folder: adding, importing, checking and deleting categories."""
