"""People who do not exist: two photographs, mixed and reshaped beyond recognition.

A `Person` is a record of numbers, drawn from a seed. `portrait` makes the
picture: both photographs are warped onto the person's own mesh, mixed region
by region in a Laplacian pyramid (Burt & Adelson, 1983) so that no seam shows,
then coloured, lit and given a skin of their own (`complexion`).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8
from numpy import ndarray
from scipy.spatial import Delaunay

from smastn.synthesis.appearance import Complexion, coloured, draw_complexion
from smastn.synthesis.face_shape import Proportions, draw_proportions, reshaped
from smastn.synthesis.photographs import Photograph, photograph, upright

FACE_WIDTH = 0.72
"""Width of an average face between the cheekbones, as a share of the frame."""

_LEAST_AREA = 0.05
"""Twice the area, in square pixels, below which a triangle is too flat to interpolate in."""

_FACE_OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
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
class Person:
    """A made-up person: every number that their portrait depends on.

    The four mixing weights say how much is taken of the second photograph
    (Grace Hopper), 0 to 1; the rest comes of the first (the astronaut).

    Attributes:
        shape: weight in the mesh, that is in where eyes, nose and mouth lie.
        eyes: weight in the pixels of eyes and brows; near 1 they wear glasses.
        mouth: weight in the pixels of nose, mouth and chin; near 0 teeth show.
        surroundings: weight in the pixels of forehead, hair, hat and background.
        mirrored: whether the photographs are swapped left to right first.
        proportions: how the mesh departs from the two photographs.
        complexion: skin, hair, light.
    """

    shape: float
    eyes: float
    mouth: float
    surroundings: float
    mirrored: bool
    proportions: Proportions
    complexion: Complexion


@dataclass(frozen=True, slots=True)
class Portrait:
    """A neutral picture of somebody and where their mesh lies in it.

    Attributes:
        image: RGB.
        points: x, y of the 468 mesh points, pixels.
    """

    image: UInt8[ndarray, "height width 3"]
    points: Float64[ndarray, "468 2"]


def draw_person(generator: np.random.Generator) -> Person:
    """Somebody new; the same generator state gives the same person."""
    # One side or the other: half-and-half doubles every eyelash and every tooth.
    sides = generator.random(3) < (0.3, 0.5, 0.4)
    blur = generator.uniform(0, (0.05, 0.0, 0.03))
    eyes, mouth, surroundings = (float(value) for value in np.where(sides, 1 - blur, blur))
    return Person(
        shape=float(generator.uniform(0, 1)),
        eyes=eyes,
        mouth=mouth,
        surroundings=surroundings,
        mirrored=bool(generator.random() < 0.5),
        proportions=draw_proportions(generator),
        complexion=draw_complexion(generator),
    )


def portrait(person: Person, size: int = 288) -> Portrait:
    """The neutral picture of a made-up person, `size` pixels square.

    Raises:
        AssetError: the face models, which place the mesh on the photographs, could not be had.
    """
    width, centre = FACE_WIDTH * size, (0.5 * size, 0.44 * size)
    first = upright(photograph("astronaut", person.mirrored), (size, size), width, centre)
    second = upright(photograph("grace_hopper", person.mirrored), (size, size), width, centre)
    points = reshaped(_between(first.points, second.points, person), person.proportions)
    one, two = _warped(first, points), _warped(second, points)
    two = _matched(two, one, _region(points, _FACE_OVAL, size))
    image = _mixed(one, two, _weights(person, points, size))
    return Portrait(coloured(image, points, person.complexion), points)


def _between(
    first: Float64[ndarray, "468 2"], second: Float64[ndarray, "468 2"], person: Person
) -> Float64[ndarray, "468 2"]:
    """The mean mesh, in which openings keep the shape they have where their pixels are from.

    Closed lips on a mesh of parted ones would be smeared over the gap.
    """
    mean = (first + second) / 2
    share = np.full((468, 1), person.shape)
    for outline, weight in ((_MOUTH, person.mouth), *((eye, person.eyes) for eye in _EYES)):
        corners = mean[list(outline)]
        offsets = (mean - corners.mean(0)) / (0.8 * np.ptp(corners, axis=0))
        near = np.clip(1.5 * np.exp(-0.5 * (offsets**2).sum(1, keepdims=True)), 0, 1)
        share += near * (weight - share)
    return first + share * (second - first)


def _warped(
    photo: Photograph, points: Float64[ndarray, "468 2"]
) -> Float32[ndarray, "size size 3"]:
    """The photograph with its mesh moved to `points`; what lies far around stays."""
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
    """Values known at scattered places, at every pixel: linear in each Delaunay triangle.

    Triangles are painted, the largest last, rather than searched for: closed lips and
    narrow eyes make slivers among which a search takes seconds.
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


def _region(
    points: Float64[ndarray, "468 2"], outline: tuple[int, ...], size: int
) -> Float32[ndarray, "size size"]:
    """1 inside the convex hull of some mesh points, 0 outside."""
    hull = cv2.convexHull(points[list(outline)].astype(np.float32))
    mask = np.zeros((size, size), np.float32)
    cv2.fillConvexPoly(mask, np.rint(hull).astype(np.int32), 1.0)
    return mask


def _weights(
    person: Person, points: Float64[ndarray, "468 2"], size: int
) -> Float32[ndarray, "size size"]:
    """How much of the second photograph goes into each pixel."""
    weights = np.full((size, size), person.surroundings, np.float32)
    for outline, weight in ((_MOUTH_AND_NOSE, person.mouth), (_EYES_AND_BROWS, person.eyes)):
        inside = cv2.GaussianBlur(_region(points, outline, size), (0, 0), 0.012 * size)
        weights += inside * (weight - weights)
    return weights


def _matched(
    image: Float32[ndarray, "size size 3"],
    reference: Float32[ndarray, "size size 3"],
    mask: Float32[ndarray, "size size"],
) -> Float32[ndarray, "size size 3"]:
    """`image` with the mean and spread that `reference` has inside `mask`, channel by channel."""
    inside = mask > 0
    mean, spread = image[inside].mean(0), image[inside].std(0)
    wanted, wanted_spread = reference[inside].mean(0), reference[inside].std(0)
    return np.clip((image - mean) * (wanted_spread / spread) + wanted, 0, 255).astype(np.float32)


def _mixed(
    one: Float32[ndarray, "size size 3"],
    two: Float32[ndarray, "size size 3"],
    weights: Float32[ndarray, "size size"],
    levels: int = 5,
) -> Float32[ndarray, "size size 3"]:
    """Both pictures blended band by band, each band over its own width."""
    if levels == 0 or min(one.shape[:2]) < 8:
        return one + weights[..., None] * (two - one)
    smaller = [cv2.pyrDown(picture) for picture in (one, two, weights)]
    shape = one.shape[1::-1]
    details = [
        picture - cv2.pyrUp(small, dstsize=shape)
        for picture, small in zip((one, two), smaller[:2], strict=True)
    ]
    below = cv2.pyrUp(_mixed(smaller[0], smaller[1], smaller[2], levels - 1), dstsize=shape)
    return below + details[0] + weights[..., None] * (details[1] - details[0])
