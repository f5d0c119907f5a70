"""From residuals to a verdict: score maps, calibration, thresholds, regions, and the `Detection` that holds them."""
