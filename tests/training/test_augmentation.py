import pytest
import torch

from smastn.errors import ConfigError
from smastn.inputs.brightness_images import BrightnessImages
from smastn.inputs.input import Input
from smastn.inputs.optical_flow import FlowImages
from smastn.training.augmentation import (
    AugmentConfig,
    Variation,
    add_noise,
    draw_noise,
    draw_variation,
    mix,
)
from smastn.training.augmentation import vary as vary_clips

STILL = AugmentConfig(mirror=0.0, turn=0.0, zoom=0.0, shift=0.0, colour=0.0, noise=0.0, trim=0.0)
STEP = 1 / 127
BRIGHTNESS = BrightnessImages()


def picture(batch: int = 3) -> torch.Tensor:
    """Smooth pictures, as bytes."""
    values = torch.randn(batch * 2, 3, 40, 40, generator=torch.Generator().manual_seed(0))
    smooth = torch.nn.functional.avg_pool2d(values, 9, 1)
    pictures = (128 + 250 * smooth).round().to(torch.uint8).unflatten(0, (batch, 2))
    return pictures.movedim(2, -1).contiguous()


def vary(images: torch.Tensor, variation: Variation, source: Input = BRIGHTNESS) -> torch.Tensor:
    return vary_clips(list(images.numpy()), variation, source)


def drawn(config: AugmentConfig, batch: int = 3) -> Variation:
    return draw_variation(batch, config, torch.Generator().manual_seed(1))


def values(images: torch.Tensor) -> torch.Tensor:
    return (images.float() - 128).movedim(-1, 2) / 127


def test_all_switched_off_changes_nothing() -> None:
    torch.testing.assert_close(vary(picture(), drawn(STILL)), values(picture()))


def test_mirroring_flips_every_image_of_a_clip() -> None:
    always = AugmentConfig(mirror=1.0, turn=0.0, zoom=0.0, shift=0.0, colour=0.0)
    torch.testing.assert_close(
        vary(picture(), drawn(always)), values(picture()).flip(-1), atol=STEP, rtol=0
    )


def test_all_images_of_a_clip_are_varied_alike() -> None:
    twins = picture()[:, :1].expand(-1, 2, -1, -1, -1).contiguous()
    varied = vary(twins, drawn(AugmentConfig()))
    torch.testing.assert_close(varied[:, 0], varied[:, 1])


def test_what_was_drawn_can_be_made_again() -> None:
    variation = drawn(AugmentConfig())
    assert torch.equal(vary(picture(), variation), vary(picture(), variation))


def test_nothing_stays_nothing() -> None:
    assert not vary(torch.full_like(picture(), 128), drawn(AugmentConfig())).any()


def test_an_image_is_moved_as_an_affine_grid_says() -> None:
    """OpenCV computes with places in steps of 1/32 pixel; that is the whole difference."""
    config = AugmentConfig(turn=20.0, zoom=0.2, shift=0.1, colour=0.0)
    variation, images = drawn(config), values(picture())
    cos, sin = variation.angle.cos() * variation.size, variation.angle.sin() * variation.size
    flip, (x, y) = torch.where(variation.mirrored, -1.0, 1.0), variation.shift.T
    rows = torch.stack([cos * flip, -sin, x, sin * flip, cos, y], dim=1).view(-1, 2, 3)
    grid = torch.nn.functional.affine_grid(rows, [3, 6, 32, 32], align_corners=False)
    planes = torch.nn.functional.grid_sample(images.flatten(1, 2), grid, align_corners=False)
    difference = (vary(picture(), variation) - planes.view_as(images)).abs() * 127
    assert difference.mean() < 0.6
    assert difference.max() < 5
    assert (planes.view_as(images) - images).abs().mean() > 5 / 127


def test_noise_has_its_strength_and_no_clip_has_that_of_another() -> None:
    config = AugmentConfig(noise=0.3)
    noise = draw_noise(2, 32, config, torch.Generator().manual_seed(2))
    still = torch.full_like(picture(), 128)
    noisy = vary(still, drawn(config))
    add_noise(noisy, drawn(config), noise)
    assert 0.29 < noisy.std() < 0.31
    assert (noisy[0] - noisy[1]).abs().mean() > 0.1


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
    varied = vary(picture(), drawn(always), FlowImages())
    wanted = torch.stack([FlowImages().mirror(images) for images in values(picture())])
    torch.testing.assert_close(varied, wanted, atol=STEP, rtol=0)


@pytest.mark.parametrize("mirrored", [False, True])
def test_arrows_turn_with_the_picture(mirrored: bool) -> None:
    """Flow that points away from the middle everywhere does so after turning and mirroring."""
    side = torch.linspace(-127, 127, 33).round()
    v, u = torch.meshgrid(side, side, indexing="ij")
    away = (torch.stack([u, v, torch.zeros_like(u)], dim=-1) + 128).to(torch.uint8)[None, None]
    turned = Variation(
        mirrored=torch.tensor([mirrored]),
        angle=torch.tensor([0.4]),
        size=torch.ones(1),
        shift=torch.zeros(1, 2),
        colour=torch.ones(1, 3),
        noise=torch.zeros(1),
        share=torch.ones(1),
    )
    inner = (..., slice(8, 25), slice(8, 25))
    found = vary(away, turned, FlowImages())[inner]
    torch.testing.assert_close(found, values(away)[inner], atol=3 * STEP, rtol=0)


def test_a_clip_is_mixed_with_one_other_and_stays_itself() -> None:
    variation = drawn(AugmentConfig(mix=0.4), batch=64)
    assert 0.6 <= variation.share.min() < 0.65 and 0.95 < variation.share.max() <= 1
    images = torch.zeros(64, 1, 3, 2, 2)
    images[torch.arange(64), 0, 0] = torch.arange(64.0)[:, None, None]
    mixed = mix(images, variation)[:, 0, 0, 0, 0]
    before = torch.arange(64.0).roll(1)
    torch.testing.assert_close(mixed, before + variation.share * (torch.arange(64.0) - before))
    assert mix(images, drawn(AugmentConfig(), batch=64)) is images


def test_a_clip_that_is_mostly_another_is_refused() -> None:
    with pytest.raises(ConfigError, match="mix is 0.7; wanted 0 to 0.5"):
        AugmentConfig(mix=0.7)
