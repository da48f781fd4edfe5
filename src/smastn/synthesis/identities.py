"""Synthetic faces: two photographs, blended and reshaped.

An `Identity` is a record of numbers, drawn from a random generator. `portrait` renders
it: both photographs are warped onto the identity's mesh, blended region by region in a
Laplacian pyramid (Burt & Adelson, 1983) without visible seams, and given an `Appearance`.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray
from scipy.spatial import Delaunay

from smastn.synthesis.appearance import Appearance, draw_appearance, with_appearance
from smastn.synthesis.face_shape import FaceShape, draw_face_shape, with_shape
from smastn.synthesis.mesh_points import FACE_OVAL, Mesh
from smastn.synthesis.photographs import Portrait, photograph, upright

_Picture = Float32[ndarray, "size size 3"]
"""An RGB picture."""

_Mask = Float32[ndarray, "size size"]
"""A share or weight of each pixel."""

FACE_WIDTH = 0.72
"""Average width of a face between the cheekbones, as a share of the frame's side."""

_LEAST_AREA = 0.05
"""Triangles of less than half this many square pixels are skipped: they are too flat."""

_MOUTH = (61, 291, 0, 17)
_EYES = ((33, 133, 27, 23), (263, 362, 257, 253))
_EYES_AND_BROWS = (
    *(70, 63, 105, 66, 107, 336, 296, 334, 293, 300, 356, 454, 127, 234),
    *(21, 251, 50, 36, 198, 5, 420, 266, 280),
)
_MOUTH_AND_NOSE = (
    *(195, 419, 423, 425, 411, 434, 365, 379, 378, 400, 152),
    *(176, 149, 150, 136, 214, 187, 205, 203, 196),
)


@dataclass(frozen=True, slots=True)
class Identity:
    """A synthetic face: every number that its portrait depends on.

    The first four are blending weights of the second photograph (Grace Hopper), 0 to 1,
    against the first (the astronaut).

    Attributes:
        mesh_blend: weight in the places of eyes, nose and mouth.
        eyes: weight in the pixels of eyes and brows; near 1 the face wears glasses.
        mouth: weight in the pixels of nose, mouth and chin; near 0 teeth show.
        surroundings: weight in the pixels of forehead, hair, hat and background.
        mirrored: left and right of both photographs are swapped first.
        shape: departure from the blended mesh.
        appearance: skin, hair, lighting.
    """

    mesh_blend: float
    eyes: float
    mouth: float
    surroundings: float
    mirrored: bool
    shape: FaceShape
    appearance: Appearance


def draw_identity(generator: np.random.Generator) -> Identity:
    """Draw a face; the same generator state gives the same face."""
    # Each region comes from one photograph: an even blend doubles lashes and teeth.
    sides = generator.random(3) < (0.3, 0.5, 0.4)
    blur = generator.uniform(0, (0.05, 0.0, 0.03))
    eyes, mouth, surroundings = (float(value) for value in np.where(sides, 1 - blur, blur))
    return Identity(
        mesh_blend=float(generator.uniform(0, 1)),
        eyes=eyes,
        mouth=mouth,
        surroundings=surroundings,
        mirrored=bool(generator.random() < 0.5),
        shape=draw_face_shape(generator),
        appearance=draw_appearance(generator),
    )


def portrait(identity: Identity, size: int = 288) -> Portrait:
    """The neutral picture of a synthetic face, `size` pixels square.

    Raises:
        AssetError: the face models, which place the mesh, are missing and cannot be fetched.
    """
    first, second = _photographs(identity, size)
    points = neutral_mesh(identity, size)
    one, two = _warped(first, points), _warped(second, points)
    two = _matched(two, one, _region(points, FACE_OVAL, size))
    image = _blended(one, two, _weights(identity, points, size))
    return Portrait(with_appearance(image, points, identity.appearance), points)


def neutral_mesh(identity: Identity, size: int = 288) -> Mesh:
    """The mesh of `portrait`, without its picture.

    Raises:
        AssetError: as `portrait`.
    """
    first, second = _photographs(identity, size)
    return with_shape(_blended_mesh(first.points, second.points, identity), identity.shape)


def _photographs(identity: Identity, size: int) -> tuple[Portrait, Portrait]:
    """Both photographs, upright and of one size."""
    width, centre = FACE_WIDTH * size, (0.5 * size, 0.44 * size)
    first, second = (
        upright(photograph(name, identity.mirrored), (size, size), width, centre)
        for name in ("astronaut", "grace_hopper")
    )
    return first, second


def _blended_mesh(first: Mesh, second: Mesh, identity: Identity) -> Mesh:
    """The blended mesh; eyes and mouth keep the mesh of the photograph that gives their pixels.

    Closed lips on a mesh of parted ones would be smeared over the gap.
    """
    mean = (first + second) / 2
    share = np.full((468, 1), identity.mesh_blend)
    for outline, weight in ((_MOUTH, identity.mouth), *((eye, identity.eyes) for eye in _EYES)):
        corners = mean[list(outline)]
        offsets = (mean - corners.mean(0)) / (0.8 * np.ptp(corners, axis=0))
        near = np.clip(1.5 * np.exp(-0.5 * (offsets**2).sum(1, keepdims=True)), 0, 1)
        share += near * (weight - share)
    return first + share * (second - first)


def _warped(photo: Portrait, points: Mesh) -> _Picture:
    """The photograph with its mesh moved to `points`; the far surroundings stay."""
    size = len(photo.image)
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = size / 2 + 0.8 * size * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    targets = np.concatenate([points, ring])
    shift = interpolated(targets, np.concatenate([photo.points, ring]) - targets, size)
    shift = cv2.GaussianBlur(shift, (0, 0), 0.012 * size)
    rows, columns = np.mgrid[:size, :size].astype(np.float32)
    x, y = columns + shift[..., 0], rows + shift[..., 1]
    border = cv2.BORDER_REPLICATE
    return cv2.remap(photo.image, x, y, cv2.INTER_CUBIC, borderMode=border).astype(np.float32)


def interpolated(
    places: Float64[ndarray, "points 2"], values: Float64[ndarray, "points 2"], size: int
) -> Float32[ndarray, "size size 2"]:
    """Scattered values interpolated to every pixel, linearly in each Delaunay triangle.

    Triangles are drawn, the largest last. SciPy's interpolator searches them for each pixel,
    which takes seconds: closed lips and narrow eyes make slivers.
    """
    triangles = Delaunay(places).simplices
    corners = places[triangles]
    (x, y), (u, v) = (corners[:, 1] - corners[:, 0]).T, (corners[:, 2] - corners[:, 0]).T
    area = np.abs(x * v - y * u)
    order = np.argsort(area)
    order = order[area[order] > _LEAST_AREA]
    painted = np.zeros((size, size), np.int32)
    for number, outline in enumerate(np.rint(corners[order] * 16).astype(np.int32)):
        cv2.fillConvexPoly(painted, outline, number, shift=4)
    ones = np.ones((len(order), 3, 1))
    planes = np.linalg.solve(np.concatenate([corners[order], ones], 2), values[triangles[order]])
    rows, columns = np.mgrid[:size, :size]
    slope = planes[painted]
    at = columns[..., None] * slope[..., 0, :] + rows[..., None] * slope[..., 1, :]
    return (at + slope[..., 2, :]).astype(np.float32)


def _region(points: Mesh, outline: tuple[int, ...], size: int) -> _Mask:
    """1 inside the convex hull of the named mesh points, 0 outside."""
    hull = cv2.convexHull(points[list(outline)].astype(np.float32))
    mask = np.zeros((size, size), np.float32)
    cv2.fillConvexPoly(mask, np.rint(hull).astype(np.int32), 1.0)
    return mask


def _weights(identity: Identity, points: Mesh, size: int) -> _Mask:
    """Weight of the second photograph in each pixel."""
    weights = np.full((size, size), identity.surroundings, np.float32)
    for outline, weight in ((_MOUTH_AND_NOSE, identity.mouth), (_EYES_AND_BROWS, identity.eyes)):
        inside = cv2.GaussianBlur(_region(points, outline, size), (0, 0), 0.012 * size)
        weights += inside * (weight - weights)
    return weights


def _matched(image: _Picture, reference: _Picture, mask: _Mask) -> _Picture:
    """`image` with the mean and standard deviation of `reference` inside `mask`, per channel."""
    inside = mask > 0
    mean, spread = image[inside].mean(0), image[inside].std(0)
    wanted, wanted_spread = reference[inside].mean(0), reference[inside].std(0)
    return np.clip((image - mean) * (wanted_spread / spread) + wanted, 0, 255).astype(np.float32)


def _blended(one: _Picture, two: _Picture, weights: _Mask, levels: int = 5) -> _Picture:
    """Both pictures blended in a Laplacian pyramid.

    OpenCV's multi-band blender works on 16-bit integers; here bands stay in floating point.
    """
    if levels == 0 or min(one.shape[:2]) < 8:
        return one + weights[..., None] * (two - one)
    smaller = [cv2.pyrDown(picture) for picture in (one, two, weights)]
    shape = one.shape[1::-1]
    details = [
        picture - cv2.pyrUp(small, dstsize=shape)
        for picture, small in zip((one, two), smaller[:2], strict=True)
    ]
    below = cv2.pyrUp(_blended(smaller[0], smaller[1], smaller[2], levels - 1), dstsize=shape)
    return below + details[0] + weights[..., None] * (details[1] - details[0])
