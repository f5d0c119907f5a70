"""AnoGAN: each network learns from its own loss alone, and the search comes nearer than where it began."""

import torch

from favae_demo.model.anogan import SLOPE_WEIGHT, AnoGan


def gradients(term: str) -> set[str]:
    """The networks that a term of the loss moves."""
    torch.manual_seed(0)
    network = AnoGan(4, 0.05).train()
    x, noise = torch.rand(2, 3, 128, 128), torch.randn(2, 4, 1, 1)
    network.loss_terms(network(x, [], noise), x, [])[term].backward()
    moved = {
        name for name, value in network.named_parameters() if value.grad is not None and value.grad.any()
    }
    return {name.split(".")[0] for name in moved}


def test_each_loss_moves_its_own_network():
    assert gradients("discriminator") == gradients("slope") == {"discriminator"}
    assert gradients("generator") == {"generator"}
    assert gradients("pixels") == gradients("critic") == {"encoder"}


def test_the_slope_is_that_of_the_logits_at_real_images():
    """Against a difference quotient along the steepest way."""
    torch.manual_seed(0)
    network = AnoGan(4, 0.05).eval()
    x = torch.rand(1, 3, 128, 128)
    terms = network.loss_terms(network(x, [], torch.randn(1, 4, 1, 1)), x, [])
    length = (2 * terms["slope"] / SLOPE_WEIGHT).sqrt().detach()
    image = x.clone().requires_grad_()
    (way,) = torch.autograd.grad(network.discriminator(image)[0].sum(), image)
    with torch.no_grad():
        ahead, back = (network.discriminator(x + sign * 1e-2 * way / way.norm())[0] for sign in (1, -1))
    torch.testing.assert_close(((ahead - back) / 2e-2).squeeze(), length, rtol=0.02, atol=0)


def test_held_out_images_have_the_encoders_loss_alone():
    network = AnoGan(4, 0.05).eval()
    x = torch.rand(2, 3, 128, 128)
    assert set(network.loss_terms(network(x), x, [])) == {"pixels", "critic"}


def test_the_search_finds_a_nearer_image_than_the_middle_code():
    torch.manual_seed(0)
    network = AnoGan(4, 0.05, search=30).eval()
    with torch.no_grad():
        x = network.generator(2 * torch.randn(2, 4, 1, 1))[0]
    with torch.inference_mode():  # as in detection
        found = network.find(x)
        before, after = (
            (network.generator(code)[0] - x).abs().mean() for code in (torch.zeros(2, 4, 1, 1), found)
        )
    assert after < 0.7 * before


def test_residuals_of_what_the_generator_makes_are_small():
    torch.manual_seed(0)
    network = AnoGan(4, 0.05).eval()
    x = torch.rand(2, 3, 128, 128)
    with torch.no_grad():
        rebuilt, (pixels, critic) = network.residuals(x, [])
        assert (pixels.shape, critic.shape) == ((2, 3, 128, 128), (2, 1, 16, 16))
        torch.testing.assert_close(pixels.square().sum(1), (x - rebuilt).square().mean(1))
