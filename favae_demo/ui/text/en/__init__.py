"""English: a module for each room, whose names all other languages have too."""
