import cv2
import numpy as np
import pytest
import torch

from smastn.inputs.local_motion import CELLS, local_motion, overlaid, strain
from smastn.inputs.motion_images import MotionImages
from smastn.inputs.pooling import Pooling

SIDE = 4 * CELLS


def texture(seed: int = 0) -> np.ndarray:
    """Soft blobs in three colours, grey levels."""
    noise = np.random.default_rng(seed).standard_normal((SIDE, SIDE, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 2.5)
    return 128 + 30 * soft / soft.std()


def moved(image: np.ndarray, way: tuple[float, float]) -> np.ndarray:
    """The upper left quarter carried `way` pixels; it fades into what is still."""
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    near = np.exp(-((((rows - SIDE / 4) ** 2 + (columns - SIDE / 4) ** 2) / 18**2) ** 2))
    x, y = columns - way[0] * near, rows - way[1] * near
    return cv2.remap(image, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def picture(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(image).permute(2, 0, 1).contiguous()


@pytest.mark.parametrize("way", [(0.4, 0.0), (-0.4, 0.0), (0.0, 0.4), (0.2, -0.3)])
def test_a_known_shift_comes_back_in_pixels_and_direction(way: tuple[float, float]) -> None:
    before = texture()
    motion = local_motion(picture(moved(before, way) - before)[None], picture(before))[0]
    assert motion.shape == (3, CELLS, CELLS)
    centre = motion[:2, 5:9, 5:9].mean((1, 2))
    torch.testing.assert_close(centre, torch.tensor(way), atol=0.08, rtol=0)
    assert motion[:2, 18:, 18:].abs().max() < 0.05


def test_movement_does_not_depend_on_who_moves_or_how_well_they_are_lit() -> None:
    found = []
    for seed, contrast in ((0, 1.0), (0, 0.5), (1, 1.0)):
        before = texture(seed) * contrast
        change = moved(before, (0.4, 0.2)) - before
        found.append(local_motion(picture(change)[None], picture(before))[0, :2].flatten())
    for other in found[1:]:
        assert torch.cosine_similarity(found[0], other, dim=0) > 0.95


def test_what_did_not_change_did_not_move() -> None:
    assert (local_motion(torch.zeros(2, 3, SIDE, SIDE), picture(texture())) == 0).all()


def test_skin_without_texture_goes_with_its_surroundings() -> None:
    before = texture()
    before[20:36, 20:36] = 128  # four by four cells in the middle of what moves
    change = moved(before, (0.4, 0.0)) - before
    motion = local_motion(picture(change)[None], picture(before))[0]
    assert motion[0, 6:8, 6:8].mean() > 0.15


def test_a_head_that_moves_as_a_whole_is_no_movement() -> None:
    before = texture()
    shift = np.array([[1, 0, 0.3], [0, 1, 0]], np.float32)
    after = cv2.warpAffine(before, shift, (SIDE, SIDE), flags=cv2.INTER_CUBIC)
    motion = local_motion(picture(after - before)[None], picture(before))[0]
    assert motion[:2, 3:-3, 3:-3].abs().median() < 0.03


def test_strain_is_that_of_a_stretched_sheet() -> None:
    rows, columns = torch.meshgrid(torch.arange(8.0), torch.arange(8.0), indexing="ij")
    sheet = torch.stack([0.3 * columns, 0.4 * rows])[None]
    torch.testing.assert_close(strain(sheet)[0, 1:-1, 1:-1], torch.full((6, 6), 0.5))


def test_images_show_movement_in_place_of_brightness() -> None:
    source = MotionImages(segments=2, frames=3, onset_frames=2)
    before = texture()
    steps = [moved(before, (0.07 * step, 0.0)) for step in range(12)]
    frames = np.clip(np.rint(np.stack(steps)), 0, 255).astype(np.uint8)
    images = source.describe(frames)
    assert images.shape == (2, 3, CELLS, CELLS)
    assert images.abs().max() <= 1
    assert (images[:, 0, 6:8, 6:8] > 0.5).all()
    assert (source.describe(np.repeat(frames[:1], 12, axis=0)) == 0).all()


def test_only_the_frames_that_are_read_count() -> None:
    source = MotionImages(segments=2, frames=2, onset_frames=3)
    frames = np.random.default_rng(0).integers(0, 256, (20, 56, 56, 3), np.uint8)
    read = source.frames_read(len(frames))
    assert set(np.flatnonzero(source.weights(len(frames)).any(axis=0))) <= set(read)
    others = frames.copy()
    others[np.setdiff1d(np.arange(len(frames)), read)] = 0
    torch.testing.assert_close(source.describe(others), source.describe(frames))


def test_several_frames_of_the_onset_are_averaged() -> None:
    weights = Pooling(segments=1, frames=4, onset_frames=4).weights(40)[0]
    np.testing.assert_allclose(weights[:4], -weights[weights > 0].sum() / 4)
    assert weights.sum() == pytest.approx(0)


def test_a_short_clips_first_image_shows_the_way_there_and_not_back() -> None:
    """Frames that are averaged for the onset must not reach into the movement."""
    pooling = Pooling(segments=3, frames=8, span=0.67, onset_frames=4)
    for length in (6, 10, 16, 50):
        rise = np.linspace(0, 1, length)
        assert (pooling.weights(length) @ rise > 0).all()


def test_what_is_laid_over_is_measured_by_the_movement_itself() -> None:
    """With the strength that is set, strain of both together, and nothing on a still face."""
    chance = torch.Generator().manual_seed(4)
    own = torch.randn(2, 2, CELLS, CELLS, generator=chance)
    own -= own.flatten(-2).median(-1).values[..., None, None]
    other = 0.5 * torch.randn(2, 2, CELLS, CELLS, generator=chance)
    unit = own.square().mean().sqrt()
    both = overlaid(torch.cat([own, strain(own)[:, None]], 1), other)
    left = both[:, :2] - own - unit * other
    torch.testing.assert_close(left, left[..., :1, :1].expand_as(left))  # but for the median
    assert both[:, :2].flatten(-2).median(-1).values.abs().max() < 1e-6
    torch.testing.assert_close(both[:, 2], strain(both[:, :2]))
    still = torch.zeros(2, 3, CELLS, CELLS)
    assert (overlaid(still, other) == 0).all()
