"""Image files and archives: decoding, encoding, extraction, caches."""
