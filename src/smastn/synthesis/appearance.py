"""Skin, hair, marks and lighting of a synthetic face."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from smastn.media.frame_array import Image
from smastn.synthesis.mesh_points import FACE_OVAL, OPENINGS, Mesh, face_width

_Gain = Float32[ndarray, "height width 3"]
"""Red, green and blue of each pixel, or their gain."""

_Mask = Float32[ndarray, "height width"]
"""A share or weight of each pixel."""

_CHEEKS = (50, 280, 205, 425, 101, 330)
_MELANIN = np.array([0.58, 0.82, 1.00], np.float32)
_HAEMOGLOBIN = np.array([0.05, 0.55, 0.45], np.float32)
"""Absorption of red, green and blue, relative."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """Skin, hair, marks and lighting; the defaults change nothing.

    Attributes:
        melanin: darker skin; -0.3 is pale, 2 very dark.
        redness: more visible blood.
        hair: red, green and blue gains of hair or hat, in linear light.
        background: the same of the background.
        light: direction of an added light (x, y); its length is the strength.
        warmth: colour of the added light; positive is warmer.
        contrast: gain about the mean brightness of the skin.
        smoothness: share of fine wrinkles that is removed, 0 to 1.
        freckles: density, 0 to 1.
        moles: number.
        texture: standard deviation of fine skin grain, grey levels.
        seed: fixes the places of freckles, moles and grain.
    """

    melanin: float = 0.0
    redness: float = 0.0
    hair: tuple[float, float, float] = (1.0, 1.0, 1.0)
    background: tuple[float, float, float] = (1.0, 1.0, 1.0)
    light: tuple[float, float] = (0.0, 0.0)
    warmth: float = 0.0
    contrast: float = 1.0
    smoothness: float = 0.0
    freckles: float = 0.0
    moles: int = 0
    texture: float = 0.0
    seed: int = 0


def draw_appearance(generator: np.random.Generator) -> Appearance:
    """Draw an appearance; pale and dark skin are about equally common."""
    angle, strength = generator.uniform(0, 2 * np.pi), generator.uniform(0, 0.25)
    shade = np.exp(generator.uniform(np.log(0.06), np.log(1.6)))
    hair = shade * generator.uniform((0.9, 0.75, 0.55), (1.4, 1.05, 1.1))
    background = generator.uniform(0.2, 1.1) * generator.uniform((0.6, 0.6, 0.6), (1.1, 1.1, 1.1))
    return Appearance(
        melanin=float(generator.uniform(-0.25, 1.9)),
        redness=float(generator.uniform(-0.3, 0.3)),
        hair=(float(hair[0]), float(hair[1]), float(hair[2])),
        background=(float(background[0]), float(background[1]), float(background[2])),
        light=(float(strength * np.cos(angle)), float(strength * np.sin(angle))),
        warmth=float(generator.uniform(-0.08, 0.08)),
        contrast=float(generator.uniform(0.85, 1.15)),
        smoothness=float(generator.uniform(0, 0.8)),
        freckles=float(max(0.0, generator.uniform(-0.6, 1))),
        moles=int(generator.integers(0, 5)),
        texture=float(generator.uniform(1, 4)),
        seed=int(generator.integers(2**31)),
    )


def with_appearance(image: _Gain, points: Mesh, appearance: Appearance) -> Image:
    """The picture (RGB, 0 to 255; mesh in pixels) with another appearance."""
    skin = _skin(image, points)
    smooth = cv2.bilateralFilter(image, -1, 32.0, 0.014 * face_width(points))
    image = image + (appearance.smoothness * skin[..., None]) * (smooth - image)
    light = (np.clip(image, 0, 255) / 255) ** 2.2
    light *= _pigment(points, skin, appearance)
    light *= _hair_and_background(image, points, skin, appearance)
    light *= _added_light(points, skin.shape, appearance)
    picture = 255 * np.clip(light, 0, None) ** (1 / 2.2)
    middle = float(picture[skin > 0.5].mean())
    picture = middle + (picture - middle) * appearance.contrast
    picture += appearance.texture * _grain(skin.shape, appearance.seed)[..., None] * skin[..., None]
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _skin(image: ndarray, points: ndarray) -> _Mask:
    """Share of skin in each pixel, 0 to 1: face, neck and ears without eyes and teeth."""
    unit = face_width(points)
    lab = cv2.cvtColor((np.clip(image, 0, 255) / 255).astype(np.float32), cv2.COLOR_RGB2LAB)
    at = np.rint(points[list(_CHEEKS)]).astype(int)
    typical = np.median(lab[at[:, 1], at[:, 0]], axis=0)
    difference = (lab - typical) ** 2
    likely = np.exp(-0.5 * (difference / (28.0**2, 81, 81)).sum(-1))
    forehead = np.exp(-0.5 * (difference / (45.0**2, 400, 400)).sum(-1))
    oval = _filled(image.shape, points[list(FACE_OVAL)])
    rows = np.arange(len(image))[:, None]
    brows = points[[105, 334], 1].mean()
    below_brows = 1 / (1 + np.exp(-(rows - brows) / (0.03 * unit)))
    around = cv2.dilate(oval, np.ones((3, 3)), iterations=int(0.09 * unit))
    around[int(points[152, 1]) - 4 :] = 1
    forehead *= 1 / (1 + np.exp((brows - 0.16 * unit - rows) / (0.025 * unit)))  # above is hair
    skin = np.maximum(oval * np.maximum(forehead, below_brows), around * likely * below_brows)
    for opening in OPENINGS:
        skin *= 1 - _filled(image.shape, points[list(opening)])
    return cv2.GaussianBlur(skin.astype(np.float32), (0, 0), 0.008 * unit)


def _filled(shape: tuple[int, ...], outline: ndarray) -> _Mask:
    mask = np.zeros(shape[:2], np.float32)
    cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], 1.0)
    return mask


def _pigment(points: ndarray, skin: ndarray, appearance: Appearance) -> _Gain:
    """Reflectance gain of the skin: melanin and blood absorb like a filter on top of it."""
    melanin = np.full(skin.shape, appearance.melanin, np.float32)
    melanin += _spots(points, skin.shape, appearance)
    exponent = melanin[..., None] * _MELANIN + appearance.redness * _HAEMOGLOBIN
    return np.exp(-exponent * skin[..., None]).astype(np.float32)


def _spots(points: ndarray, shape: tuple[int, ...], appearance: Appearance) -> _Mask:
    """Added melanin of freckles on nose and cheeks, and of moles anywhere."""
    generator = np.random.default_rng(appearance.seed)
    unit, middle = face_width(points), points[[4, 50, 280]].mean(0)
    spots = np.zeros(shape, np.float32)
    for _ in range(int(220 * appearance.freckles)):
        x, y = middle + generator.normal(0, (0.22 * unit, 0.10 * unit))
        _spot(spots, (x, y), unit * generator.uniform(0.002, 0.006), generator.uniform(0.1, 0.35))
    for index in generator.choice(468, appearance.moles, replace=False):
        at = points[index] + generator.normal(0, 0.01 * unit, 2)
        _spot(spots, (at[0], at[1]), unit * generator.uniform(0.005, 0.010), 1.3)
    return cv2.GaussianBlur(spots, (0, 0), 0.0035 * unit)


def _spot(canvas: ndarray, at: tuple[float, float], radius: float, melanin: float) -> None:
    """Draw one spot, placed to a sixteenth of a pixel."""
    centre = (int(at[0] * 16), int(at[1] * 16))
    cv2.circle(canvas, centre, max(1, int(radius * 16)), melanin, -1, cv2.LINE_AA, 4)


def _hair_and_background(
    image: ndarray, points: ndarray, skin: ndarray, appearance: Appearance
) -> _Gain:
    """Gain of hair, hat and background; the darker parts count as hair or hat."""
    rows = np.arange(len(skin))[:, None]
    above = 1 / (1 + np.exp((rows - points[152, 1]) / (0.05 * face_width(points))))
    amount = above * (1 - np.clip(skin, 0, 1))
    for opening in OPENINGS:
        near = cv2.GaussianBlur(_filled(skin.shape, points[list(opening)]), (0, 0), 3)
        amount = amount * (1 - np.clip(3 * near, 0, 1))
    smooth = cv2.GaussianBlur(np.clip(image, 0, 255), (0, 0), 2)
    dark = 1 / (1 + np.exp((smooth.min(-1) - 125) / 10))
    blue = 1 / (1 + np.exp((smooth[..., 0] - smooth[..., 2] + 15) / 8))
    hair = (dark * (1 - blue))[..., None]
    tint = hair * np.array(appearance.hair) + (1 - hair) * np.array(appearance.background)
    return (1 + amount[..., None] * (tint - 1)).astype(np.float32)


def _added_light(points: ndarray, shape: tuple[int, ...], appearance: Appearance) -> _Gain:
    """Gain of a coloured light that falls off across the face."""
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    unit, (x, y) = face_width(points), points.mean(0)
    across = appearance.light[0] * (columns - x) + appearance.light[1] * (rows - y)
    colour = 1 + appearance.warmth * np.array([1, 0, -1], np.float32)
    return (np.exp(1.6 * across / unit)[..., None] * colour).astype(np.float32)


def _grain(shape: tuple[int, ...], seed: int) -> _Mask:
    """Fine skin texture of unit variance, by a difference of Gaussians."""
    noise = np.random.default_rng(seed + 1).standard_normal(shape).astype(np.float32)
    grain = cv2.GaussianBlur(noise, (0, 0), 0.8) - 0.7 * cv2.GaussianBlur(noise, (0, 0), 2.0)
    return grain / float(grain.std())
