"""A model's results on test images as a document: gathered once, then rendered as a page or packed as an archive."""
