"""Judges pictures without PyTorch: `python run.py PICTURE…`, or `python run.py --check`; `network.py` names the packages."""

import json
import sys
from pathlib import Path

import cv2
import network
import numpy as np
from image_properties import image_properties
from likeness import LOW_SCORE, PropertyRange, compare

ABOUT = json.loads(Path(__file__).with_name("model.json").read_text(encoding="utf-8"))
HEIGHT, WIDTH = ABOUT["shape"]


def eight_bits(image: np.ndarray) -> np.ndarray:
    """Returns an image as uint8; one of 16 bits is scaled by the black and white level that the model was trained with."""
    if image.dtype == np.uint8:
        return image
    black, white = ABOUT["levels"]["black"], ABOUT["levels"]["white"] or 65_535
    return np.rint(((image.astype(np.float64) - black) * (255 / (white - black))).clip(0, 255)).astype(
        np.uint8
    )


def shrink(image: np.ndarray) -> np.ndarray:
    """Returns an image in the size of the model."""
    shrunk = (min(image.shape[1], WIDTH), min(image.shape[0], HEIGHT))
    small = cv2.resize(image, shrunk, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)


def run(image: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns error maps T×h×w, reconstruction 3×h×w in [0, 1] and score map h×w of an H×W×3 uint8 RGB image."""
    small = shrink(image)
    if ABOUT["grey"]:
        small = cv2.cvtColor(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return run_posed(small) if ABOUT["align"] or ABOUT["register"] else network.run(small)


def run_posed(small: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """As `network.run`; the part is moved into the pose of the training for it, and the maps and the reconstruction are moved back."""
    from alignment import align, put_back  # these files are only there if the model needs them

    if ABOUT["align"]:
        (posed,), (motion,) = align([small])
    else:
        from registration import known_area, register

        reference = cv2.imread(str(Path(__file__).with_name("reference.png")), cv2.IMREAD_GRAYSCALE)
        (posed,), (motion,) = register([small], reference)
    maps, rebuilt, _ = network.run(posed)
    maps = np.stack([put_back(one, motion, small.shape) for one in maps])
    if not ABOUT["align"]:
        maps *= known_area(motion, small.shape, maps.shape[1:])
    around = cv2.resize(small, rebuilt.shape[:0:-1], interpolation=cv2.INTER_AREA) / np.float32(255)
    rebuilt = put_back(np.ascontiguousarray(rebuilt.transpose(1, 2, 0)), motion, small.shape, around)
    return maps, rebuilt.transpose(2, 0, 1), combine(maps)


def combine(maps: np.ndarray) -> np.ndarray:
    """Combines error maps T×h×w into the score map h×w."""
    factors = np.array(ABOUT["factors"], np.float32)
    if ABOUT["geometric"]:
        return np.expm1(np.einsum("thw,t->hw", np.log1p(maps), factors))
    return np.einsum("thw,t->hw", maps, factors)


def judge(maps: np.ndarray, score_map: np.ndarray) -> float:
    """Returns the score of a picture from its error maps T×h×w and its score map h×w."""
    scaled = {name: one / scale for one, (name, scale) in zip(maps, ABOUT["scales"].items(), strict=True)}
    exponents, powers = ABOUT["exponents"], []
    for name, exponent in exponents.items():
        values = score_map if name == "combined" else scaled[name]
        highest = np.sort(values, axis=None)[-ABOUT["top_pixels"] :].mean()
        powers.append(exponent * np.log(highest / ABOUT["usual"].get(name, 1.0) + 1e-12))
    if ABOUT["usual"]:  # about the largest decides
        return float(np.exp(np.logaddexp.reduce(powers) * len(powers) / sum(exponents.values())))
    return float(np.exp(sum(powers)))


def verdict(image: np.ndarray, maps: np.ndarray, score: float) -> tuple[str, tuple[str, ...]]:
    """Returns the verdict on an H×W×3 uint8 RGB image with its maps and score, and why it is not judged or remarks, a sentence each."""
    known = {name: PropertyRange(**one) for name, one in ABOUT["ranges"].items()}
    far = 0.0
    if ABOUT["furthest"] is not None:  # the last map is that of the memory
        far = float(np.mean(maps[-1] / ABOUT["scales"]["memory"] > ABOUT["furthest"]))
    unlike, remarks = compare(image_properties(shrink(image), (image.shape[1], image.shape[0])), known, far)
    unlike = unlike or ((LOW_SCORE,) if score < ABOUT["floor"] else ())
    above = "defect" if score > ABOUT["limits"]["0.05"]["image"] else "good"
    return ("not judged", unlike) if unlike else (above, remarks)


if sys.argv[1:] == ["--check"]:
    known = np.load(Path(__file__).with_name("check.npz"))
    maps, *_ = network.run(known["picture"])
    print(f"largest difference from PyTorch: {np.abs(maps - known['maps']).max() / known['maps'].max():.1e}")
if missing := ABOUT["support"]["0.05"]["missing"]:
    print(f"too few good pictures support the limit; at least {missing} more are needed", file=sys.stderr)
for path in sys.argv[1:] if sys.argv[1:] != ["--check"] else []:
    image = cv2.imread(path, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    if image is None:
        sys.exit(f"{path} cannot be read as a picture.")
    image = cv2.cvtColor(eight_bits(image), cv2.COLOR_BGR2RGB)
    maps, _, score_map = run(image)
    score = judge(maps, score_map)
    answer, sentences = verdict(image, maps, score)
    print(path, answer, f"{score:.4g}")
    for sentence in sentences:
        print(f"{path}: {sentence}", file=sys.stderr)
