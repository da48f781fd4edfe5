"""What of a study goes to the machines that run its folds.

Settings and the list of clips go to each machine, once; folds are made there from
them. Prepared frames stay where they are if every machine can read their files.
Otherwise they go, too: into the cluster's object store, from where each machine
fetches them once and maps them. The corpus itself is never sent.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from smastn.evaluation.protocol import Fold
from smastn.evaluation.study import Study
from smastn.faces.prepared_clips import PreparedClips
from smastn.faces.prepared_file import is_prepared
from smastn.workers import Executor, on_each_machine


class PackedStudy:
    """A study as it is sent: its folds are made anew by each process that asks for one.

    They name every clip many times over; of ten thousand folds they would be the bulk of
    what is sent.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self._folds: list[Fold] | None = None

    def fold(self, index: int) -> Fold:
        """The fold of that place in the protocol."""
        if self._folds is None:
            self._folds = self.study.folds()
        return self._folds[index]

    def __getstate__(self) -> Study:
        """What is sent."""
        return self.study

    def __setstate__(self, study: Study) -> None:
        """What arrives."""
        self.study, self._folds = study, None


def shipped(study: Study, executor: Executor) -> Study:
    """The study for the machines that run it: with its frames if they cannot read them.

    Raises:
        InputError: a machine is lost while it is asked.
    """
    prepared = study.prepared
    if not isinstance(prepared, PreparedClips):
        return study  # its frames are in memory, and go along
    files = {clip.key: prepared.files[clip.key].resolve() for clip in study.clips}
    if not any(on_each_machine(partial(_unreadable, tuple(files.values())), executor)):
        return replace(study, prepared=PreparedClips(files))  # workers have other working folders
    frames = {clip.key: np.asarray(study.frames(clip)) for clip in study.clips}
    return replace(study, prepared=frames)


def _unreadable(files: Sequence[Path]) -> int:
    return sum(not is_prepared(file) for file in files)
