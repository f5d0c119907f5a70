"""Pictures, datasets, augmentation, masking."""
