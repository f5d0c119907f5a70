"""Model files: weights, the card that describes them, and what a card may hold."""
