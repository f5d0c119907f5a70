"""The graph against the definition of its score: squares, sums over channels, bilinear enlargement, Gaussian smoothing."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from simple_teacher import SimpleTeacher

from favae_demo.config.presets import PAPER
from favae_demo.detection.graph import Graph
from favae_demo.model.favae import Favae
from favae_demo.scoring.calibration import Calibration
from favae_demo.scoring.residuals import second_moments, whitening
from favae_demo.scoring.score_maps import combine, smooth

CONFIG = replace(PAPER, width=0.05, latent=4)
NAMES = ["pixels", "layer1", "layer2", "layer3"]
CHANNELS = [[0.5, 1.0, 2.0], [1.0, 2.0, 4.0], [0.1, 0.2, 0.3], [3.0, 2.0, 1.0]]


@pytest.fixture(scope="module")
def model() -> Favae:
    torch.manual_seed(0)
    return Favae(SimpleTeacher.channels, CONFIG.latent, CONFIG.width).eval()


@pytest.fixture(scope="module")
def images() -> torch.Tensor:
    return torch.rand(2, 3, 128, 128, generator=torch.Generator().manual_seed(1))


def defined(model: Favae, images: torch.Tensor, channels, blur: float) -> np.ndarray:
    """The maps as the report describes them, N×T×S×S."""
    output = model(images)
    pairs = zip((output.image, *output.features), (images, *SimpleTeacher().features(images)), strict=True)
    maps = []
    for divisors, (guess, truth) in zip(channels, pairs, strict=True):
        error = ((guess - truth) ** 2 / torch.tensor(divisors).view(1, -1, 1, 1)).sum(1, keepdim=True)
        maps.append(F.interpolate(error, size=(128, 128), mode="bilinear", align_corners=False))
    return smooth(torch.cat(maps, 1).numpy(), blur)


@pytest.mark.parametrize("blur", [0.0, 4.0])
@pytest.mark.parametrize("channels", [None, CHANNELS])
@torch.no_grad()
def test_maps_are_what_the_definition_says(model, images, channels, blur):
    calibration = replace(
        Calibration.neutral(NAMES), channels=dict(zip(NAMES, channels, strict=True)) if channels else {}
    )
    graph = Graph(model, SimpleTeacher(), replace(CONFIG, blur=blur), calibration).eval()
    maps, rebuilt, _ = graph(images)
    expected = defined(model, images, channels or np.ones((4, 3), np.float32), blur)
    np.testing.assert_allclose(maps.numpy(), expected, rtol=1e-4, atol=1e-6 * expected.max())
    torch.testing.assert_close(rebuilt, model(images).image)


@torch.no_grad()
def test_the_score_map_adds_the_terms_by_their_scales(model, images):
    scales, weights = [2.0, 0.5, 1.0, 4.0], [0.0, 3.0, 1.0, 1.0]
    calibration = replace(
        Calibration.neutral(NAMES),
        scales=dict(zip(NAMES, scales, strict=True)),
        weights={"pixels": 0.0, "layer1": 3.0},
    )
    maps, _, score = Graph(model, SimpleTeacher(), CONFIG, calibration).eval()(images)
    parts = zip(weights, scales, strict=True)
    torch.testing.assert_close(score[:, 0], sum(maps[:, i] * w / s for i, (w, s) in enumerate(parts)))


@torch.no_grad()
def test_whitened_maps_are_mahalanobis_distances_smoothed_geometrically(model, images):
    config = replace(CONFIG, blur=0.0)
    missed = residuals(Graph(model, SimpleTeacher(), config), images)
    matrices = dict(zip(NAMES, whitening(second_moments([missed])), strict=True))
    calibration = replace(Calibration.neutral(NAMES), whitening=matrices, geometric=True)
    maps = Graph(model, SimpleTeacher(), config, calibration).eval()(images)[0]
    rows = missed[0].transpose(0, 1).flatten(1).double()
    covariance = rows @ rows.T / rows.shape[1]
    covariance = 0.95 * covariance + 0.05 * covariance.diagonal().diag()
    distance = (rows * torch.linalg.solve(covariance, rows)).sum(0) / 3
    torch.testing.assert_close(maps[:, 0].flatten().double(), distance, rtol=1e-3, atol=1e-4)  # not smoothed
    smoothed = Graph(model, SimpleTeacher(), replace(CONFIG, blur=2.0), calibration).eval()
    found, _, score = smoothed(images)
    spread = smoothed.get_buffer("rows0")[..., 0, 0]
    logarithms = torch.log1p(maps[:, 0])
    torch.testing.assert_close(found[:, 0], torch.expm1(spread @ logarithms @ spread.T), rtol=1e-3, atol=1e-4)
    combined = combine(found.numpy(), calibration.factors, geometric=True)
    np.testing.assert_allclose(combined, np.exp(np.log(1 + found.numpy()).mean(1)) - 1, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(score[:, 0], combined, rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_a_shift_of_the_whole_image_counts_only_where_the_config_says_so(model, images):
    flat = replace(CONFIG, blur=0.0, centre=True)
    centred = Graph(model, SimpleTeacher(), flat).eval()(images)[0]
    plain = Graph(model, SimpleTeacher(), replace(flat, centre=False)).eval()(images)[0]
    assert (centred.mean((2, 3)) < plain.mean((2, 3))).all()


@torch.no_grad()
def test_errors_are_averaged_with_the_neighbours_in_all_terms_but_the_coarsest(model, images):
    alone = residuals(Graph(model, SimpleTeacher(), CONFIG).eval(), images)
    shared = residuals(Graph(model, SimpleTeacher(), replace(CONFIG, neighbours=True)).eval(), images)
    for one, other in zip(alone[:-1], shared[:-1], strict=True):
        for plane, averaged in zip(one[0].numpy(), other[0].numpy(), strict=True):
            expected = cv2.sepFilter2D(
                plane, -1, *[np.array([0.25, 0.5, 0.25])] * 2, borderType=cv2.BORDER_CONSTANT
            )
            np.testing.assert_allclose(averaged, expected, atol=1e-6)
    torch.testing.assert_close(alone[-1], shared[-1])


@torch.no_grad()
def test_the_plain_model_has_one_term(images):
    graph = Graph(Favae((), CONFIG.latent, CONFIG.width).eval(), None, CONFIG).eval()
    assert [tuple(one.shape) for one in graph(images)] == [
        (2, 1, 128, 128),
        (2, 3, 128, 128),
        (2, 1, 128, 128),
    ]


def residuals(graph: Graph, images: torch.Tensor) -> list[torch.Tensor]:
    """The residuals of images by term."""
    return graph.residuals(images, graph.features(images))[1]
