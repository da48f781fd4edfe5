"""A study: an experiment on certain prepared clips."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy import ndarray

from smastn.assets import cache_folder
from smastn.corpora.catalogue import OtherCorpusError
from smastn.corpora.clip import Clip
from smastn.corpora.facs import format_units
from smastn.corpora.selection import select_clips
from smastn.errors import FaceError, InputError
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.experiment_files import experiments_on
from smastn.evaluation.protocol import Fold, make_folds
from smastn.faces.prepared_clips import PreparedClips, prepare_clips
from smastn.files import csv_text
from smastn.training.fit import check_network

_log = logging.getLogger("smastn")


@dataclass(frozen=True, slots=True)
class Study:
    """An experiment on certain clips.

    Attributes:
        experiment: its settings.
        clips: all clips; their order is the order of all tables.
        prepared: their frames by key, uint8, time x size x size x 3.
        parts: the part of an official split that each is in, by its key.
        left_out: why a clip of the corpus could not be prepared, by its key.
    """

    experiment: Experiment
    clips: tuple[Clip, ...]
    prepared: Mapping[str, ndarray] | PreparedClips
    parts: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)

    def folds(self) -> list[Fold]:
        """The folds of the experiment's protocol over these clips.

        Raises:
            InputError: these clips do not allow the protocol, or a training side shows fewer
                than two emotions.
        """
        folds = make_folds(self.clips, self.experiment.protocol, self.parts)
        for fold in folds:
            emotions = {clip.emotion for clip in fold.train}
            if len(emotions) < 2:
                raise InputError(
                    f"without {fold.name} the clips show {', '.join(emotions)} only; wanted at "
                    "least two emotions to learn from: add subjects, or leave that one out"
                )
        return folds

    def frames(self, clip: Clip) -> ndarray:
        """The prepared frames of one of the clips, uint8, time x size x size x 3."""
        return np.asarray(self.prepared[clip.key])

    def samples_csv(self) -> str:
        """The exact clips as a table: key, emotion, number of frames, checksum of the frames.

        Where action units of any clip are known, they are the last column.
        """
        coded = any(clip.action_units is not None for clip in self.clips)
        rows: list[tuple[object, ...]] = [("clip", "emotion", "frames", "checksum")]
        rows = [(*rows[0], "action_units")] if coded else rows
        for clip in self.clips:
            frames = self.frames(clip)
            row = (clip.key, clip.emotion, len(frames), _checksum(frames))
            rows.append((*row, format_units(clip.action_units)) if coded else row)
        return csv_text(rows)


def read_study(
    root: str | Path,
    experiment: Experiment,
    workers: int = 1,
    prepared: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Study:
    """The clips in `root` that the experiment names, prepared for it.

    Args:
        root: the corpus; with several corpora, a folder that holds one folder for each.
        experiment: says which clips, and how they are prepared.
        workers: processes.
        prepared: folder for prepared clips; the user's cache where none is given.
        progress: called with (clips prepared, clips).

    Raises:
        ConfigError: a corpus or a class scheme is unknown, or a network from outside cannot be
            used.
        InputError: the corpus cannot be read.
        FaceError: no clip could be prepared.
    """
    check_network(experiment)  # before the clips are prepared, which takes long
    split = experiment.protocol.scheme == "official-split"
    try:
        selection = select_clips(root, experiment.data, split)
    except OtherCorpusError as error:
        fitting = experiments_on(error.names)
        advice = f"smastn evaluate {fitting[0]} --data {root} --out RUN" if fitting else ""
        raise InputError(f"{error}, {advice} evaluates it" if advice else str(error)) from error
    clips = selection.clips
    root, folder = Path(root), Path(prepared or cache_folder().parent / "prepared")
    prepare = partial(prepare_clips, folder=folder, workers=workers, progress=progress)
    frames, failed = experiment.input.read_clips(root, clips, experiment.preparation, prepare)
    kept = tuple(clip for clip in clips if clip.key not in failed)
    if not kept:
        reason = next(iter(failed.values()))
        raise FaceError(f"none of the {len(clips)} clips in {root} could be prepared: {reason}")
    if failed:
        key, reason = next(iter(failed.items()))
        _log.warning(
            "%d of %d clips are left out, first %s: %s", len(failed), len(clips), key, reason
        )
    return Study(experiment, kept, frames, selection.parts, failed)


def _checksum(frames: ndarray) -> str:
    """CRC-32 of shape and pixels, hexadecimal."""
    return f"{crc32(frames.tobytes(), crc32(f'{frames.shape} {frames.dtype}'.encode())):08x}"
