"""Commands that train, evaluate, compare runs, and check published scores."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from smastn.terminal.console import print_json, say
from smastn.terminal.options import CORES, Json, Ray, Seed, Workers

if TYPE_CHECKING:
    from smastn.evaluation.experiment import Experiment

DOES_NOT_HOLD = 1
"""Exit code where a published score is not what the predictions give."""


def _list(wanted: bool) -> bool:
    if wanted:
        from smastn.commands.evaluation_output import show_experiments

        show_experiments()
        raise typer.Exit
    return wanted


Name = Annotated[
    str | None,
    typer.Argument(
        metavar="[EXPERIMENT]",
        help="An experiment that --list prints, or a TOML file.",
        show_default="the recommended preset",
    ),
]
Preset = Annotated[
    str | None,
    typer.Option(
        help="Settings: movement, synthetic, brightness or flow; with an experiment they "
        "replace its own.",
        show_default="movement, or the experiment's own settings",
    ),
]
ActionUnits = Annotated[
    Path | None,
    typer.Option(
        help="Table of coded action units: dataset, subject, clip, action_units.",
        show_default="those of the corpus",
    ),
]
Prepared = Annotated[
    Path | None,
    typer.Option(
        help="Folder for prepared clips; with --ray one that all machines can read.",
        show_default="the user's cache",
    ),
]


def evaluate(  # noqa: PLR0913
    data: Annotated[
        Path, typer.Option(help="Corpus folder; with several corpora, one folder for each in it.")
    ],
    out: Annotated[Path, typer.Option(help="Run folder; an interrupted run is resumed.")],
    experiment: Name = None,
    preset: Preset = None,
    action_units: ActionUnits = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="One seed instead of the experiment's.")
    ] = None,
    show_leak: Annotated[
        bool,
        typer.Option(
            "--show-leak", help="Add the inflated score of best-epoch selection on test data."
        ),
    ] = False,
    faces: Annotated[
        bool, typer.Option("--faces", help="Show faces in the report; check the corpus' licence.")
    ] = False,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Write curves and scores for TensorBoard.")
    ] = False,
    mlflow: Annotated[
        str,
        typer.Option(help="Log to MLflow at this URI, as sqlite:///runs.db.", show_default="no"),
    ] = "",
    workers: Workers = CORES,
    ray: Ray = "",
    gpus_per_fold: Annotated[
        float, typer.Option(min=0, help="GPUs per fold (fraction), with --ray.")
    ] = 0.0,
    prepared: Prepared = None,
    list_all: Annotated[
        bool,
        typer.Option(
            "--list", callback=_list, is_eager=True, help="List presets and experiments, and stop."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Cross-validate by subject, or as the experiment says; score and report all predictions."""
    from dataclasses import replace

    from smastn.commands.evaluation_output import show_report, show_settings
    from smastn.commands.tracking import TrackingConfig, require_tracking, track
    from smastn.config import settings_to_dict
    from smastn.evaluation.evaluate import REPORT, EvaluationOptions
    from smastn.evaluation.evaluate import evaluate as evaluated
    from smastn.evaluation.experiment_files import read_experiment
    from smastn.terminal.progress import staged_progress
    from smastn.workers import Cluster

    tracking = TrackingConfig(tensorboard, mlflow)
    require_tracking(tracking)
    settings = read_experiment(experiment, preset)
    settings = settings if seed is None else replace(settings, seeds=(seed,))
    settings = _with_coding(settings, action_units)
    show_settings(settings, preset, experiment is not None)
    executor = Cluster(ray, gpus_per_fold) if ray else None
    options = EvaluationOptions(workers, executor, prepared, show_leak, faces)
    with staged_progress() as progress:
        report = evaluated(data, out, settings, options, progress)
    track(report, out, tracking)
    if as_json:
        print_json(settings_to_dict(report))
        return
    show_report(report)
    typer.echo(out / REPORT)


def _with_coding(settings: "Experiment", table: Path | None) -> "Experiment":
    """The settings with the user's table of action units, if there is one."""
    from dataclasses import replace

    if table is None:
        return settings
    return replace(settings, data=replace(settings.data, action_units=str(table.resolve())))


def train(  # noqa: PLR0913
    data: Annotated[Path, typer.Argument(help="Corpus folder, such as one with a manifest.csv.")],
    out: Annotated[Path, typer.Option(help="Folder for the checkpoint.")],
    config: Annotated[
        str | None,
        typer.Option(
            help="An experiment that evaluate --list prints, or a TOML file.",
            show_default="the recommended preset",
        ),
    ] = None,
    preset: Preset = None,
    action_units: ActionUnits = None,
    calibrate: Annotated[
        Path | None,
        typer.Option(
            help="Evaluation run used for calibration, with the same settings.",
            show_default="not calibrated",
        ),
    ] = None,
    seed: Seed = 0,
    workers: Workers = CORES,
    prepared: Prepared = None,
    as_json: Json = False,
) -> None:
    """Train a network on all clips of a corpus; evaluate scores the settings beforehand."""
    from smastn.commands.evaluation_output import show_settings
    from smastn.evaluation.experiment_files import read_experiment
    from smastn.evaluation.train_corpus import TrainOptions
    from smastn.evaluation.train_corpus import train as trained
    from smastn.terminal.progress import staged_progress

    settings = _with_coding(read_experiment(config, preset), action_units)
    show_settings(settings, preset, config is not None)
    options = TrainOptions(seed, workers, prepared, calibrate)
    with staged_progress() as progress:
        about = trained(data, out, settings, options, progress).trained_on
    if as_json:
        print_json({"checkpoint": str(out), **about})
        return
    typer.echo(f"trained on {about['clips']} clips of {about['subjects']} subjects: {out}")
    say(f"next: smastn predict CLIP --checkpoint {out}")


def compare(
    first: Annotated[Path, typer.Argument(help="Run folder, or a predictions.csv.")],
    second: Annotated[Path, typer.Argument(help="Another over the same clips.")],
    permutations: Annotated[
        int, typer.Option(min=100, help="Random permutations, where there are too many for all.")
    ] = 5000,
    as_json: Json = False,
) -> None:
    """Test whether the second run is better than the first: by clip and by subject."""
    from smastn.commands.evaluation_output import show_pairings
    from smastn.config import settings_to_dict
    from smastn.evaluation.compare import compare as compared

    pairings = compared(first, second, permutations)
    if as_json:
        print_json([settings_to_dict(pairing) for pairing in pairings])
        return
    show_pairings(pairings, first, second)


def verify(
    log: Annotated[Path, typer.Argument(help="Prediction log: STSTNet's two layouts, or a CSV.")],
    truth: Annotated[Path, typer.Option(help="Ground truth: corpus, subject, clip, label.")],
    stated: Annotated[
        list[str] | None,
        typer.Option(help="A published score, as uar=0.7605; may be repeated."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Recompute the scores of a published prediction log; exit code 1 where they differ."""
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
        typer.Option(min=1, help="Frame rate: separates micro from macro where no column does."),
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
