"""Precision and recall of blinks at 15, 30 and 60 frames a second.

    python benchmarks/score_blinks.py FOLDER [--seeds 0-2] [--real FOLDER]

Synthetic films of a minute, in which two people follow one another with a hard cut in between.
They blink every few seconds, also while they smile or look down; they look down and aside, turn
and nod, and shut their eyes for longer than a blink, none of which is a blink. Of one seed the
films of all three rates show the same, and are kept in FOLDER with their movement curves. With
``--real`` the films of `score_real` in which blinks were coded are scored as well, as they are and
at half their rate; not all of their blinks were coded, so only the coded ones say something.

A blink is found if a mark's middle lies within .15 s of it; one mark counts for one blink.
Settings were chosen on seeds 0 to 2.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from kept_curves import kept_curve
from score_real import FILMS, Span, fetched, near, truth_of

from smastn.faces.landmarks import FaceTracker
from smastn.media.encoding import write_video
from smastn.media.frame_array import Image
from smastn.media.frames import open_frames
from smastn.spotting.curve import MovementCurve
from smastn.spotting.meter import measure_movement
from smastn.spotting.spot import spot
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.head_rotation import HeadTurn, RotatableHead, direction_at
from smastn.synthesis.identities import draw_identity, portrait
from smastn.synthesis.nuisance import Drift, Nuisance, Sensor

RATES = (15.0, 30.0, 60.0)
_SECONDS = 30.0  # that each person is seen
_KINDS = {"blink": 6, "blink looking down": 1, "blink smiling": 1}
_KINDS |= {"glance down": 4, "glance aside": 2, "shut": 1, "turn": 2}
_NUISANCE = Nuisance(drift=2.5, roll=0.75, zoom=0.006, flicker=0.01, light_drift=0.02)


@dataclass(frozen=True)
class Lids:
    """One closure of both eyes: when it begins, its times in s, and its greatest depth, 0 to 1."""

    start: float
    closing: float
    shut: float
    opening: float
    depth: float

    @property
    def span(self) -> Span:
        """First and last moment."""
        return self.start, self.start + self.closing + self.shut + self.opening

    def at(self, time: float) -> float:
        """Closure at a time, 0 to 1."""
        first, last = self.span
        share = min((time - first) / self.closing, (last - time) / self.opening)
        return self.depth * float(np.sin(np.pi / 2 * np.clip(share, 0, 1)) ** 2)


@dataclass(frozen=True)
class Look:
    """A look elsewhere from one time to another; pixels of a 224-pixel crop."""

    span: Span
    way: tuple[float, float]


@dataclass
class Script:
    """What one person does; seconds from their first frame."""

    blinks: list[Lids]
    lids: list[Lids]
    looks: list[Look]
    smiles: list[Span]
    turns: list[HeadTurn]


def main() -> None:
    """Film what is missing, measure it, print precision and recall."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", default="0-2")
    parser.add_argument("--real", type=Path)
    args = parser.parse_args()
    first, last = map(int, args.seeds.split("-"))
    for rate in RATES:
        counts = np.zeros(3, int)
        for seed in range(first, last + 1):
            counts += scored(kept_curve(filmed(args.folder, seed, rate)), true_blinks(seed))
        right, marks, true = counts.tolist()
        print(
            f"{rate:.0f} frames a second: precision {right / max(marks, 1):.3f} ({right} of "
            f"{marks} marks), recall {right / true:.3f} (of {true} blinks)",
            flush=True,
        )
    if args.real is not None:
        for name in FILMS:
            true = truth_of(name).blinks
            for step in (1, 2) if true else ():
                found, marks, _ = scored(thinned(fetched(args.real, name), step), true)
                print(f"{name}, each frame of {step}: {found} of {len(true)}, {marks} marks")


def scored(curve: MovementCurve, true: Sequence[Span]) -> tuple[int, int, int]:
    """Blinks found, marks, true blinks."""
    middles = [float(curve.times[list(one)].mean()) for one in spot(curve).blinks]
    free = list(true)
    for middle in middles:
        if hits := [one for one in free if near(middle, one)]:
            free.remove(hits[0])
    return len(true) - len(free), len(middles), len(true)


def thinned(film: Path, step: int) -> MovementCurve:
    """The curve of a film of which one frame of `step` is left."""
    with open_frames(film) as stream:
        return measure_movement((one for one in stream if one.index % step == 0), FaceTracker())


def filmed(folder: Path, seed: int, rate: float) -> Path:
    """The film on disk; rendered if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"blinks-{seed:03}-{rate:.0f}fps.mp4"
    if not path.exists():
        people = (frames(seed, person, rate) for person in (0, 1))
        write_video(path, (image for person in people for image in person), rate, quality=23)
    return path


def true_blinks(seed: int) -> list[Span]:
    """First and last moment of each blink in a film, seconds."""
    return [
        (blink.span[0] + person * _SECONDS, blink.span[1] + person * _SECONDS)
        for person in (0, 1)
        for blink in script(seed, person).blinks
    ]


def script(seed: int, person: int) -> Script:
    """What one person does, kinds in random order with pauses between."""
    generator = np.random.default_rng([seed, person, 1])
    drawn = Script([], [], [], [], [])
    kinds = generator.permutation([kind for kind, times in _KINDS.items() for _ in range(times)])
    time = 0.6
    for kind in kinds.tolist():
        time = _add(drawn, kind, time, generator) + float(generator.uniform(0.35, 0.9))
    assert time < _SECONDS, time
    return drawn


def _add(drawn: Script, kind: str, time: float, generator: np.random.Generator) -> float:
    """Add one act to the script; when it is over."""

    def between(low: float, high: float) -> float:
        return float(generator.uniform(low, high))

    if kind == "glance aside":
        drawn.looks.append(look := Look((time, time + between(0.3, 1.2)), (_side(generator), 0.0)))
        return look.span[1]
    if kind == "turn":
        away = HeadTurn(time, between(0.4, 0.7), 4 * _side(generator), between(-12, 12))
        drawn.turns += [away, HeadTurn(time + 1.2, between(0.4, 0.7), 0.0, 0.0)]
        return time + 1.9
    if kind == "shut":
        drawn.lids.append(long := Lids(time, 0.12, between(0.6, 1.2), 0.2, 0.97))
        return long.span[1]
    delay = {"glance down": 0.0, "blink": 0.0, "blink looking down": 0.45}.get(kind, 0.9)
    start = time
    if kind != "glance down":
        blink = Lids(time + delay, between(0.07, 0.11), 0.02, between(0.14, 0.24), between(0.85, 1))
        drawn.blinks.append(blink)
        time = blink.span[1]
    if kind == "blink smiling":
        drawn.smiles.append((time - 1.2, time + 0.8))
        return time + 0.8
    if "down" in kind:
        shut = between(0.25, 1.0) if kind == "glance down" else between(1.1, 1.4)
        drawn.lids.append(down := Lids(start, 0.06, shut, 0.08, between(0.25, 0.5)))
        drawn.looks.append(Look((start, down.span[1] - 0.04), (0.0, between(2.0, 4.0))))
        return down.span[1]
    return time


def _side(generator: np.random.Generator) -> float:
    """Two to four pixels to either side."""
    return float(generator.uniform(2, 4) * generator.choice([-1, 1]))


def frames(seed: int, person: int, rate: float) -> Iterator[Image]:
    """The frames in which one person is seen."""
    generator = np.random.default_rng([seed, person, 2])
    face = AnimatedFace(portrait(draw_identity(generator)))
    act, scale = script(seed, person), face.pixels_per_crop_pixel
    drift, head = Drift(generator, _NUISANCE), RotatableHead(face.portrait, generator)
    sensor = Sensor(face.portrait.image, _NUISANCE, generator)
    smile = face.motion(("6", "12"), (0.6, 1.0), 6.0)
    middle = tuple(face.portrait.points.mean(axis=0).tolist())
    for index in range(round(_SECONDS * rate)):
        time = index / rate
        closure = max((one.at(time) for one in [*act.blinks, *act.lids]), default=0.0)
        gaze = sum((np.array(one.way) for one in act.looks if _in(time, one.span)), np.zeros(2))
        share = max((_held(time, one) for one in act.smiles), default=0.0)
        picture = face.frame([(smile, share)], closure, tuple((gaze * scale).tolist()))
        picture = head(
            picture, direction_at(tuple(act.turns), time), drift.head(time, middle, scale)
        )
        yield sensor(picture, drift.light(time), generator)


def _in(time: float, span: Span) -> bool:
    return span[0] <= time < span[1]


def _held(time: float, span: Span) -> float:
    """Strength of a smile that comes and goes within .4 s."""
    return float(np.clip(min(time - span[0], span[1] - time) / 0.4, 0, 1))


if __name__ == "__main__":
    main()
