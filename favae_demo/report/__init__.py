"""A model's results on test pictures as a document: gathered once, then rendered as a page or packed as an archive."""
