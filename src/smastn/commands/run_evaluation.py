"""``smastn evaluate``: a study -> a folder with predictions, scores and a report."""

from pathlib import Path

from rich.table import Table
from rich.text import Text

from smastn.evaluation.baselines import baseline_predictions
from smastn.evaluation.examples import exhibits
from smastn.evaluation.experiment import Study
from smastn.evaluation.predictions import predictions_csv
from smastn.evaluation.report import Leak, Report, metrics_json, summarise
from smastn.evaluation.report_html import PageConfig, render_html
from smastn.evaluation.report_tables import latex_rows, markdown
from smastn.evaluation.run import run
from smastn.files import write_atomic
from smastn.synthesis.synthetic_corpus import CORPUS
from smastn.terminal.console import output, say
from smastn.terminal.progress import progress
from smastn.workers import Crew

REPORT, METRICS, MARKDOWN, LATEX = "report.html", "metrics.json", "report.md", "table.tex"
"""What a run's folder holds beside predictions.csv."""

BASELINES = "baselines"
"""Folder in it with the answers of each baseline, to be compared with."""


def evaluate_on(
    study: Study, left_out: dict[str, str], out: Path, crew: Crew, faces: bool = False
) -> Report:
    """Run a study, score it, and write its report into `out`.

    A run that was stopped goes on where it was.

    Args:
        study: the experiment and its clips.
        left_out: why a clip is not in it, by the clip's key; the report tells it.
        out: folder of the run.
        crew: who runs the folds.
        faces: show faces of real people; those of made-up ones are always shown.

    Raises:
        SmastnError: the folder holds another run, or the clips do not allow the protocol.
    """
    made_up = all(clip.subject.startswith(f"{CORPUS}/") for clip in study.clips)
    with progress("Training without each fold's people") as advance:
        results = run(study, out, crew, advance, say)
    for record in results.failed:
        say(f"fold {record.fold} of seed {record.seed} has no answers: {record.failure}")
    with progress("Baselines and report") as advance:
        advance(0, 2)
        baselines = baseline_predictions(study)
        report = summarise(results, baselines, left_out)
        advance(1, 2)
        page = render_html(
            report,
            results.predictions,
            exhibits(study, results),
            PageConfig(
                faces=(faces or made_up) and not study.experiment.data.flow,
                made_up=made_up,
                movement=study.experiment.descriptor.shows_movement,
            ),
        )
        texts = {METRICS: metrics_json(report), REPORT: page}
        texts |= {MARKDOWN: markdown(report), LATEX: latex_rows(report)}
        for name, rows in baselines.items():
            texts[f"{BASELINES}/{name.lower().replace(' ', '-')}.csv"] = predictions_csv(rows)
        for name, text in texts.items():
            write_atomic(out / name, text)
        advance(2, 2)
    return report


def _show_leak(leak: Leak) -> None:
    seen, illusion = leak.method.bootstrap.intervals["uf1"].value, leak.illusion["uf1"]
    output.print()
    output.print(
        f"A leak, no result: with each fold's epoch chosen on the held-out clips UF1 would read "
        f"{seen:.3f}, {illusion:+.3f} out of nothing.",
        style="red",
    )


def show_report(report: Report) -> None:
    """Print the three most important numbers, and what they do and do not mean."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for heading in ("", "SMA-STN", "95 % interval", "guessing"):
        table.add_column(heading, justify="left" if not heading else "right")
    for one in report.headline:
        interval = one.interval
        table.add_row(
            Text(one.name, style="bold"),
            Text(f"{interval.value:.3f}", style="bold cyan"),
            f"{interval.low:.3f} to {interval.high:.3f}",
            f"{one.chance:.3f}",
        )
    output.print(table)
    output.print()
    for one in report.headline:
        output.print(
            Text.assemble((f"{one.name}  ", "bold"), one.meaning, " ", (one.limits, "dim"))
        )
    if report.leak is not None:
        _show_leak(report.leak)
