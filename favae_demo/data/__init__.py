"""Images, datasets, augmentation, masking."""
