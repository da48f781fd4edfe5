"""Flow images in the commands for films."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smastn.corpora.flow_images import flow_clips
from smastn.errors import InputError
from smastn.evaluation.predictions import read_predictions
from smastn.inputs.optical_flow import flow_frames
from smastn.methods.predictor import Predictor
from smastn.synthesis.fixtures.fixture_clips import Fixture, FixtureClip
from smastn.synthesis.fixtures.fixture_flow_images import LABELS, write_flow_images

Run = Callable[..., Any]

EXPERIMENT = """
name = "synthetic flow"
[data]
corpora = ["flow_images"]
[protocol]
scheme = "subject-folds"
folds = 2
[preparation]
size = 28
[input]
kind = "flow"
parts = ["onset-apex", "ststnet"]
[network]
width = 6
features = 16
pool = 2
[training]
epochs = 25
learning_rate = 5e-3
batch = 4
"""
BLOBS = ((6, 8, 1), (20, 8, -1), (6, 8, -1))
"""Row, column and direction of the movement of each class."""


def moving(clip: FixtureClip, number: int) -> np.ndarray:
    """A still grey face on which one place of each class moves, up or down."""
    generator = np.random.default_rng([clip.subject, clip.onset, number])
    image = generator.normal((130, 110, 10), (0, 5, 0), (28, 28, 3))
    row, column, way = BLOBS[LABELS[clip.emotion]]
    image[row - 3 : row + 4, column - 3 : column + 4, 1] += 80 * way
    return np.clip(image, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("flow")
    write_flow_images(Fixture(root, renderer=moving))
    return root


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("settings") / "flow.toml"
    path.write_text(EXPERIMENT)
    return path


def test_held_out_subjects_are_predicted_by_their_flow(
    smastn: Run, flow: Path, settings: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    done = smastn("evaluate", settings, "--data", flow, "--out", out, "--workers", 1, "--json")
    assert done.exit_code == 0, done.output
    methods = {one["name"] for one in json.loads(done.stdout)["methods"]}
    assert methods == {"SMA-STN", "linear SVC", "majority class"}
    predictions = read_predictions(out / "predictions.csv")
    assert np.mean([row.correct for row in predictions]) > 0.7
    page = (out / "report.html").read_text()
    assert "onset-apex" in page
    assert "amber is down, blue is up" in page and "amber is brighter" not in page


def test_the_checkpoint_takes_flow_and_no_film(smastn: Run, flow: Path, tmp_path: Path) -> None:
    out, brief = tmp_path / "checkpoint", tmp_path / "brief.toml"
    brief.write_text(EXPERIMENT.replace("epochs = 25", "epochs = 1"))
    done = smastn("train", flow, "--config", brief, "--out", out)
    assert done.exit_code == 0, done.output
    predictor = Predictor.load(out)
    images = flow_frames(flow, ("onset-apex", "ststnet"), 28)
    found = predictor.predict_prepared(next(iter(images.values())))
    assert found.segment_weights is not None and len(found.segment_weights) == 2
    with pytest.raises(InputError, match="trained on flow images"):
        predictor.predict(np.zeros((9, 64, 64, 3), np.uint8))


def test_flow_without_saying_which_pictures_is_refused(
    refused: Callable[..., None], flow: Path, tmp_path: Path
) -> None:
    path = tmp_path / "half.toml"
    path.write_text('name = "half"\n[data]\ncorpora = ["flow_images"]\n')
    out = tmp_path / "run"
    refused("wanted an input that reads them", "evaluate", path, "--data", flow, "--out", out)


CODES = {"negative": "4+7", "positive": "L12", "surprise": "7+R12"}


def test_coded_action_units_are_trained_scored_calibrated_and_predicted(
    smastn: Run, tmp_path: Path
) -> None:
    root, settings, coding = (tmp_path / name for name in ("flow", "flow.toml", "coding.csv"))
    write_flow_images(Fixture(root, renderer=moving))
    brief = EXPERIMENT.replace("epochs = 25", "epochs = 10")
    settings.write_text(f"seeds = [0, 1]\n{brief}")
    clips = flow_clips(root)
    lines = [
        f"{one.corpus},{one.subject.split('/')[1]},{one.name},{CODES[one.emotion]}"
        for one in clips[1:]
    ]
    coding.write_text("\n".join(["dataset,subject,clip,action_units", *lines]) + "\n")
    words = (settings, "--data", root, "--action-units", coding, "--out", tmp_path / "run")
    done = smastn("evaluate", *words, "--workers", 1)
    assert done.exit_code == 0, done.output
    assert "balanced ridge" in done.output and "always yes" in done.output
    units = json.loads((tmp_path / "run" / "metrics.json").read_text())["units"]
    assert units["clips"] == len(clips) - 1
    network = units["methods"][0]
    assert list(network["units"]) == ["7", "12"]
    assert network["mean"]["auc"]["value"] > 0.7
    for name in ("report.html", "report.md"):
        assert "Action units" in (tmp_path / "run" / name).read_text()
    calibrated = ("--action-units", coding, "--calibrate", tmp_path / "run")
    out = tmp_path / "checkpoint"
    done = smastn("train", root, "--config", settings, "--out", out, *calibrated)
    assert done.exit_code == 0, done.output
    predictor = Predictor.load(out)
    assert predictor.units == ("4", "7", "12")
    assert [one.unit for one in predictor.calibration.units] == ["4", "7", "12"]
    images = flow_frames(root, ("onset-apex", "ststnet"), 28)
    found = {one.emotion: predictor.predict_prepared(images[one.key]).units_shown for one in clips}
    assert found["surprise"] != found["negative"]
