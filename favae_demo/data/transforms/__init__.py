"""Transforms of images before they reach a model: alignment, augmentation, masking."""
