import pytest
import torch

from smastn.imaging.flow_pictures import mirrored_flow
from smastn.training.augmentation import AugmentConfig, Variation, draw_variation, vary

STILL = AugmentConfig(mirror=0.0, turn=0.0, zoom=0.0, shift=0.0, colour=0.0, noise=0.0, trim=0.0)


def picture(batch: int = 3) -> torch.Tensor:
    return torch.randn(batch, 2, 3, 16, 16, generator=torch.Generator().manual_seed(0))


def drawn(config: AugmentConfig, batch: int = 3) -> Variation:
    return draw_variation(batch, config, torch.Generator().manual_seed(1))


def test_all_switched_off_changes_nothing() -> None:
    torch.testing.assert_close(vary(picture(), drawn(STILL)), picture(), atol=1e-5, rtol=1e-5)


def test_mirroring_flips_every_image_of_a_clip() -> None:
    always = AugmentConfig(mirror=1.0, turn=0.0, zoom=0.0, shift=0.0, colour=0.0)
    torch.testing.assert_close(
        vary(picture(), drawn(always)), picture().flip(-1), atol=1e-5, rtol=1e-5
    )


def test_all_images_of_a_clip_are_varied_alike() -> None:
    twins = picture()[:, :1].expand(-1, 2, -1, -1, -1)
    varied = vary(twins, drawn(AugmentConfig()))
    torch.testing.assert_close(varied[:, 0], varied[:, 1])


def test_what_was_drawn_can_be_made_again() -> None:
    variation = drawn(AugmentConfig())
    torch.testing.assert_close(vary(picture(), variation), vary(picture(), variation))


def test_nothing_stays_nothing() -> None:
    assert not vary(torch.zeros(3, 2, 3, 16, 16), drawn(AugmentConfig())).any()


def test_draws_stay_within_their_bounds() -> None:
    config = AugmentConfig(turn=10.0, zoom=0.1, shift=0.05, colour=0.2)
    variation = drawn(config, batch=500)
    assert variation.angle.abs().max() <= torch.pi / 18
    assert (variation.size - 1).abs().max() <= 0.1
    assert variation.shift.abs().max() <= 0.1
    assert (variation.colour - 1).abs().max() <= 0.2
    assert 0.4 < variation.mirrored.float().mean() < 0.6


def test_a_mirrored_face_moves_the_other_way() -> None:
    always = AugmentConfig(mirror=1.0, turn=0.0, zoom=0.0, shift=0.0, colour=0.0)
    varied = vary(picture(), drawn(always), flow=True)
    torch.testing.assert_close(varied, mirrored_flow(picture()), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("mirrored", [False, True])
def test_arrows_turn_with_the_picture(mirrored: bool) -> None:
    """Flow that points away from the middle everywhere does so after turning and mirroring."""
    side = torch.linspace(-1, 1, 33)
    v, u = torch.meshgrid(side, side, indexing="ij")
    away = torch.stack([u, v, torch.zeros_like(u)])[None, None]
    turned = Variation(
        mirrored=torch.tensor([mirrored]),
        angle=torch.tensor([0.4]),
        size=torch.ones(1),
        shift=torch.zeros(1, 2),
        colour=torch.ones(1, 3),
    )
    inner = (..., slice(8, 25), slice(8, 25))
    torch.testing.assert_close(vary(away, turned, flow=True)[inner], away[inner])
