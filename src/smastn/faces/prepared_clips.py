"""Prepared clips on disk, one memory-mapped file each, prepared once and in parallel.

A file's name is a digest of its source and settings: name, size and modification time of
every frame, and the settings. So changed settings or frames give a new file, and others are
reused. A run that is killed loses only the clips in work.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from jaxtyping import UInt8
from numpy import ndarray

from smastn.config import settings_to_dict
from smastn.corpora.clip import Clip, clip_frames
from smastn.errors import InputError, SmastnError
from smastn.faces.landmarks import FaceTracker
from smastn.faces.preparation import PreparationConfig, prepare
from smastn.faces.prepared_file import (
    SUFFIX,
    is_prepared,
    matches_checksum,
    open_prepared,
    write_prepared,
)
from smastn.files import remove_leftovers
from smastn.media.frame_folders import numbered_images
from smastn.workers import Processes, run_tasks

_VERSION = 2
"""Raise it when `prepare` gives other pixels for the same settings."""


@dataclass(frozen=True, slots=True)
class PreparedClips:
    """Prepared clips by their keys.

    Attributes:
        files: prepared file by clip key.
        failed: why a clip could not be prepared, by clip key.
    """

    files: Mapping[str, Path]
    failed: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> UInt8[ndarray, "time size size 3"]:
        """The prepared clip of that key, mapped from disk; changes stay in memory."""
        return open_prepared(self.files[key])

    def damaged(self) -> list[Path]:
        """Files whose pixels differ from those that were written; reads all of them."""
        return [path for path in self.files.values() if not matches_checksum(path)]


def prepare_clips(
    clips: Sequence[Clip],
    folder: Path,
    config: PreparationConfig,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> PreparedClips:
    """Prepare every clip that is not prepared yet, into files in `folder`, which may hold others.

    The files do not depend on the number of processes; `progress` is called with (done, total).

    Raises:
        InputError: a process ended before its clip was done.
    """
    folder.mkdir(parents=True, exist_ok=True)
    remove_leftovers(folder)
    files = {clip.key: folder / f"{_digest(made_of(clip, config))}{SUFFIX}" for clip in clips}
    waiting = [clip for clip in clips if not is_prepared(files[clip.key])]
    failed: dict[str, str] = {}
    done = len(clips) - len(waiting)
    if progress is not None:
        progress(done, len(clips))
    tasks = [(clip, files[clip.key]) for clip in waiting]
    for index, reason in run_tasks(partial(_prepare_one, config), tasks, Processes(workers)):
        if reason is not None:
            failed[waiting[index].key] = reason
            del files[waiting[index].key]
        done += 1
        if progress is not None:
            progress(done, len(clips))
    return PreparedClips(files, failed)


def _prepare_one(config: PreparationConfig, task: tuple[Clip, Path]) -> str | None:
    """Write one prepared clip; None if all went well, else the reason."""
    clip, file = task
    try:
        prepared = prepare(clip_frames(clip), FaceTracker(), config)
    except SmastnError as error:
        return str(error)
    write_prepared(file, prepared, {"clip": clip.key, **made_of(clip, config)})
    return None


def made_of(clip: Clip, config: PreparationConfig) -> dict[str, Any]:
    """Everything that a prepared clip depends on, in plain types."""
    return {
        "version": _VERSION,
        "source": str(clip.source.resolve()),
        "content": _content(clip),
        "frames": [clip.onset, clip.offset],
        "settings": settings_to_dict(config),
    }


def _content(clip: Clip) -> str | None:
    """A digest of name, size and modification time of the clip's files; None if one is missing."""
    try:
        files = [clip.source]
        if clip.source.is_dir():
            files = numbered_images(clip.source)[clip.onset : clip.offset + 1]
        states = [(file.name, file.stat()) for file in files]
    except (InputError, OSError):
        return None  # preparing it fails with the reason
    return _digest([(name, state.st_size, state.st_mtime_ns) for name, state in states])


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:24]
