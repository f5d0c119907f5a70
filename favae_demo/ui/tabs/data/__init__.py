"""The Data tab: what is here, and adding to it."""
