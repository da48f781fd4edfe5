"""The movement of the skin that a dynamic image shows, by the gradient of the face.

Where skin moves by d, its brightness changes by -gradient . d. A dynamic image is
such a change, so it shows each person's wrinkles and lips as well as the movement.
It is solved for d in small windows (Lucas and Kanade, 1981), which removes the person's
appearance. Images of a clip are weighted sums of frames, so noise is averaged before, and no
two single frames are compared.

The paper does not describe this step; it is an addition of this project.
"""

import torch
from jaxtyping import Float
from torch import Tensor

CELLS = 28
"""Rows and columns of the movement, as of public flow images."""

_WINDOWS = ((7, 4.0), (5, 16.0), (3, 16.0))
"""Width of each window, in cells, and how strongly it is pulled towards the wider one's result."""


def local_motion(
    images: Float[Tensor, "images channels height width"],
    reference: Float[Tensor, "channels height width"],
) -> Float[Tensor, "images 3 rows columns"]:
    """How far the skin moved in each cell: x to the right, y downwards, strain.

    From coarse windows to fine ones: each is pulled towards the result of the coarser, which
    matters only where skin has little texture. The face's median movement is subtracted, since
    heads are never held quite still.

    Args:
        images: change of brightness, grey levels, such as dynamic images.
        reference: the face that changed, grey levels.

    Returns:
        Pixels of the prepared clip; strain is their change from cell to cell.
    """
    cell = _cell(images.shape[-1])
    x, y = _slopes(reference)
    moments = [(x * x).sum(0), (x * y).sum(0), (y * y).sum(0)]
    products = torch.stack(
        [*moments, *-(x * images).sum(1), *-(y * images).sum(1)],
    )
    sums = torch.nn.functional.avg_pool2d(products[None], cell)
    motion = sums.new_zeros(len(images), 2, *sums.shape[-2:])
    for width, pull in _WINDOWS:
        motion = _solved(_averaged(sums, width), motion, pull)
    return _with_strain(motion)


def cells_of(size: int) -> int:
    """Rows and columns of the movement of a prepared clip `size` pixels wide."""
    return size // _cell(size)


def overlaid(
    movement: Float[Tensor, "images 3 rows columns"],
    other: Float[Tensor, "images 2 rows columns"],
) -> Float[Tensor, "images 3 rows columns"]:
    """The movement with another one added, and the strain of both.

    Args:
        movement: x, y and strain, see `local_motion`.
        other: x and y, in units of the root mean square of x and y in all images of `movement`.
    """
    own = movement[:, :2]
    return _with_strain(own + own.square().mean().sqrt() * other)


def _cell(size: int) -> int:
    return max(1, round(size / CELLS))


def _with_strain(
    motion: Float[Tensor, "images 2 rows columns"],
) -> Float[Tensor, "images 3 rows columns"]:
    """The movement less its median, and its strain."""
    motion = motion - motion.flatten(-2).median(-1).values[..., None, None]
    return torch.cat([motion, strain(motion)[:, None]], dim=1)


def strain(
    motion: Float[Tensor, "images 2 rows columns"],
) -> Float[Tensor, "images rows columns"]:
    """Size of the infinitesimal strain of a movement: root of ux^2 + vy^2 + (uy + vx)^2 / 2."""
    across, down = _slopes(motion)
    shear = (down[:, 0] + across[:, 1]).square() / 2
    return (across[:, 0].square() + down[:, 1].square() + shear).sqrt()


def _slopes(picture: Tensor) -> tuple[Tensor, Tensor]:
    """Central differences across and down, zero at the border."""
    across, down = torch.zeros_like(picture), torch.zeros_like(picture)
    across[..., 1:-1] = (picture[..., 2:] - picture[..., :-2]) / 2
    down[..., 1:-1, :] = (picture[..., 2:, :] - picture[..., :-2, :]) / 2
    return across, down


def _averaged(sums: Tensor, width: int) -> Tensor:
    """Means over windows of `width` cells; fewer at the border."""
    return torch.nn.functional.avg_pool2d(
        sums, width, stride=1, padding=width // 2, count_include_pad=False
    )[0]


def _solved(
    sums: Float[Tensor, "sums rows columns"],
    coarse: Float[Tensor, "images 2 rows columns"],
    pull: float,
) -> Float[Tensor, "images 2 rows columns"]:
    """Least squares for the movement in each window, regularised towards `coarse`.

    Args:
        sums: of the gradient's products xx, xy, yy, then of those with each image's change.
        coarse: the movement to regularise towards.
        pull: squared grey levels a pixel; without effect on gradients well above its root.
    """
    count = len(coarse)
    xx, xy, yy = sums[0] + pull, sums[1], sums[2] + pull
    right = sums[3 : 3 + count] + pull * coarse[:, 0]
    below = sums[3 + count :] + pull * coarse[:, 1]
    scale = 1 / (xx * yy - xy * xy)
    return torch.stack([(yy * right - xy * below) * scale, (xx * below - xy * right) * scale], 1)
