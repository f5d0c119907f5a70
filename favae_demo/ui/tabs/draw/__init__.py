"""The Draw tab: a defect painted on a good part."""
