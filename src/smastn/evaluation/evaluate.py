"""A corpus and an experiment -> a run folder with predictions, scores and a report."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from smastn.evaluation.baselines import baseline_predictions
from smastn.evaluation.examples import select_examples
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.experiment_files import read_experiment
from smastn.evaluation.predictions import predictions_csv
from smastn.evaluation.report import Report, metrics_json, summarise
from smastn.evaluation.report_html import PageConfig, render_html
from smastn.evaluation.report_tables import latex_rows, markdown
from smastn.evaluation.run import run
from smastn.evaluation.run_records import Results
from smastn.evaluation.study import Study, read_study
from smastn.files import write_atomic
from smastn.synthesis.synthetic_corpus import CORPUS
from smastn.workers import Executor, Processes, keep_connected

REPORT, METRICS, MARKDOWN, LATEX = "report.html", "metrics.json", "report.md", "table.tex"
"""What a run folder holds beside predictions.csv."""

BASELINES = "baselines"
"""Folder in it with the predictions of each baseline, to compare with."""

Progress = Callable[[str, int, int], None]
"""Called with a stage, such as "Preparing clips", and how much of it is done, of how much."""

_log = logging.getLogger("smastn")


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """How an evaluation is carried out. Nothing here changes a prediction.

    Attributes:
        workers: processes that prepare clips, and run folds where there is no `executor`.
        executor: where folds are run, such as a cluster.
        prepared: folder for prepared clips; the user's cache where none is given.
        show_leak: add the inflated score of best-epoch selection on test data.
        faces: show faces of real people in the report; those of synthetic ones always are.
    """

    workers: int = 1
    executor: Executor | None = None
    prepared: str | Path | None = None
    show_leak: bool = False
    faces: bool = False


def evaluate(
    data: str | Path,
    out: str | Path,
    experiment: Experiment | str | Path | None = None,
    options: EvaluationOptions | None = None,
    progress: Progress | None = None,
) -> Report:
    """Train without each fold's held-out subjects, predict their clips once, and score.

    An interrupted run is resumed.

    Args:
        data: folder of the corpus; with several corpora, one that holds a folder for each.
        out: folder of the run.
        experiment: settings; or an experiment that ships with smastn, or a TOML file, see
            `read_experiment`. Where there is none, the recommended preset.
        options: how it is carried out.
        progress: called during the work.

    Raises:
        SmastnError: the settings, the corpus or the folder cannot be used, or the clips do not
            allow the protocol.
    """
    options, out = options or EvaluationOptions(), Path(out)
    experiment = read_experiment(experiment)
    executor = options.executor or Processes(options.workers)
    with keep_connected(executor):  # first: a wrong address is reported at once
        study = read_study(
            data,
            experiment,
            options.workers,
            options.prepared,
            stage(progress, "Preparing clips"),
        )
        advance = stage(progress, "Training and testing folds")
        results = run(study, out, executor, advance, options.show_leak)
    for record in results.failed:
        _log.warning(
            "fold %s of seed %d has no predictions: %s", record.fold, record.seed, record.failure
        )
    return _write_report(study, results, out, options.faces, stage(progress, "Writing the report"))


def stage(progress: Progress | None, name: str) -> Callable[[int, int], None] | None:
    """What one stage of the work calls with (done, total)."""
    return None if progress is None else partial(progress, name)


def _write_report(
    study: Study,
    results: Results,
    out: Path,
    faces: bool,
    progress: Callable[[int, int], None] | None,
) -> Report:
    """Score the run and its baselines, and write all files of the report."""
    advance = progress or (lambda done, total: None)
    advance(0, 2)
    baselines = baseline_predictions(study)
    advance(1, 2)
    report = summarise(results, baselines, study.left_out)
    synthetic = all(clip.subject.startswith(f"{CORPUS}/") for clip in study.clips)
    source = study.experiment.input
    config = PageConfig((faces or synthetic) and source.film, synthetic, source.legend)
    texts = {
        METRICS: metrics_json(report),
        REPORT: render_html(report, results.predictions, select_examples(study, results), config),
        MARKDOWN: markdown(report),
        LATEX: latex_rows(report),
    }
    for name, rows in baselines.items():
        texts[f"{BASELINES}/{name.lower().replace(' ', '-')}.csv"] = predictions_csv(rows)
    for name, text in texts.items():
        write_atomic(out / name, text)
    advance(2, 2)
    return report
