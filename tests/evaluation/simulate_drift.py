"""Simulates the limits of `favae_demo.detection.drift`: how far medians of unchanged images stray.

Signals are normally distributed and independent, as are the good images behind centre and spread. Prints the distance that a series of images
exceeds at the given rate: `python tests/evaluation/simulate_drift.py`.
"""

import argparse

import numpy as np

from favae_demo.detection.drift import WINDOW
from favae_demo.scoring.likeness import TO_DEVIATION

GOOD = (10, 15, 20, 30, 50, 100, 200, 500)
SIGNALS = 10


def furthest(good: int, length: int, rng: np.random.Generator) -> float:
    """Returns the furthest distance of a median of `WINDOW` images in one series of one signal, in robust deviations."""
    reference = rng.standard_normal(good)
    centre = np.median(reference)
    spread = TO_DEVIATION * np.median(np.abs(reference - centre))
    windows = np.lib.stride_tricks.sliding_window_view(rng.standard_normal(length), WINDOW)
    return float(np.abs((np.median(windows, axis=1) - centre) / spread).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=20_000, help="simulated series of one signal")
    parser.add_argument("--length", type=int, default=2_000, help="images in a series")
    parser.add_argument(
        "--rate", type=float, default=0.01, help="share of series with an alarm, over all signals"
    )
    options = parser.parse_args()
    quantile = (1 - options.rate) ** (1 / SIGNALS)
    for good in GOOD:
        rng = np.random.default_rng(0)
        distances = [furthest(good, options.length, rng) for _ in range(options.series)]
        print(
            f"{good} good images: {np.quantile(distances, quantile):.2f} (half of all series: {np.median(distances):.2f})"
        )


if __name__ == "__main__":
    main()
