"""Logging of a finished run to TensorBoard and MLflow.

Both packages are optional and are imported only if they are used. All values come from the
report, so that a run that was killed and resumed is logged once and completely.
"""

import json
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from smastn.config import flat_settings
from smastn.errors import ConfigError, InputError
from smastn.evaluation.metrics import SCORE_TITLES
from smastn.evaluation.report import Method, Report

EVENTS = "tensorboard"
"""Folder of the event files, in the run's folder."""

_NOT_IN_NAMES = re.compile(r"[^\w\-. /:]")
_BATCH, _PARAMS, _LONGEST = 500, 90, 500


@dataclass(frozen=True, slots=True)
class TrackingConfig:
    """Where a run is logged.

    Attributes:
        tensorboard: write event files into the run's folder.
        mlflow: URI of a tracking server or store, such as ``sqlite:///runs.db``; empty for none.
    """

    tensorboard: bool = False
    mlflow: str = ""


def require_tracking(config: TrackingConfig) -> None:
    """Check before the run that it can be logged.

    Raises:
        ConfigError: a package is missing.
        InputError: the MLflow store cannot be opened.
    """
    wanted = {"tensorboard": config.tensorboard, "mlflow": bool(config.mlflow)}
    for package, used in wanted.items():
        if used and find_spec(package) is None:
            raise ConfigError(
                f"--{package} needs the package {package}, which is not installed; "
                "install it with: pip install 'smastn[tracking]'"
            )
    if config.mlflow:
        _mlflow(config.mlflow, lambda client: client.search_experiments(max_results=1))


def track(report: Report, out: Path, config: TrackingConfig) -> None:
    """Log a finished run whose report is in `out`.

    Raises:
        InputError: the MLflow store cannot be written to; the run itself is complete.
    """
    if config.tensorboard:
        _log_to_tensorboard(report, out / EVENTS)
    if config.mlflow:
        _mlflow(config.mlflow, lambda client: _log_to_mlflow(report, out, client))


def _log_to_tensorboard(report: Report, folder: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    for old in folder.glob("events.out.tfevents.*"):
        old.unlink()  # otherwise TensorBoard would show both
    with SummaryWriter(str(folder)) as writer:
        for name, value, step in _values(report):
            writer.add_scalar(name, value, step)
        writer.add_text("settings", f"```json\n{json.dumps(report.settings, indent=2)}\n```")
        writer.add_text("samples", f"SHA-256 {report.samples_sha256}")


def _log_to_mlflow(report: Report, out: Path, client: Any) -> None:
    from mlflow.entities import Metric, Param

    known = client.get_experiment_by_name(report.name)
    experiment = known.experiment_id if known else client.create_experiment(report.name)
    tags = {"smastn": report.smastn, "samples_sha256": report.samples_sha256}
    run = client.create_run(experiment, tags=tags, run_name=out.resolve().name).info.run_id
    settings = flat_settings(report.settings)
    params = [Param(name, str(value)[:_LONGEST]) for name, value in settings.items()]
    values = [Metric(name, value, 0, step) for name, value, step in _values(report)]
    for start in range(0, len(params), _PARAMS):
        client.log_batch(run, params=params[start : start + _PARAMS])
    for start in range(0, len(values), _BATCH):
        client.log_batch(run, metrics=values[start : start + _BATCH])
    for path in sorted(out.iterdir()):
        if path.is_file() and not path.name.startswith("."):
            client.log_artifact(run, str(path))
    client.set_terminated(run)


def _values(report: Report) -> Iterator[tuple[str, float, int]]:
    """Name, value and epoch of all numbers; epoch 0 for those of the whole run."""
    methods = [*report.methods, *([report.leak.method] if report.leak else [])]
    for method in methods:
        yield from _scores(method)
    for method in report.units.methods if report.units else ():
        for score, one in method.mean.items():
            yield _NOT_IN_NAMES.sub("-", f"{method.name}/units {score}"), one.value, 0
    for record in report.folds:
        name = f"loss/{record.fold} seed {record.seed}"
        for epoch, loss in enumerate(record.losses, 1):
            yield _NOT_IN_NAMES.sub("-", name), loss, epoch
        yield _NOT_IN_NAMES.sub("-", f"seconds/{record.fold} seed {record.seed}"), record.seconds, 0


def _scores(method: Method) -> Iterator[tuple[str, float, int]]:
    for score in SCORE_TITLES:
        interval = method.bootstrap.intervals[score]
        for name, value in (("", interval.value), (" low", interval.low), (" high", interval.high)):
            yield _NOT_IN_NAMES.sub("-", f"{method.name}/{score}{name}"), value, 0


def _mlflow(uri: str, work: Any) -> None:
    """Call `work` with a client of that store; its errors become a sentence."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # sends usage data
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # the default waits minutes
    for name in ("alembic", "mlflow.store"):  # a line for each table of a new store
        logging.getLogger(name).setLevel(logging.WARNING)
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    try:
        work(MlflowClient(tracking_uri=uri))
    except MlflowException as error:
        reason = str(error).strip().splitlines()[0][:200]
        raise InputError(
            f"MLflow cannot use {uri}: {reason}; correct --mlflow, or start its server, and run "
            "again: finished folds are kept"
        ) from error
