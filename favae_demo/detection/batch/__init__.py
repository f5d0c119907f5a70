"""Detection on many images in the background, with a table and a folder of results."""
