"""Run an experiment: train each fold for each seed, and predict its held-out clips once.

`fit` gets training clips only, and the number of epochs is fixed beforehand. Every fold has one
thread, wherever it runs, so that predictions do not depend on the number of processes.
"""

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path

from smastn.errors import InputError
from smastn.evaluation.distribute import FoldRunner, Task, distributed
from smastn.evaluation.protocol import Fold
from smastn.evaluation.run_records import FoldResult, Results
from smastn.evaluation.run_store import (
    make_views_folder,
    open_run,
    read_fold,
    remove_views_folder,
    write_fold,
    write_predictions,
)
from smastn.evaluation.study import Study
from smastn.workers import ONE_PROCESS, Executor, keep_connected, run_tasks

_log = logging.getLogger("smastn")


def run(
    study: Study,
    folder: Path,
    executor: Executor = ONE_PROCESS,
    progress: Callable[[int, int], None] | None = None,
    show_leak: bool = False,
) -> Results:
    """Run every fold and seed that `folder` does not hold yet, and return the results of all.

    A fold whose loss is not a finite number is stored as failed; the others are run.

    Args:
        study: the experiment and its clips.
        folder: of the run, see `smastn.evaluation.run_store`; made if missing.
        executor: processes or cluster that run the folds. With more than one process a script
            must guard its start by ``if __name__ == "__main__"``, since they import it.
        progress: called with (folds done, folds), seeds counted separately.
        show_leak: also store the predictions of best-epoch selection on test data.

    Raises:
        ConfigError: `folder` holds a run with other settings.
        InputError: other data lie there, the clips do not allow the protocol, or a process died.
    """
    folds = study.folds()
    samples_sha256 = open_run(folder, study)
    tasks = [(at, seed) for seed in study.experiment.seeds for at in range(len(folds))]
    found = {task: read_fold(folder, *task) for task in tasks}
    stored = {task: one for task, one in found.items() if one and one.is_complete(show_leak)}
    waiting = [task for task in tasks if task not in stored]
    advance = progress or (lambda done, total: None)
    advance(len(stored), len(tasks))
    if waiting:
        with keep_connected(executor):
            views = make_views_folder(folder).resolve()
            runner = FoldRunner(distributed(study, executor), views, show_leak)
            with closing(_computed(runner, waiting, executor, folds)) as results:
                for done, ((index, _), result) in enumerate(results, len(stored) + 1):
                    write_fold(folder, index, result)
                    advance(done, len(tasks))
    stored |= {task: _read_new(folder, task, folds) for task in waiting}
    remove_views_folder(folder)
    ordered = [stored[task] for task in tasks]
    results = Results(
        tuple(row for one in ordered for row in one.predictions),
        tuple(one.record for one in ordered),
        samples_sha256,
        study.experiment,
        tuple(row for one in ordered for row in one.leak) if show_leak else (),
    )
    write_predictions(folder, results)
    return results


def _computed(
    runner: FoldRunner, tasks: Sequence[Task], executor: Executor, folds: Sequence[Fold]
) -> Generator[tuple[Task, FoldResult], None, None]:
    """The folds as they are finished; closing it ends the workers."""

    def lost(at: int, reason: str) -> None:
        index, seed = tasks[at]
        _log.warning("fold %s of seed %d is run again: %s", folds[index].name, seed, reason)

    with closing(run_tasks(runner, tasks, executor, on_lost=lost)) as results:
        for at, result in results:
            yield tasks[at], result


def _read_new(folder: Path, task: Task, folds: Sequence[Fold]) -> FoldResult:
    """A fold that was just stored: predictions are those of its file, rounded."""
    found = read_fold(folder, *task)
    if found is None:
        raise InputError(
            f"fold {folds[task[0]].name} vanished from {folder} during the run; start it again"
        )
    return found
