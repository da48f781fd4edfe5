"""Run an experiment: for each fold and seed, fit on some people, ask once about others.

Nothing of a held-out clip reaches `fit`, the number of epochs is fixed before,
and each held-out clip is asked about once. Every fold has one thread, wherever
it runs, so that the answers do not depend on how many processes there are.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from smastn.config import settings_to_dict
from smastn.errors import InputError
from smastn.evaluation.distribute import PackedStudy, shipped
from smastn.evaluation.fold import run_fold
from smastn.evaluation.protocol import Fold
from smastn.evaluation.run_records import FoldResult, Results
from smastn.evaluation.run_store import (
    make_drawn_folder,
    open_run,
    read_fold,
    read_results,
    remove_drawn_folder,
    write_fold,
    write_predictions,
)
from smastn.evaluation.study import Study
from smastn.workers import ONE_PROCESS, Executor, keep_connected, one_thread, run_tasks

Task = tuple[int, int]
"""A fold's place in the protocol, and a seed."""


def run(
    study: Study,
    folder: Path,
    executor: Executor = ONE_PROCESS,
    progress: Callable[[int, int], None] | None = None,
    tell: Callable[[str], object] | None = None,
) -> Results:
    """Run every fold and seed that `folder` does not hold yet, and return all.

    A fold whose loss stops being a number is stored as failed; the others go on.

    Args:
        study: the experiment and its clips.
        folder: of the run, see `smastn.evaluation.run_store`; made if missing.
        executor: processes or cluster that run the folds. With more than one process a script
            must guard its start by ``if __name__ == "__main__"``, since they import it.
        progress: called with (folds done, folds), seeds counted separately.
        tell: called with a sentence for each fold whose worker was lost.

    Raises:
        ConfigError: `folder` holds a run with other settings.
        InputError: other data lie there, the protocol cannot be had, or a process died.
    """
    folds = study.folds()
    open_run(folder, settings_to_dict(study.experiment), study.samples(), _parts(study))
    tasks = [(at, seed) for seed in study.experiment.seeds for at in range(len(folds))]
    waiting = [task for task in tasks if not _is_done(study, folder, task)]
    done = len(tasks) - len(waiting)
    if progress is not None:
        progress(done, len(tasks))

    def lost(at: int, how: str) -> None:
        if tell is not None:
            index, seed = waiting[at]
            tell(f"fold {folds[index].name} of seed {seed} starts again elsewhere: {how}")

    if waiting:
        study = replace(study, drawn=make_drawn_folder(folder).resolve())
    with _results(study, waiting, executor, lost) as results:
        for index, result in results:
            write_fold(folder, index, result)
            done += 1
            if progress is not None:
                progress(done, len(tasks))
    return _finish(study, folder, tasks, folds)


@contextmanager
def _results(
    study: Study, tasks: Sequence[Task], executor: Executor, lost: Callable[[int, str], None]
) -> Iterator[Iterator[tuple[int, FoldResult]]]:
    """The folds as they come, with their places; workers end with the block, however it ends."""
    if not tasks:
        yield iter(())
        return
    with keep_connected(executor):
        work = partial(_fold, PackedStudy(shipped(study, executor)))
        with closing(run_tasks(work, tasks, executor, on_lost=lost)) as results:
            yield ((tasks[at][0], result) for at, result in results)


def _parts(study: Study) -> dict[str, str]:
    """The part of an official split that each clip is in; no other protocol asks for it."""
    if study.experiment.protocol.scheme != "official-split":
        return {}
    return {clip.key: study.parts[clip.key] for clip in study.clips if clip.key in study.parts}


def _is_done(study: Study, folder: Path, task: Task) -> bool:
    """Whether a fold is stored with all that is asked for; the same answers come again if not."""
    found = read_fold(folder, *task)
    if found is None:
        return False
    return not study.show_leak or bool(found.leak) or bool(found.record.failure)


def _fold(packed: PackedStudy, task: Task) -> FoldResult:
    index, seed = task
    with one_thread():
        return run_fold(packed.study, packed.fold(index), seed)


def _finish(study: Study, folder: Path, tasks: Sequence[Task], folds: Sequence[Fold]) -> Results:
    """Put the stored folds together."""
    stored = []
    for index, seed in tasks:
        found = read_fold(folder, index, seed)
        if found is None:
            raise InputError(
                f"fold {folds[index].name} vanished from {folder} during the run; start it again"
            )
        stored.append(found)
    remove_drawn_folder(folder)
    leak = [row for one in stored for row in one.leak] if study.show_leak else []
    write_predictions(folder, [row for one in stored for row in one.predictions], leak)
    return read_results(folder, leak=bool(leak))
