"""The training step of the code that the report builds on, with its costs: for comparison only.

Its decoder runs twice a step (once for the image, once more for the layers that guess features), and its VGG16 runs to the
end of its convolutions although nothing after the third tap is used. Reading 8,000 images from a disk an epoch, as it
does, is left out: the images are in memory.
"""

import torch
from torch import Tensor, nn

from favae_demo.config.train_config import TrainConfig
from favae_demo.model.favae import Output
from favae_demo.teacher.teacher import TEACHER_SPECS, Teacher
from favae_demo.training.loop import build_model
from favae_demo.training.losses import loss_terms, term_weights, total_loss

EPOCHS, IMAGES = 100, 8_000  # the report's schedule: 80 % of 10,000 views


class Reference:
    """Model, teacher and optimiser of the reference's recipe.

    Args:
        config: Settings: the `paper` preset's, or smaller ones for a test.
        teacher: The frozen teacher.
        rest: Its convolutions after the last tap.
    """

    def __init__(self, config: TrainConfig, teacher: Teacher, rest: nn.Module):
        self.config, self.teacher, self.rest = config, teacher, rest
        self.model = build_model(config, teacher).train()
        self.optimiser = torch.optim.Adam(
            self.model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )

    def step(self, images: Tensor) -> float:
        """One step on images N×3×S×S in [0, 1]; returns the loss before it."""
        with torch.no_grad():
            features = self.teacher.features(images)
            self.rest(features[-1])  # computed and thrown away, as there
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


def rest_of(teacher: Teacher) -> nn.Sequential:
    """The layers after a teacher's last tap, with random weights: what they compute is thrown away, how long they take is not."""
    layers = TEACHER_SPECS[teacher.id].features()[len(teacher.layers) :].to_empty(device="cpu")
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight)
            nn.init.zeros_(layer.bias)
    return layers.requires_grad_(False).eval()
