"""Run an experiment: for each fold and seed, fit on some people, ask once about others.

Nothing of a held-out clip reaches `fit`, the number of epochs is fixed before,
and each held-out clip is asked about once. Every fold has one thread, wherever
it runs, so that the answers do not depend on how many processes there are.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from smastn.config import settings_to_dict
from smastn.errors import ConfigError, InputError
from smastn.evaluation.experiment import Study
from smastn.evaluation.fold import run_fold
from smastn.evaluation.protocol import Fold
from smastn.evaluation.records import FoldResult, Results
from smastn.evaluation.store import (
    make_drawn_folder,
    open_run,
    read_fold,
    read_results,
    remove_drawn_folder,
    write_fold,
    write_predictions,
)
from smastn.workers import one_thread, spread


def run(
    study: Study,
    folder: Path,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Results:
    """Run every fold and seed that `folder` does not hold yet, and return all.

    A fold whose loss stops being a number is stored as failed; the others go on.

    Args:
        study: the experiment and its clips.
        folder: of the run, see `smastn.evaluation.store`; made if missing.
        workers: processes. With more than one, a script must guard its start by
            ``if __name__ == "__main__"``, since the processes import it.
        progress: called with (folds done, folds), seeds counted separately.

    Raises:
        ConfigError: `folder` holds a run with other settings.
        InputError: other data lie there, the protocol cannot be had, or a process died.
    """
    if workers < 1:
        raise ConfigError(f"workers is {workers}; wanted at least 1")
    folds = study.folds()
    open_run(folder, settings_to_dict(study.experiment), study.samples())
    tasks = [(at, fold, seed) for seed in study.experiment.seeds for at, fold in enumerate(folds)]
    waiting = [task for task in tasks if not _is_done(study, folder, task)]
    done = len(tasks) - len(waiting)
    if progress is not None:
        progress(done, len(tasks))
    if waiting:
        study = replace(study, drawn=make_drawn_folder(folder))
    for at, result in spread(partial(_fold, study), waiting, workers):
        write_fold(folder, waiting[at][0], result)
        done += 1
        if progress is not None:
            progress(done, len(tasks))
    stored = _stored(folder, tasks)
    remove_drawn_folder(folder)
    leak = [row for one in stored for row in one.leak] if study.show_leak else []
    write_predictions(folder, [row for one in stored for row in one.predictions], leak)
    return read_results(folder, leak=bool(leak))


def _is_done(study: Study, folder: Path, task: tuple[int, Fold, int]) -> bool:
    """Whether a fold is stored with all that is asked for; the same answers come again if not."""
    index, _, seed = task
    found = read_fold(folder, index, seed)
    if found is None:
        return False
    return not study.show_leak or bool(found.leak) or bool(found.record.failure)


def _fold(study: Study, task: tuple[int, Fold, int]) -> FoldResult:
    _, fold, seed = task
    with one_thread():
        return run_fold(study, fold, seed)


def _stored(folder: Path, tasks: Sequence[tuple[int, Fold, int]]) -> list[FoldResult]:
    results = []
    for index, fold, seed in tasks:
        found = read_fold(folder, index, seed)
        if found is None:
            raise InputError(
                f"fold {fold.name} vanished from {folder} during the run; start it again"
            )
        results.append(found)
    return results
