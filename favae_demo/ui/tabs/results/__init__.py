"""The Results tab: a model's figures and threshold."""
