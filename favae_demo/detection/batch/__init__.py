"""Many images judged in the background, with their table and their folder of results."""
