"""Writes synthetic films as a corpus: folders of frames, a manifest, and a table of truth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import cv2

from smastn.corpora.clip import Clip
from smastn.corpora.manifest import MANIFEST, write_manifest
from smastn.errors import ConfigError
from smastn.files import atomic_folder, csv_text, write_atomic
from smastn.synthesis.synthetic_film import FacialMovement, Film
from smastn.workers import Processes, run_tasks

TRUTH = "truth.csv"
"""Table beside the manifest, with amplitudes and blinks."""

_MARGIN = 0.03
"""Seconds without movement before onset and after offset."""

Task = TypeVar("Task")


@dataclass(frozen=True, slots=True)
class SyntheticClip:
    """A clip with its truth.

    Attributes:
        clip: the clip as the manifest lists it.
        amplitude: peak displacement at the apex, pixels of a 224-pixel crop; 0 if neutral.
        blinks: first and last frame of each blink.
    """

    clip: Clip
    amplitude: float
    blinks: tuple[tuple[int, int], ...]


def require_peak(amplitude: tuple[float, float]) -> None:
    """Refuse a range of peak displacements that no face can show.

    Raises:
        ConfigError: the range is empty or outside of 0 to 12 pixels.
    """
    low, high = amplitude
    if not 0 < low <= high <= 12:
        raise ConfigError(f"amplitude is {low} to {high} px; wanted 0 < least <= greatest <= 12")


def require_size(size: int) -> None:
    """Refuse frames that are too small for a face or needlessly large.

    Raises:
        ConfigError: the size is outside of 96 to 1024 pixels.
    """
    if not 96 <= size <= 1024:
        raise ConfigError(f"size is {size}; wanted 96 to 1024 pixels")


def write_subjects(
    root: str | Path,
    write_subject: Callable[[Path, Sequence[Task]], list[SyntheticClip]],
    subjects: Sequence[Sequence[Task]],
    workers: int,
    progress: Callable[[int, int], None] | None,
) -> list[Clip]:
    """Write all clips and both tables; the corpus appears complete or not at all.

    Args:
        root: a new or empty folder, or one that holds a corpus, which is replaced.
        write_subject: writes one subject's clips into the given folder.
        subjects: one task for each clip, by subject.
        workers: number of processes, which share the subjects.
        progress: called with finished clips and all clips, after each subject.

    Returns:
        The clips, by subject.
    """
    root, total = Path(root), sum(map(len, subjects))
    written: dict[int, list[SyntheticClip]] = {}
    with atomic_folder(root, marker=MANIFEST) as folder:
        work = partial(write_subject, folder)
        for index, clips in run_tasks(work, subjects, Processes(workers)):
            written[index] = clips
            if progress is not None:
                progress(sum(map(len, written.values())), total)
        made = [clip for index in sorted(written) for clip in written[index]]
        write_manifest(folder, [one.clip for one in made])
        _write_truth(folder / TRUTH, made)
    return [replace(one.clip, source=root / one.clip.source.relative_to(folder)) for one in made]


def margin_frames(rate: float) -> int:
    """Number of frames without movement before onset and after offset, at `rate` a second."""
    return max(1, round(_MARGIN * rate))


def write_clip(film: Film[FacialMovement], clip: Clip, amplitude: float) -> SyntheticClip:
    """Write a film's frames into the clip's folder as JPEG files, numbered from 1."""
    clip.source.mkdir(parents=True)
    options = [cv2.IMWRITE_JPEG_QUALITY, film.nuisance.jpeg_quality]
    for index, frame in enumerate(film, start=1):
        jpeg = cv2.imencode(".jpg", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), options)[1]
        (clip.source / f"img{index:05d}.jpg").write_bytes(jpeg.tobytes())
    return SyntheticClip(clip, amplitude, tuple((blink.first, blink.last) for blink in film.blinks))


def _write_truth(path: Path, made: Sequence[SyntheticClip]) -> None:
    rows = [("subject", "name", "amplitude", "blinks")]
    for one in made:
        blinks = " ".join(f"{first}-{last}" for first, last in one.blinks)
        rows.append((one.clip.subject, one.clip.name, f"{one.amplitude:.3f}", blinks))
    write_atomic(path, csv_text(rows))
