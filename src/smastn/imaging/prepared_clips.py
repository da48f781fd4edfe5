"""Prepared clips on disk, one memory-mapped file each, made once and in parallel.

A file's name is a digest of all that made it: source, frames, and settings. So
changed settings or a changed source make a new file, and all else is kept.
"""

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from smastn.config import settings_to_dict
from smastn.data.clip import Clip
from smastn.data.frames import clip_frames
from smastn.errors import SmastnError
from smastn.imaging.landmarks import FaceTracker
from smastn.imaging.preparation import PreparationConfig, prepare

_VERSION = 1
"""Raise it when `prepare` gives other pixels for the same settings."""


@dataclass(frozen=True, slots=True)
class PreparedClips:
    """Where the prepared clips of a study lie.

    Attributes:
        files: NumPy file by clip key.
        failed: why a clip could not be prepared, by clip key; these are in no score.
    """

    files: Mapping[str, Path]
    failed: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> UInt8[ndarray, "time size size 3"]:
        """The prepared clip of that key, mapped from disk rather than read."""
        return np.load(self.files[key], mmap_mode="r")


def prepare_clips(
    clips: Sequence[Clip],
    folder: Path,
    config: PreparationConfig,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> PreparedClips:
    """Prepare every clip that is not there yet.

    Args:
        clips: what to prepare.
        folder: where the files go; it may hold others.
        config: how.
        workers: processes; the files do not depend on their number.
        progress: called with (done, total).

    Returns:
        All clips, those that failed with the reason.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {clip.key: folder / f"{_digest(clip, config)}.npy" for clip in clips}
    waiting = [clip for clip in clips if not files[clip.key].is_file()]
    failed: dict[str, str] = {}
    done = len(clips) - len(waiting)
    for key, reason in _prepare_all(waiting, files, config, workers):
        if reason is not None:
            failed[key] = reason
            del files[key]
        done += 1
        if progress is not None:
            progress(done, len(clips))
    return PreparedClips(files, failed)


def _prepare_all(
    clips: Sequence[Clip], files: Mapping[str, Path], config: PreparationConfig, workers: int
) -> Iterator[tuple[str, str | None]]:
    """Each clip's key with None, or with the reason why it could not be prepared."""
    if workers <= 1 or len(clips) <= 1:
        for clip in clips:
            yield clip.key, _prepare_one(clip, files[clip.key], config)
        return
    # Forking a process that has run models or OpenCV's threads can hang: start afresh.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers, context, initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        jobs = {
            pool.submit(_prepare_one, clip, files[clip.key], config): clip.key for clip in clips
        }
        for job in as_completed(jobs):
            yield jobs[job], job.result()


@cache
def _tracker() -> FaceTracker:
    """One tracker a process: its models take a while to load."""
    return FaceTracker()


def _prepare_one(clip: Clip, file: Path, config: PreparationConfig) -> str | None:
    """Write one prepared clip; None if all went well, else the reason."""
    try:
        prepared = prepare(clip_frames(clip), _tracker(), config)
    except SmastnError as error:
        return str(error)
    partial = file.with_name(f".{file.stem}.{os.getpid()}.npy")
    np.save(partial, prepared)
    partial.replace(file)
    return None


def _digest(clip: Clip, config: PreparationConfig) -> str:
    status = clip.source.stat() if clip.source.exists() else None
    made_of = {
        "version": _VERSION,
        "source": str(clip.source.resolve()),
        "changed": None if status is None else [status.st_size, status.st_mtime_ns],
        "frames": [clip.onset, clip.offset],
        "settings": settings_to_dict(config),
    }
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:24]
