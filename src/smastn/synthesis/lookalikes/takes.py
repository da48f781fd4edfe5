"""What made-up corpora are made of: takes, their frames, and how classes are dealt out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8
from numpy import ndarray
from numpy.random import Generator


@dataclass(frozen=True, slots=True)
class LookalikeConfig:
    """How a made-up corpus is written.

    Attributes:
        full: true counts of people, clips and classes; otherwise a few of each.
        seed: where its chance starts.
        shortest: frames of the shortest movement.
        longest: frames of the longest.
    """

    full: bool = False
    seed: int = 0
    shortest: int = 9
    longest: int = 15


@dataclass(frozen=True, slots=True)
class Take:
    """One made-up clip; frames are numbered as in the file names.

    Attributes:
        person: number of the person within the corpus.
        name: the clip's name.
        emotion: its label as the sheet writes it.
        onset: first frame of the movement.
        apex: strongest frame, or None where the sheet gives none.
        offset: last frame of the movement.
        units: action units as the sheet writes them.
        objective: objective class, or None.
    """

    person: int
    name: str
    emotion: str
    onset: int
    apex: int | None
    offset: int
    units: str = ""
    objective: int | None = None

    @property
    def frames(self) -> range:
        """Frame numbers from onset to offset, both counted."""
        return range(self.onset, self.offset + 1)


Paint = Callable[[Take, int], UInt8[ndarray, "height width 3"]]
"""Paints the RGB picture of one frame number of a take."""

UNITS = {
    "happiness": "12",
    "surprise": "1+2",
    "disgust": "4+L10",
    "repression": "15+17",
    "sadness": "1",
    "fear": "1+4",
    "anger": "4+7",
    "contempt": "R14",
    "tense": "14",
    "others": "4",
}
"""Action units that made-up people show for an emotion."""


@dataclass(slots=True)
class Camera:
    """Writes frames; without paint every picture is the same small grey one.

    Attributes:
        paint: what paints a frame, or None.
        grey: whether pictures have one channel.
    """

    paint: Paint | None = None
    grey: bool = False
    blank: dict[str, bytes] = field(default_factory=dict)

    def write(self, folder: Path, take: Take, names: Iterable[tuple[int, str]]) -> None:
        """Write the frames of `take` into `folder`: (frame number, file name) each."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, name in names:
            (folder / name).write_bytes(self.encoded(take, number, Path(name).suffix.lower()))

    def write_video(self, folder: Path, takes: Sequence[Take], last: int, name: str) -> None:
        """Write frames 1 to `last` of a long video; ``name.format(n)`` is the name of frame n."""
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, last + 1):
            shown = next((take for take in takes if number in take.frames), takes[0])
            file = folder / name.format(number)
            file.write_bytes(self.encoded(shown, number, file.suffix))

    def encoded(self, take: Take, number: int, ending: str) -> bytes:
        """One frame as the bytes of a picture file of this ending."""
        if self.paint is not None:
            return _encoded(self.paint(take, number), ending, self.grey)
        if ending not in self.blank:
            self.blank[ending] = _encoded(np.full((16, 16, 3), 128, np.uint8), ending, self.grey)
        return self.blank[ending]


def _encoded(image: UInt8[ndarray, "height width 3"], ending: str, grey: bool) -> bytes:
    order = cv2.COLOR_RGB2GRAY if grey else cv2.COLOR_RGB2BGR
    done, data = cv2.imencode(ending, cv2.cvtColor(image, order))
    assert done, ending
    return data.tobytes()


def shoot(
    cast: Iterable[tuple[int, str, str]], config: LookalikeConfig, random: Generator
) -> list[Take]:
    """Takes for a cast of (person, clip name, emotion), each with frames of its own."""
    takes = []
    for person, name, emotion in cast:
        onset = int(random.integers(12, 90))
        length = int(random.integers(config.shortest, config.longest + 1))
        apex = onset + int(random.integers(2, max(3, length - 2)))
        units = UNITS.get(emotion.lower(), "4")
        takes.append(Take(person, name, emotion, onset, apex, onset + length - 1, units))
    return takes


def deal(
    counts: Mapping[str, int],
    people: Mapping[int, int] | Sequence[int],
    random: Generator,
) -> list[tuple[int, str]]:
    """Deal classes to people: (person, class), sorted by person.

    Args:
        counts: how many clips each class has.
        people: how many clips each person has; a bare list of people shares evenly.
        random: chance.
    """
    pool = [name for name, count in counts.items() for _ in range(count)]
    order = [pool[i] for i in random.permutation(len(pool))]
    if isinstance(people, Mapping):
        seats = [person for person, count in people.items() for _ in range(count)]
    else:
        seats = [people[i % len(people)] for i in range(len(order))]
    return sorted(zip(seats, order, strict=True), key=lambda pair: pair[0])


def after_each_other(takes: Sequence[Take], gap: int) -> list[Take]:
    """Takes of one long video, moved so that each begins `gap` frames after the one before."""
    moved, free = [], gap
    for take in takes:
        shift = free - take.onset
        apex = None if take.apex is None else take.apex + shift
        moved.append(replace(take, onset=free, apex=apex, offset=take.offset + shift))
        free = moved[-1].offset + gap
    return moved


def by_person(takes: Iterable[Take]) -> dict[int, list[Take]]:
    """Takes of each person, in their order."""
    people: dict[int, list[Take]] = {}
    for take in takes:
        people.setdefault(take.person, []).append(take)
    return people


def deal_objective(
    takes: Sequence[Take], counts: Mapping[int, int], people: Iterable[int], random: Generator
) -> list[Take]:
    """The takes with objective classes dealt out: everybody in `people` has one of I to V.

    Args:
        takes: as many as `counts` sum to.
        counts: how many clips each objective class has.
        people: those, and only those, who show classes I to V.
        random: chance.
    """
    chosen = set(people)
    order = [int(i) for i in random.permutation(len(takes)) if takes[i].person in chosen]
    first = {takes[i].person: i for i in reversed(order)}
    order = [*first.values(), *(i for i in order if i not in set(first.values()))]
    plain = [c for c, count in counts.items() if c <= 5 for _ in range(count)]
    rest = [c for c, count in counts.items() if c > 5 for _ in range(count)]
    plain_order = [plain[i] for i in random.permutation(len(plain))]
    classes = dict(zip(order, plain_order, strict=False))
    remaining = iter([rest[i] for i in random.permutation(len(rest))])
    return [
        replace(take, objective=classes[i] if i in classes else next(remaining))
        for i, take in enumerate(takes)
    ]
