"""The doors to scores: make them, compare two runs, check published ones."""

from pathlib import Path
from typing import Annotated

import typer

from smastn.terminal.console import print_json
from smastn.terminal.options import CORES, Json, Ray, Workers

DOES_NOT_HOLD = 1
"""Exit code of a check that found something printed that the answers do not give."""


def evaluate(  # noqa: PLR0913
    data: Annotated[
        Path, typer.Option(help="Corpus folder: a manifest.csv, or what the experiment names.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the run; a stopped one goes on.")],
    experiment: Annotated[
        Path | None, typer.Argument(help="Experiment in TOML.", show_default="our settings")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="One seed instead of the experiment's.")
    ] = None,
    show_leak: Annotated[
        bool, typer.Option("--show-leak", help="Add what choosing epochs on held-out clips fakes.")
    ] = False,
    faces: Annotated[
        bool, typer.Option("--faces", help="Show faces in the report; ask the corpus' licence.")
    ] = False,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Write curves and scores for TensorBoard.")
    ] = False,
    mlflow: Annotated[
        str, typer.Option(help="Tell MLflow at this URI, as sqlite:///runs.db.", show_default="no")
    ] = "",
    workers: Workers = CORES,
    ray: Ray = "",
    gpus_per_fold: Annotated[
        float, typer.Option(min=0, help="Of a machine with --ray, such as 0.25; 0 uses none.")
    ] = 0.0,
    together: Annotated[
        int,
        typer.Option(
            min=0,
            help="Folds trained as one stack in each process, for GPUs; slower without one.",
            show_default="as many as the GPU's memory holds, 1 without a GPU",
        ),
    ] = 0,
    prepared: Annotated[
        Path | None,
        typer.Option(
            help="Folder for prepared clips; with --ray one that all machines see.",
            show_default="the user's cache",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Hold out people, one at a time or as a file says; train on the others; score all answers."""
    from dataclasses import replace

    from smastn.commands.load_study import read_experiment, read_study
    from smastn.commands.run_evaluation import evaluate_on, show_report
    from smastn.commands.tracking import TrackingConfig, require_tracking, track
    from smastn.config import settings_to_dict
    from smastn.workers import Cluster, Processes, gathered

    crew = Cluster(ray, gpus_per_fold) if ray else Processes(workers)
    tracking = TrackingConfig(tensorboard, mlflow)
    require_tracking(tracking)
    settings = read_experiment(experiment, seed)
    with gathered(crew):  # first, since a wrong address should not show after an hour's work
        study, left_out = read_study(data, settings, workers, prepared)
        study = replace(study, show_leak=show_leak, together=together)
        report = evaluate_on(study, left_out, out, crew, faces)
    track(report, out, tracking)
    if as_json:
        print_json(settings_to_dict(report))
        return
    show_report(report)
    typer.echo(out / "report.html")


def compare(
    first: Annotated[Path, typer.Argument(help="A run's folder, or a predictions.csv.")],
    second: Annotated[Path, typer.Argument(help="Another over the same clips.")],
    swaps: Annotated[
        int, typer.Option(min=100, help="Arrangements of people tried, where not all can be.")
    ] = 5000,
    as_json: Json = False,
) -> None:
    """Say whether the second run is better than the first, clip by clip and person by person."""
    from smastn.commands.compare_runs import compare_runs, show_pairings
    from smastn.config import settings_to_dict

    pairings = compare_runs(first, second, swaps)
    if as_json:
        print_json([settings_to_dict(pairing) for pairing in pairings])
        return
    show_pairings(pairings, first, second)


def verify(
    log: Annotated[Path, typer.Argument(help="Prediction log: STSTNet's two layouts, or a CSV.")],
    truth: Annotated[Path, typer.Option(help="Ground truth: corpus, subject, clip, label.")],
    stated: Annotated[
        list[str] | None,
        typer.Option(help="A score printed elsewhere, as uar=0.7605; may be repeated."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Score a published prediction log anew; exit code 1 where what is printed does not hold."""
    from smastn.commands.verify_log import read_claims, show_verification
    from smastn.config import settings_to_dict
    from smastn.evaluation.prediction_logs import read_log, read_truth
    from smastn.evaluation.published import verify as verified

    found = verified(read_log(log), read_truth(truth), read_claims(stated or []))
    if as_json:
        print_json(settings_to_dict(found))
    else:
        show_verification(found)
    if found.findings:
        raise typer.Exit(DOES_NOT_HOLD)


def score_spotting(
    spotted: Annotated[Path, typer.Argument(help="Spotted intervals: CSV or spreadsheet.")],
    truth: Annotated[Path, typer.Argument(help="True intervals, the same columns.")],
    rate: Annotated[
        float | None,
        typer.Option(min=1, help="Frames a second, to tell micro from macro where no column does."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Score spotted intervals as the MEGC challenges do: micro, macro, overall, and STRS.

    Columns: onset_frame and offset_frame (from 0, inclusive), and video where there are
    several; kind (micro, macro) or duration_seconds, and emotion, if known.
    """
    from smastn.commands.spotting_scores import report_to_dict, show_spotting
    from smastn.evaluation.spotting_tables import read_intervals, score_intervals

    report = score_intervals(read_intervals(spotted, rate), read_intervals(truth, rate))
    if as_json:
        print_json(report_to_dict(report))
        return
    show_spotting(report)
