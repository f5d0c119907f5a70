"""The Compare tab: the variants side by side."""
