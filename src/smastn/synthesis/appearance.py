"""Skin, hair and light of a made-up person."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8
from numpy import ndarray

from smastn.synthesis.photographs import face_width

_EYE_OPENINGS = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
)
_MOUTH_OPENING = (
    *(78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
    *(324, 318, 402, 317, 14, 87, 178, 88, 95),
)
_OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
_CHEEKS = (50, 280, 205, 425, 101, 330)
_MELANIN = np.array([0.58, 0.82, 1.00], np.float32)
_HAEMOGLOBIN = np.array([0.05, 0.55, 0.45], np.float32)


@dataclass(frozen=True, slots=True)
class Complexion:
    """What the surface of a face looks like, and the light on it.

    Attributes:
        melanin: how dark the skin is; 0 as photographed, -0.3 paler, 2 very dark.
        redness: how much blood shows; 0 as photographed.
        hair: red, green and blue by which hair or hat is multiplied, in linear light.
        background: the same for what is behind.
        light: direction that the extra light comes from (x, y), its length the strength.
        warmth: colour of the light; positive is warmer.
        contrast: 1 as photographed.
        smoothness: 0 keeps every wrinkle, 1 takes most fine ones away.
        freckles: how many, 0 to 1.
        moles: how many.
        texture: strength of fine grain in the skin, grey levels.
        seed: fixes where freckles, moles and grain lie.
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


def draw_complexion(generator: np.random.Generator) -> Complexion:
    """A complexion drawn so that pale and dark skin are about equally common."""
    angle, strength = generator.uniform(0, 2 * np.pi), generator.uniform(0, 0.25)
    shade = np.exp(generator.uniform(np.log(0.06), np.log(1.6)))
    hair = shade * generator.uniform((0.9, 0.75, 0.55), (1.4, 1.05, 1.1))
    background = generator.uniform(0.2, 1.1) * generator.uniform((0.6, 0.6, 0.6), (1.1, 1.1, 1.1))
    return Complexion(
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


def coloured(
    image: Float32[ndarray, "height width 3"],
    points: Float64[ndarray, "468 2"],
    complexion: Complexion,
) -> UInt8[ndarray, "height width 3"]:
    """The picture with skin, hair and light as `complexion` says.

    Args:
        image: RGB, 0 to 255.
        points: the mesh on it, pixels.
        complexion: what to do.
    """
    skin = _skin(image, points)
    smooth = cv2.bilateralFilter(image, -1, 32.0, 0.014 * face_width(points))
    image = image + (complexion.smoothness * skin[..., None]) * (smooth - image)
    light = (np.clip(image, 0, 255) / 255) ** 2.2
    light *= _pigment(points, skin, complexion)
    light *= _hair(image, points, skin, complexion)
    light *= _lamp(points, skin.shape, complexion)
    picture = 255 * np.clip(light, 0, None) ** (1 / 2.2)
    middle = float(picture[skin > 0.5].mean())
    picture = middle + (picture - middle) * complexion.contrast
    picture += complexion.texture * _grain(skin.shape, complexion.seed)[..., None] * skin[..., None]
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _skin(image: ndarray, points: ndarray) -> Float32[ndarray, "height width"]:
    """How much of each pixel is skin, 0 to 1: face, neck and ears, not eyes or teeth."""
    unit = face_width(points)
    lab = cv2.cvtColor((np.clip(image, 0, 255) / 255).astype(np.float32), cv2.COLOR_RGB2LAB)
    at = np.rint(points[list(_CHEEKS)]).astype(int)
    typical = np.median(lab[at[:, 1], at[:, 0]], axis=0)
    away = (lab - typical) ** 2
    likely = np.exp(-0.5 * (away / (28.0**2, 81, 81)).sum(-1))
    forehead = np.exp(-0.5 * (away / (45.0**2, 400, 400)).sum(-1))
    oval = _filled(image.shape, points[list(_OVAL)])
    rows = np.arange(len(image))[:, None]
    brows = points[[105, 334], 1].mean()
    below_brows = 1 / (1 + np.exp(-(rows - brows) / (0.03 * unit)))
    around = cv2.dilate(oval, np.ones((3, 3)), iterations=int(0.09 * unit))
    around[int(points[152, 1]) - 4 :] = 1
    forehead *= 1 / (1 + np.exp((brows - 0.16 * unit - rows) / (0.025 * unit)))  # above is hair
    skin = np.maximum(oval * np.maximum(forehead, below_brows), around * likely * below_brows)
    for opening in (*_EYE_OPENINGS, _MOUTH_OPENING):
        skin *= 1 - _filled(image.shape, points[list(opening)])
    return cv2.GaussianBlur(skin.astype(np.float32), (0, 0), 0.008 * unit)


def _filled(shape: tuple[int, ...], outline: ndarray) -> Float32[ndarray, "height width"]:
    mask = np.zeros(shape[:2], np.float32)
    cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], 1.0)
    return mask


def _pigment(
    points: ndarray, skin: ndarray, complexion: Complexion
) -> Float32[ndarray, "height width 3"]:
    """Share of light that skin gives back: melanin and blood absorb like a filter laid over it."""
    melanin = np.full(skin.shape, complexion.melanin, np.float32)
    melanin += _spots(points, skin.shape, complexion)
    exponent = melanin[..., None] * _MELANIN + complexion.redness * _HAEMOGLOBIN
    return np.exp(-exponent * skin[..., None]).astype(np.float32)


def _spots(
    points: ndarray, shape: tuple[int, ...], complexion: Complexion
) -> Float32[ndarray, "height width"]:
    """Extra melanin of freckles on nose and cheeks, and of moles anywhere."""
    generator = np.random.default_rng(complexion.seed)
    unit, middle = face_width(points), points[[4, 50, 280]].mean(0)
    spots = np.zeros(shape, np.float32)
    for _ in range(int(220 * complexion.freckles)):
        x, y = middle + generator.normal(0, (0.22 * unit, 0.10 * unit))
        _spot(spots, (x, y), unit * generator.uniform(0.002, 0.006), generator.uniform(0.1, 0.35))
    for index in generator.choice(468, complexion.moles, replace=False):
        at = points[index] + generator.normal(0, 0.01 * unit, 2)
        _spot(spots, (at[0], at[1]), unit * generator.uniform(0.005, 0.010), 1.3)
    return cv2.GaussianBlur(spots, (0, 0), 0.0035 * unit)


def _spot(canvas: ndarray, at: tuple[float, float], radius: float, depth: float) -> None:
    """Draw one spot; positions in sixteenths of a pixel."""
    centre = (int(at[0] * 16), int(at[1] * 16))
    cv2.circle(canvas, centre, max(1, int(radius * 16)), depth, -1, cv2.LINE_AA, 4)


def _hair(
    image: ndarray, points: ndarray, skin: ndarray, complexion: Complexion
) -> Float32[ndarray, "height width 3"]:
    """What hair, hat and background are multiplied by: the darker part of it is hair or hat."""
    rows = np.arange(len(skin))[:, None]
    above = 1 / (1 + np.exp((rows - points[152, 1]) / (0.05 * face_width(points))))
    amount = above * (1 - np.clip(skin, 0, 1))
    for opening in (*_EYE_OPENINGS, _MOUTH_OPENING):
        near = cv2.GaussianBlur(_filled(skin.shape, points[list(opening)]), (0, 0), 3)
        amount = amount * (1 - np.clip(3 * near, 0, 1))
    smooth = cv2.GaussianBlur(np.clip(image, 0, 255), (0, 0), 2)
    dark = 1 / (1 + np.exp((smooth.min(-1) - 125) / 10))
    blue = 1 / (1 + np.exp((smooth[..., 0] - smooth[..., 2] + 15) / 8))
    hair = (dark * (1 - blue))[..., None]
    tint = hair * np.array(complexion.hair) + (1 - hair) * np.array(complexion.background)
    return (1 + amount[..., None] * (tint - 1)).astype(np.float32)


def _lamp(
    points: ndarray, shape: tuple[int, ...], complexion: Complexion
) -> Float32[ndarray, "height width 3"]:
    """Light that falls off across the face from one side, with a colour of its own."""
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    unit, (x, y) = face_width(points), points.mean(0)
    across = complexion.light[0] * (columns - x) + complexion.light[1] * (rows - y)
    colour = 1 + complexion.warmth * np.array([1, 0, -1], np.float32)
    return (np.exp(1.6 * across / unit)[..., None] * colour).astype(np.float32)


def _grain(shape: tuple[int, ...], seed: int) -> Float32[ndarray, "height width"]:
    """Fine skin texture of unit variance: pores and the unevenness between them."""
    noise = np.random.default_rng(seed + 1).standard_normal(shape).astype(np.float32)
    grain = cv2.GaussianBlur(noise, (0, 0), 0.8) - 0.7 * cv2.GaussianBlur(noise, (0, 0), 2.0)
    return grain / float(grain.std())
