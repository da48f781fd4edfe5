"""Films written as corpora come: folders of frames, a manifest, and a table of truths."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import cv2

from smastn.corpora.clip import Clip
from smastn.corpora.manifest import MANIFEST, write_manifest
from smastn.files import atomic_folder
from smastn.synthesis.synthetic_film import Film, Happening
from smastn.workers import Processes, spread

TRUTH = "truth.csv"
"""Table beside the manifest: what only the maker of a film knows."""

_AROUND = 0.03
"""Seconds of stillness kept before onset and after offset."""

Who = TypeVar("Who")


@dataclass(frozen=True, slots=True)
class MadeClip:
    """A clip and what only its maker knows.

    Attributes:
        clip: the clip as its table lists it.
        amplitude: peak displacement at the apex, pixels of a 224-pixel crop; 0 if neutral.
        blinks: first and last frame of each blink.
    """

    clip: Clip
    amplitude: float
    blinks: tuple[tuple[int, int], ...]


def write_people(
    root: Path,
    write_person: Callable[[Path, Who], list[MadeClip]],
    people: Sequence[Who],
    workers: int,
    progress: Callable[[int], None],
) -> list[Clip]:
    """Write everybody's clips and both tables; the corpus appears whole or not at all.

    Args:
        root: where to: a new or empty folder, or one that holds a corpus, which is replaced.
        write_person: writes one person's clips into the folder it is given.
        people: what it is called with.
        workers: processes to share the work, a person each at a time.
        progress: called with the number of clips done, after each person.

    Returns:
        The clips, person by person.
    """
    written: dict[int, list[MadeClip]] = {}
    with atomic_folder(root, marker=MANIFEST) as folder:
        begin = partial(cv2.setNumThreads, 1)  # the workers are the parallelism
        for index, clips in spread(
            partial(write_person, folder), people, Processes(workers), begin
        ):
            written[index] = clips
            progress(sum(map(len, written.values())))
        made = [clip for index in sorted(written) for clip in written[index]]
        write_manifest(folder, [one.clip for one in made])
        _write_truth(folder / TRUTH, made)
    return [replace(one.clip, source=root / one.clip.source.relative_to(folder)) for one in made]


def lead(rate: float) -> int:
    """Still frames before onset and after offset, at `rate` frames a second."""
    return max(1, round(_AROUND * rate))


def filmed(film: Film[Happening], clip: Clip, amplitude: float, quality: int) -> MadeClip:
    """Write a film's frames where the clip says, JPEG files numbered from 1."""
    clip.source.mkdir(parents=True)
    for index, frame in enumerate(film, start=1):
        pixels = cv2.cvtColor(frame, cv2.COLOR_RGB2BGR)
        jpeg = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        (clip.source / f"img{index:05d}.jpg").write_bytes(jpeg.tobytes())
    return MadeClip(clip, amplitude, tuple((blink.first, blink.last) for blink in film.blinks))


def _write_truth(path: Path, made: Sequence[MadeClip]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("subject", "name", "amplitude", "blinks"))
        for one in made:
            blinks = " ".join(f"{first}-{last}" for first, last in one.blinks)
            writer.writerow((one.clip.subject, one.clip.name, f"{one.amplitude:.3f}", blinks))
