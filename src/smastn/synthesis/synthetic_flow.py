"""Pictures of optical flow of people who do not exist, as the public ones are: u, v, strain.

Two frames of a made-up person, at onset and at apex, are cut to the crop that the
public pictures have, and the flow between them is measured, errors included: skin
without texture, a head that moved, a blink.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from jaxtyping import Float64, UInt8
from numpy import ndarray

from smastn.errors import ConfigError
from smastn.synthesis.action_units import draw_muscles
from smastn.synthesis.animated_face import Puppet
from smastn.synthesis.expressions import ASYMMETRY, EMOTIONS, by_side, draw_units
from smastn.synthesis.identities import draw_person, portrait
from smastn.synthesis.muscles import EYE_CORNERS, MOUTH_CORNERS
from smastn.workers import Processes, spread

SIDE = 28
"""Pixels a side of a public picture of flow."""

_WORK = 128
"""Side of the crop in which flow is measured, pixels."""

_EYES, _MOUTH = (7.1, 20.5, 10.5), 20.9


@dataclass(frozen=True, slots=True)
class FlowConfig:
    """What made-up pictures of flow hold. Lengths are pixels of a 224-pixel crop.

    Attributes:
        subjects: how many people.
        clips_per_subject: pictures of each, the classes dealt out in turn.
        amplitude: least and greatest way that the skin goes, drawn from a triangle whose tip
            lies a third of the way up.
        asymmetry: standard deviation of what one side of the face does more than the other.
        variety: how much people differ in how their muscles pull; see `draw_muscles`.
        head: mean movement of the head that registration has left.
        blink: chance that the lids move as well.
        noise: standard deviation of sensor noise, grey levels, at most.
        seed: another seed, other people.

    Raises:
        ConfigError: a number is out of range.
    """

    subjects: int = 170
    clips_per_subject: int = 18
    amplitude: tuple[float, float] = (0.6, 4.0)
    asymmetry: float = ASYMMETRY
    variety: float = 1.0
    head: float = 0.22
    blink: float = 0.45
    noise: float = 1.2
    seed: int = 0

    def __post_init__(self) -> None:
        if self.subjects < 1 or self.clips_per_subject < 1:
            raise ConfigError(
                f"{self.subjects} subjects with {self.clips_per_subject} clips were asked for; "
                "wanted at least one each"
            )
        if not 0 < self.amplitude[0] < self.amplitude[1]:
            raise ConfigError(f"amplitude is {self.amplitude}; wanted 0 < least < greatest")


@dataclass(frozen=True, slots=True)
class MadeFlow:
    """One made-up picture of flow.

    Attributes:
        subject: number of the person.
        emotion: negative, positive or surprise.
        pictures: u, v and strain, each scaled to 0..255 for itself; measured twice, as the
            public pictures of onset to apex were by two laboratories.
    """

    subject: int
    emotion: str
    pictures: UInt8[ndarray, "2 28 28 3"]


def made_up_flow(
    config: FlowConfig, workers: int = 1, progress: Callable[[int, int], None] | None = None
) -> list[MadeFlow]:
    """Pictures of flow of made-up people, person by person; the number of workers changes nothing.

    Args:
        config: how many, and how they move.
        workers: processes to share the work.
        progress: called with people done and people in all.

    Raises:
        AssetError: the face models could not be had.
    """
    made: dict[int, list[MadeFlow]] = {}
    begin = partial(cv2.setNumThreads, 1)  # the workers are the parallelism
    for subject, own in spread(
        partial(_person, config), range(config.subjects), Processes(workers), begin
    ):
        made[subject] = own
        if progress is not None:
            progress(len(made), config.subjects)
    return [one for subject in sorted(made) for one in made[subject]]


def flow_picture(flow: Float64[ndarray, "height width 2"]) -> UInt8[ndarray, "28 28 3"]:
    """A field of flow as the public pictures store it: scale and zero of each channel are lost.

    Strain is sqrt(ux^2 + vy^2 + (uy + vx)^2 / 2), as in optical-strain papers; like theirs it is
    sampled, not averaged, when the picture is made small, and so is speckled.
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


def _person(config: FlowConfig, subject: int) -> list[MadeFlow]:
    """All pictures of one person."""
    generator = np.random.default_rng([config.seed, subject])
    face = portrait(draw_person(generator), 224)
    puppet = Puppet(face, draw_muscles(generator, config.variety))
    crop = _crop(puppet.portrait.points, generator)
    made = []
    for number in range(config.clips_per_subject):
        emotion = EMOTIONS[number % len(EMOTIONS)]
        before, after = _frames(puppet, emotion, config, generator)
        images = _seen(before, after, crop, config, generator)
        twice = [flow_picture(_measured(*images, generator)) for _ in range(2)]
        made.append(MadeFlow(subject, emotion, np.stack(twice)))
    return made


def _crop(
    points: Float64[ndarray, "468 2"], generator: np.random.Generator
) -> Float64[ndarray, "2 3"]:
    """Portrait to working crop: eyes and mouth where the public pictures have them, nearly."""
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
    puppet: Puppet, emotion: str, config: FlowConfig, generator: np.random.Generator
) -> tuple[ndarray, ndarray]:
    """The person at onset and at apex."""
    codes, strengths = by_side(*draw_units(generator, emotion, config.asymmetry))
    least, most = config.amplitude
    amplitude = float(generator.triangular(least, least + (most - least) / 3, most))
    motion = puppet.motion(codes, strengths, amplitude)
    lids = [0.0, 0.0]
    if generator.random() < config.blink:
        closed = min(0.9, abs(float(generator.normal(0, 0.25))))
        lids[int(generator.integers(2))] = closed
    return puppet.frame((), lids[0]), puppet.frame([(motion, 1.0)], lids[1])


def _seen(
    before: ndarray,
    after: ndarray,
    crop: Float64[ndarray, "2 3"],
    config: FlowConfig,
    generator: np.random.Generator,
) -> tuple[UInt8[ndarray, "side side"], UInt8[ndarray, "side side"]]:
    """Both frames as a camera gave them: grey, cropped, the head moved a little, noise on top."""
    far = generator.exponential(config.head) * _WORK / 224
    x, y, turn, nearer = generator.normal(0, 1, 4) * far
    turn, nearer, middle = turn / 80, nearer / 80, _WORK / 2
    head = np.array(
        [
            [1 + nearer, -turn, x + middle * (turn - nearer)],
            [turn, 1 + nearer, y - middle * (turn + nearer)],
        ]
    )
    moved = head @ np.vstack([crop, [0, 0, 1]])
    noise, blur = config.noise * generator.uniform(0.25, 1), generator.uniform(0.4, 1.1)
    images = []
    for frame, matrix in ((before, crop), (after, moved)):
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
        cut = cv2.warpAffine(grey, matrix, (_WORK, _WORK), borderMode=cv2.BORDER_REPLICATE)
        soft = cv2.GaussianBlur(cut.astype(np.float64), (0, 0), blur)
        light = 1 + generator.normal(0, 0.005)
        noisy = soft * light + generator.normal(0, noise, soft.shape)
        images.append(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))
    return images[0], images[1]


def _measured(
    before: UInt8[ndarray, "side side"],
    after: UInt8[ndarray, "side side"],
    generator: np.random.Generator,
) -> Float64[ndarray, "side side 2"]:
    """The flow between two frames, more or less smoothed, as methods differ."""
    method = cv2.DISOpticalFlow.create(int(generator.integers(1, 3)))
    method.setFinestScale(int(generator.integers(0, 2)))
    method.setVariationalRefinementIterations(int(generator.integers(5, 25)))
    method.setVariationalRefinementAlpha(float(generator.uniform(20, 60)))
    flow = method.calc(before, after, np.zeros((*before.shape, 2), np.float32))
    if generator.random() < 0.75:
        flow = np.stack([cv2.medianBlur(flow[..., axis].copy(), 5) for axis in (0, 1)], axis=-1)
    smooth = cv2.GaussianBlur(flow, (0, 0), float(generator.uniform(0.3, 1.8)))
    return np.asarray(smooth, np.float64)
