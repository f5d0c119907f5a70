"""Score maps, calibration, regions, detector."""
