"""What is done to an image before a model sees it: alignment, augmentation, masking."""
