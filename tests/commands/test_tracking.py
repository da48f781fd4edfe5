"""TensorBoard and MLflow get what the report holds, and are imported only if used."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from smastn.commands import tracking
from smastn.commands.tracking import EVENTS, TrackingConfig, require_tracking, track
from smastn.errors import ConfigError, InputError
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.predictions import Prediction
from smastn.evaluation.report import Report, summarise
from smastn.evaluation.run_records import FoldRecord, Results
from smastn.training.training_settings import TrainConfig

pytestmark = [
    pytest.mark.filterwarnings("ignore:The ``noload`` loader"),  # inside MLflow
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # inside TensorBoard and MLflow
]
needs_mlflow = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("mlflow", "sqlalchemy", "alembic")),
    reason="needs MLflow: pip install 'smastn[tracking]'",
)
needs_tensorboard = pytest.mark.skipif(
    find_spec("tensorboard") is None, reason="needs TensorBoard: pip install 'smastn[tracking]'"
)


@pytest.fixture(scope="module")
def report() -> Report:
    rows = [
        Prediction(f"x/{number}", f"{truth}{take}", 0, f"x/{number}", truth, "ab"[take])
        for number in range(3)
        for truth in "ab"
        for take in range(2)
    ]
    folds = tuple(FoldRecord(f"x/{number}", 0, 8, 4, 1.5, (0.9, 0.4)) for number in range(3))
    experiment = Experiment(name="tracked", training=TrainConfig(epochs=2))
    return summarise(Results(tuple(rows), folds, "5" * 64, experiment), {})


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run's folder, in a working folder that MLflow may fill."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "run7"
    folder.mkdir()
    (folder / "predictions.csv").write_text("subject,clip\n")
    return folder


@needs_mlflow
def test_a_local_mlflow_store_holds_settings_scores_curves_and_files(
    report: Report, out: Path
) -> None:
    from mlflow import MlflowClient

    uri = f"sqlite:///{out.parent}/runs.db"
    require_tracking(TrackingConfig(mlflow=uri))
    track(report, out, TrackingConfig(mlflow=uri))
    client: Any = MlflowClient(tracking_uri=uri)
    experiment = client.get_experiment_by_name("tracked")
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.info.status == "FINISHED"
    assert run.data.params["training.epochs"] == "2"
    assert run.data.tags["samples_sha256"] == "5" * 64
    assert run.data.metrics["SMA-STN/uf1"] == pytest.approx(report.headline[0].interval.value)
    curve = client.get_metric_history(run.info.run_id, "loss/x/1 seed 0")
    assert [(point.step, point.value) for point in curve] == [(1, 0.9), (2, 0.4)]
    assert [one.path for one in client.list_artifacts(run.info.run_id)] == ["predictions.csv"]


@needs_mlflow
def test_two_runs_of_one_experiment_stand_side_by_side(report: Report, out: Path) -> None:
    from mlflow import MlflowClient

    config = TrackingConfig(mlflow=f"sqlite:///{out.parent}/runs.db")
    for _ in range(2):
        track(report, out, config)
    client: Any = MlflowClient(tracking_uri=config.mlflow)
    assert len(client.search_runs([client.get_experiment_by_name("tracked").experiment_id])) == 2


@needs_mlflow
def test_a_store_that_cannot_be_opened_is_refused_before_the_work(out: Path) -> None:
    with pytest.raises(InputError, match="MLflow cannot use nonsense://x: .* correct --mlflow"):
        require_tracking(TrackingConfig(mlflow="nonsense://x"))


@needs_tensorboard
def test_tensorboard_reads_the_curves_once_however_often_they_are_logged(
    report: Report, out: Path
) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    for _ in range(2):
        track(report, out, TrackingConfig(tensorboard=True))
    (events,) = (out / EVENTS).iterdir()
    events_read: Any = EventAccumulator(str(events))
    events_read.Reload()
    curve = events_read.Scalars("loss/x/2 seed 0")
    assert [(point.step, round(point.value, 6)) for point in curve] == [(1, 0.9), (2, 0.4)]
    (uf1,) = events_read.Scalars("SMA-STN/uf1")
    assert uf1.value == pytest.approx(report.headline[0].interval.value)


def test_a_missing_package_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "find_spec", lambda name: None)
    for config in (TrackingConfig(tensorboard=True), TrackingConfig(mlflow="sqlite:///x.db")):
        with pytest.raises(ConfigError, match=r"is not installed; .* 'smastn\[tracking\]'"):
            require_tracking(config)
    require_tracking(TrackingConfig())


def test_neither_is_imported_unless_used() -> None:
    listing = (
        "import sys, smastn.evaluation.evaluate, smastn.commands.tracking as t; "
        "t.require_tracking(t.TrackingConfig()); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    )
    assert not {"mlflow", "tensorboard", "sqlalchemy"} & set(done.stdout.split())
