"""The Train tab: settings, losses and runs."""
