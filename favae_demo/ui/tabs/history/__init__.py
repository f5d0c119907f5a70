"""The History tab: what a line without a page has judged."""
