"""Optical-flow images of synthetic faces in the format of the public ones: u, v, strain.

Two frames of a synthetic face, at onset and at apex, are cropped as in the public images,
and the flow between them is estimated. The estimate has real errors: skin without texture,
head movement, blinks.
"""

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from jaxtyping import Float64, UInt8
from numpy import ndarray

from smastn.errors import ConfigError
from smastn.synthesis.action_units import draw_action_units
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.expressions import EMOTIONS, draw_units, split_by_side
from smastn.synthesis.identities import draw_identity, portrait
from smastn.synthesis.mesh_points import EYE_CORNERS, MOUTH_CORNERS
from smastn.workers import Processes, run_tasks

SIDE = 28
"""Side of a public flow image, pixels."""

_WORK = 128
"""Side of the crop in which flow is estimated, pixels."""

_EYES, _MOUTH = (7.1, 20.5, 10.5), 20.9


_HEAD = 0.22
"""Mean head movement that registration has left, pixels of a 224-pixel crop."""

_BLINK, _NOISE = 0.45, 1.2
"""Probability of a lid movement; largest standard deviation of sensor noise, grey levels."""


@dataclass(frozen=True, slots=True)
class SyntheticFlowConfig:
    """Contents of a set of synthetic flow images.

    Attributes:
        subjects: number of faces.
        clips_per_subject: images of each, the classes in turn.
        amplitude: least and greatest displacement of the skin, pixels of a 224-pixel crop; drawn
            from a triangular distribution with its mode at a third of the range.
        seed: seed of everything that is drawn.

    Raises:
        ConfigError: a number is out of range.
    """

    subjects: int = 170
    clips_per_subject: int = 18
    amplitude: tuple[float, float] = (0.6, 4.0)
    seed: int = 0

    def __post_init__(self) -> None:
        if self.subjects < 1 or self.clips_per_subject < 1:
            raise ConfigError(
                f"subjects is {self.subjects} and clips_per_subject {self.clips_per_subject}; "
                "wanted at least one each"
            )
        if not 0 < self.amplitude[0] < self.amplitude[1]:
            raise ConfigError(f"amplitude is {self.amplitude}; wanted 0 < least < greatest")


@dataclass(frozen=True, slots=True)
class SyntheticFlow:
    """One synthetic movement.

    Attributes:
        subject: number of the face.
        emotion: negative, positive or surprise.
        action_units: FACS codes of the movement.
        images: u, v and strain, each scaled to 0..255; two estimates with different settings,
            as the public images of onset to apex come from two laboratories.
    """

    subject: int
    emotion: str
    action_units: tuple[str, ...]
    images: UInt8[ndarray, "2 28 28 3"]


def make_synthetic_flow(config: SyntheticFlowConfig, workers: int = 1) -> list[SyntheticFlow]:
    """Flow images of synthetic faces, by subject; they do not depend on the number of workers.

    Args:
        config: number of images, and amplitude.
        workers: number of processes.

    Raises:
        AssetError: the face models are missing and cannot be fetched.
    """
    made: dict[int, list[SyntheticFlow]] = {}
    for subject, own in run_tasks(
        partial(_subject, config), range(config.subjects), Processes(workers)
    ):
        made[subject] = own
    return [one for subject in sorted(made) for one in made[subject]]


def flow_image(flow: Float64[ndarray, "height width 2"]) -> UInt8[ndarray, "28 28 3"]:
    """A flow field as the public images store it: each channel is scaled to 0..255.

    Strain is sqrt(ux^2 + vy^2 + (uy + vx)^2 / 2), as in papers on optical strain. Like theirs
    it is sampled, not averaged, when the image is reduced, so it is speckled.
    """
    (u_down, u_across), (v_down, v_across) = (np.gradient(flow[..., axis]) for axis in (0, 1))
    strain = np.sqrt(u_across**2 + v_down**2 + 0.5 * (u_down + v_across) ** 2)
    small = [
        cv2.resize(flow[..., axis], (SIDE, SIDE), interpolation=cv2.INTER_AREA) for axis in (0, 1)
    ]
    small.append(cv2.resize(strain, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR))
    channels = np.stack(small, axis=-1)
    low, high = channels.min((0, 1)), channels.max((0, 1))
    scaled = (channels - low) / np.maximum(high - low, 1e-9) * 255
    return np.rint(scaled).astype(np.uint8)


def _subject(config: SyntheticFlowConfig, subject: int) -> list[SyntheticFlow]:
    generator = np.random.default_rng([config.seed, subject])
    picture = portrait(draw_identity(generator), 224)
    face = AnimatedFace(picture, draw_action_units(generator))
    crop = crop_of(picture.points, generator)
    made = []
    for number in range(config.clips_per_subject):
        emotion = EMOTIONS[number % len(EMOTIONS)]
        drawn = draw_units(generator, emotion)
        before, after = _frames(face, drawn, config.amplitude, generator)
        images = _recorded(before, after, crop, generator)
        twice = [flow_image(_estimated(*images, generator)) for _ in range(2)]
        made.append(SyntheticFlow(subject, emotion, drawn[0], np.stack(twice)))
    return made


def crop_of(
    points: Float64[ndarray, "468 2"], generator: np.random.Generator
) -> Float64[ndarray, "2 3"]:
    """Affine map from portrait to crop: eyes and mouth near their places in the public images."""
    eyes = [points[list(EYE_CORNERS[side])].mean(0) for side in "RL"]
    mouth = points[list(MOUTH_CORNERS.values())].mean(0)
    middle = (eyes[0] + eyes[1]) / 2
    drawn = generator.normal(0, 1, 4)
    unit = _WORK / SIDE
    apart, down = _EYES[1] - _EYES[0], _MOUTH - _EYES[2]
    wide = apart * (1 + 0.05 * drawn[0]) * unit / (eyes[1] - eyes[0])[0]
    high = down * (1 + 0.07 * drawn[1]) * unit / (mouth - middle)[1]
    x = ((_EYES[0] + _EYES[1]) / 2 + 0.6 * drawn[2] + 0.5) * unit
    y = (_EYES[2] + 0.8 * drawn[3] + 0.5) * unit
    return np.array([[wide, 0, x - wide * middle[0]], [0, high, y - high * middle[1]]])


def _frames(
    face: AnimatedFace,
    drawn: tuple[tuple[str, ...], tuple[float, ...], tuple[float, ...]],
    amplitudes: tuple[float, float],
    generator: np.random.Generator,
) -> tuple[ndarray, ndarray]:
    """The face at onset and at apex."""
    codes, strengths = split_by_side(*drawn)
    least, most = amplitudes
    amplitude = float(generator.triangular(least, least + (most - least) / 3, most))
    motion = face.motion(codes, strengths, amplitude)
    lids = [0.0, 0.0]
    if generator.random() < _BLINK:
        closed = min(0.9, abs(float(generator.normal(0, 0.25))))
        lids[int(generator.integers(2))] = closed
    return face.frame((), lids[0]), face.frame([(motion, 1.0)], lids[1])


def _recorded(
    before: ndarray,
    after: ndarray,
    crop: Float64[ndarray, "2 3"],
    generator: np.random.Generator,
) -> tuple[UInt8[ndarray, "side side"], UInt8[ndarray, "side side"]]:
    """Both frames as a camera records them: grey, cropped, with head movement and noise."""
    far = generator.exponential(_HEAD) * _WORK / 224
    x, y, turn, nearer = generator.normal(0, 1, 4) * far
    turn, nearer, middle = turn / 80, nearer / 80, _WORK / 2
    head = np.array(
        [
            [1 + nearer, -turn, x + middle * (turn - nearer)],
            [turn, 1 + nearer, y - middle * (turn + nearer)],
        ]
    )
    moved = head @ np.vstack([crop, [0, 0, 1]])
    noise, blur = _NOISE * generator.uniform(0.25, 1), generator.uniform(0.4, 1.1)
    images = []
    for frame, matrix in ((before, crop), (after, moved)):
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
        cut = cv2.warpAffine(grey, matrix, (_WORK, _WORK), borderMode=cv2.BORDER_REPLICATE)
        soft = cv2.GaussianBlur(cut.astype(np.float64), (0, 0), blur)
        light = 1 + generator.normal(0, 0.005)
        noisy = soft * light + generator.normal(0, noise, soft.shape)
        images.append(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))
    return images[0], images[1]


def _estimated(
    before: UInt8[ndarray, "side side"],
    after: UInt8[ndarray, "side side"],
    generator: np.random.Generator,
) -> Float64[ndarray, "side side 2"]:
    """The flow between two frames, with random settings of the method."""
    method = cv2.DISOpticalFlow.create(int(generator.integers(1, 3)))
    method.setFinestScale(int(generator.integers(0, 2)))
    method.setVariationalRefinementIterations(int(generator.integers(5, 25)))
    method.setVariationalRefinementAlpha(float(generator.uniform(20, 60)))
    flow = method.calc(before, after, np.zeros((*before.shape, 2), np.float32))
    if generator.random() < 0.75:
        flow = np.stack([cv2.medianBlur(flow[..., axis].copy(), 5) for axis in (0, 1)], axis=-1)
    smooth = cv2.GaussianBlur(flow, (0, 0), float(generator.uniform(0.3, 1.8)))
    return np.asarray(smooth, np.float64)
