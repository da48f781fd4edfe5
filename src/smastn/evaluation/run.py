"""Run an experiment: for each fold and seed, fit on some people, ask once about others.

Nothing of a held-out clip reaches `fit`, the number of epochs is fixed before,
and each held-out clip is asked about once. Every fold has one thread, wherever
it runs, so that the answers do not depend on how many processes there are.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from pathlib import Path

import torch

from smastn.config import settings_to_dict
from smastn.errors import ConfigError, InputError
from smastn.evaluation.experiment import Study
from smastn.evaluation.fold import one_thread, run_fold
from smastn.evaluation.protocol import Fold
from smastn.evaluation.records import FoldResult, Results
from smastn.evaluation.store import (
    open_run,
    read_fold,
    read_results,
    write_fold,
    write_predictions,
)


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
    for index, result in _results(study, waiting, workers):
        write_fold(folder, index, result)
        done += 1
        if progress is not None:
            progress(done, len(tasks))
    stored = _stored(folder, tasks)
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


def _results(
    study: Study, tasks: Sequence[tuple[int, Fold, int]], workers: int
) -> Iterator[tuple[int, FoldResult]]:
    """The folds as they are done, in this process or in several."""
    if workers == 1 or len(tasks) < 2:
        for index, fold, seed in tasks:
            with one_thread():
                result = run_fold(study, fold, seed)
            yield index, result
        return
    context = multiprocessing.get_context("spawn")  # a fork would inherit torch's threads
    with ProcessPoolExecutor(workers, context, _begin_worker, (study,)) as pool:
        try:
            with _interrupts_held():
                waiting = {
                    pool.submit(_fold_in_worker, fold, seed): index for index, fold, seed in tasks
                }
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        except BrokenProcessPool as error:
            raise InputError(
                f"one of {workers} processes ended before its fold was done (too little memory?); "
                "start again with fewer workers: finished folds are kept"
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_STUDY: list[Study] = []
"""In a worker: the study, sent once when it starts and not with every fold."""


def _begin_worker(study: Study) -> None:
    torch.set_num_threads(1)
    _STUDY[:] = [study]
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends a worker without a traceback
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Processes started inside wait with Ctrl-C until they have begun.

    They would print a traceback from the middle of an import. What is blocked here
    stays blocked in a process started here; it unblocks itself.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # where it starts, it unblocks Ctrl-C
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _fold_in_worker(fold: Fold, seed: int) -> FoldResult:
    return run_fold(_STUDY[0], fold, seed)


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
