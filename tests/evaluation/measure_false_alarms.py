"""Whether limits keep their promise: `python tests/evaluation/measure_false_alarms.py --data DIR … -- CATEGORY=MODEL …`.

Judges the test pictures of each category at nominal false-alarm rates of 1, 2, 5 and 10 %, and prints for each rate, as JSON, how many good ones are
called defect, how many defects are found, and how probable so many false alarms or more are if the promise is kept (a beta-binomial distribution:
the limit rests on a finite number of good pictures too). The last lines are of all categories together. MODEL is a model file or a name that
`favae-demo` knows.
"""

import argparse
import json
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.stats import betabinom

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from anywhere

from favae_demo.core.settings import Settings
from favae_demo.data.mvtec import load_category
from favae_demo.detection.detector import Detector
from favae_demo.scoring.thresholds import Support

RATES = (0.01, 0.02, 0.05, 0.1)


def main() -> None:
    """Measures and prints a line of JSON for each category and rate, then one for each rate over all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+", metavar="CATEGORY=MODEL")
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        required=True,
        help="folders of data sets; the first that has a category counts",
    )
    asked = parser.parse_args()
    totals: dict[float, list[dict]] = defaultdict(list)
    for pair in asked.models:
        name, model = pair.split("=", 1)
        for row in measure(asked.data, name, model):
            totals[row["rate"]].append(row)
            print(json.dumps(row), flush=True)
    for rate, rows in totals.items():
        print(json.dumps({"category": "all", "rate": rate} | summed(rows)))


def measure(folders: list[Path], name: str, model: str) -> list[dict]:
    """Returns one row for each rate."""
    data = next((folder for folder in folders if (folder / name).is_dir()), folders[0])
    category = load_category(data, name)
    settings = replace(Settings.from_env(), data_dir=data)
    detector = Detector.load(Path(model) if Path(model).is_file() else model, settings)
    found = detector.detect([sample.path for sample in category.test])
    scores = np.array([one.score for one in found])
    good = np.array([sample.is_good for sample in category.test])
    return [{"category": name, "rate": rate} | at_rate(detector, rate, scores, good) for rate in RATES]


def at_rate(detector: Detector, rate: float, scores: np.ndarray, good: np.ndarray) -> dict:
    """Returns what the limit for one rate does."""
    limit = detector.thresholds(rate)["image"]
    above = scores > limit.value
    counts = {"good": int(good.sum()), "false_alarms": int(above[good].sum())}
    counts |= {"defects": int((~good).sum()), "found": int(above[~good].sum())}
    probability = chance(limit.support, counts["good"], counts["false_alarms"])
    return (
        {"images": limit.support.images, "supported": limit.supported}
        | counts
        | {"probability": round(probability, 3)}
    )


def chance(support: Support, good: int, alarms: int) -> float:
    """Probability of so many false alarms or more among so many further good pictures, by a limit of this rank that keeps its promise."""
    return float(betabinom.sf(alarms - 1, good, support.images + 1 - support.rank, support.rank))


def summed(rows: list[dict]) -> dict:
    """Returns the counts over all categories, and the mean of the shares of defects found."""
    sums = {key: sum(row[key] for row in rows) for key in ("good", "false_alarms", "defects", "found")}
    return sums | {
        "false_alarm_share": round(sums["false_alarms"] / sums["good"], 3),
        "found_share": round(sums["found"] / sums["defects"], 3),
        "found_mean": round(float(np.mean([row["found"] / row["defects"] for row in rows])), 3),
        "supported": sum(row["supported"] for row in rows),
        "improbable": [row["category"] for row in rows if row["probability"] < 0.05],
    }


if __name__ == "__main__":
    main()
