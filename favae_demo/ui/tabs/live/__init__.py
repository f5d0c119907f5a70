"""The Live tab: a running source of images."""
