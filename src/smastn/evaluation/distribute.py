"""What is sent to the machines that run the folds of a study.

Settings and the list of clips are sent to each machine once; folds are made there from them.
Prepared frames stay where they are if every machine can read their files. Otherwise they are
put into the cluster's object store, from where each machine fetches them once and maps them.
The corpus itself is never sent.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from smastn.evaluation.fold import run_fold
from smastn.evaluation.protocol import Fold
from smastn.evaluation.run_records import FoldResult
from smastn.evaluation.study import Study
from smastn.faces.prepared_clips import PreparedClips
from smastn.faces.prepared_file import is_prepared
from smastn.workers import Executor, on_each_machine, one_thread

Task = tuple[int, int]
"""A fold's place in the protocol, and a seed."""


class FoldRunner:
    """Runs the folds of a study, wherever it is sent.

    Folds are not sent: they name every clip many times. Each process makes them anew.

    Args:
        study: the experiment and its clips.
        views: folder in which the folds share sampled views.
        show_leak: see `run_fold`.
    """

    def __init__(self, study: Study, views: Path, show_leak: bool) -> None:
        self._study, self._views, self._show_leak = study, views, show_leak
        self._folds: list[Fold] | None = None

    def __call__(self, task: Task) -> FoldResult:
        """Run one fold for one seed, in one thread."""
        if self._folds is None:
            self._folds = self._study.folds()
        index, seed = task
        with one_thread():
            return run_fold(
                self._study, self._folds[index], seed, self._views, show_leak=self._show_leak
            )

    def __reduce__(self) -> tuple[type["FoldRunner"], tuple[Study, Path, bool]]:
        """What is sent."""
        return FoldRunner, (self._study, self._views, self._show_leak)


def distributed(study: Study, executor: Executor) -> Study:
    """The study for the machines that run it: with its frames if they cannot read their files.

    Raises:
        InputError: a machine is lost while it is asked.
    """
    prepared = study.prepared
    if not isinstance(prepared, PreparedClips):
        return study  # its frames are in memory and are sent with it
    files = {clip.key: prepared.files[clip.key].resolve() for clip in study.clips}
    if not any(on_each_machine(partial(_unreadable, tuple(files.values())), executor)):
        return replace(study, prepared=PreparedClips(files))  # workers have other working folders
    frames = {clip.key: np.asarray(study.frames(clip)) for clip in study.clips}
    return replace(study, prepared=frames)


def _unreadable(files: Sequence[Path]) -> int:
    return sum(not is_prepared(file) for file in files)
