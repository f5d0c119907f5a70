"""The training step of the code that the report builds on, with all its costs: for comparison only.

Its decoder runs twice per step (for the image, and for the layers that predict features), and its VGG16 runs through all convolutions although
nothing after the third tap is used. It also reads 8,000 images from the disk per epoch, which is not measured: here the images are in memory.
"""

from typing import cast

import torch
from torch import Tensor, nn

from favae_demo.config.train_config import TrainConfig
from favae_demo.model.favae import Favae, Output
from favae_demo.model.losses import loss_terms, term_weights, total_loss
from favae_demo.teacher.teacher import TEACHER_SPECS, Teacher
from favae_demo.training.loop import build_model

EPOCHS, IMAGES = 100, 8_000  # the report's schedule: 80 % of 10,000 views


class ReferenceTraining:
    """Model, teacher and optimiser of the reference code.

    Args:
        config: Settings: those of the preset `paper`, or smaller ones for a test.
        teacher: The frozen teacher.
        rest: The teacher's layers after the last tap.
    """

    def __init__(self, config: TrainConfig, teacher: Teacher, rest: nn.Module):
        self.config, self.teacher, self.rest = config, teacher, rest
        self.model = cast(Favae, build_model(config, teacher)).train()
        self.optimiser = torch.optim.Adam(
            self.model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )

    def step(self, images: Tensor) -> float:
        """Performs one step on images N×3×S×S in [0, 1]; returns the loss before it."""
        with torch.no_grad():
            features = self.teacher.features(images)
            self.rest(features[-1])  # computed and discarded, as in the reference code
        terms = loss_terms(self._rebuild(images), images, features)
        loss = total_loss(terms, term_weights(self.config, features))
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss.item()

    def _rebuild(self, images: Tensor) -> Output:
        model = self.model
        mean, log_variance = model.encoder(images)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        image, _ = model.decoder(z)
        _, taps = model.decoder(z)
        features = [adapt(tap) for adapt, tap in zip(model.adapters, taps, strict=True)]
        return Output(image, features, mean, log_variance)


def remaining_layers(teacher: Teacher) -> nn.Sequential:
    """Returns the layers after a teacher's last tap, with random weights: only their duration matters."""
    used = len(list(teacher.layers.children()))
    layers = nn.Sequential(*list(TEACHER_SPECS[teacher.id].features())[used:]).to_empty(device="cpu")
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return layers.requires_grad_(False).eval()
