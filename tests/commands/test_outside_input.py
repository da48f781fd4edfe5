"""Inputs from outside the package: the example of docs/extending.md, exactly as printed."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smastn.errors import CheckpointError
from smastn.evaluation.predictions import read_predictions
from smastn.methods.predictor import Predictor

PAGE = Path(__file__).resolve().parents[2] / "docs" / "extending.md"
REFERENCE = "apex_difference.py:ApexDifference"
BRIEF = "[training]\nepochs = 1\nbatch = 3\n[network]\nwidth = 4\nfeatures = 8\n"


def printed(name: str) -> str:
    """The content of a file that the page shows."""
    found = re.search(rf"```\w+\n# {name}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert found, name
    return found[1]


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The page's two files in a folder that is not the current one."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "apex_difference.py").write_text(printed("apex_difference.py"))
    (folder / "apex.toml").write_text(printed("apex.toml") + BRIEF)
    return folder / "apex.toml"


def test_an_input_in_a_file_is_evaluated_up_to_the_report(
    smastn: Callable[..., Any], corpus: Path, settings: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    result = smastn("evaluate", settings, "--data", corpus, "--out", out, "--workers", 1)
    assert result.exit_code == 0, result.output
    assert len(read_predictions(out / "predictions.csv")) == 6
    used = json.loads((out / "run.json").read_text())["experiment"]["input"]
    assert used == {
        "kind": str(settings.with_name("apex_difference.py")) + ":ApexDifference",
        "onset_frames": 3,
        "gain": 0.02,
    }
    page = (out / "report.html").read_text()
    assert "onset to apex" in page and "grey is no change" in page


def test_a_checkpoint_runs_code_from_outside_only_where_the_caller_names_it(
    smastn: Callable[..., Any], corpus: Path, face_film: Path, settings: Path, tmp_path: Path
) -> None:
    out = tmp_path / "checkpoint"
    result = smastn("train", corpus, "--config", settings, "--out", out)
    assert result.exit_code == 0, result.output
    with pytest.raises(CheckpointError, match=f"from outside smastn, .*{REFERENCE}.*trust="):
        Predictor.load(out)
    moved = tmp_path / "elsewhere" / "apex_difference.py"
    moved.parent.mkdir()
    settings.with_name("apex_difference.py").rename(moved)
    predictor = Predictor.load(out, trust=[f"{moved}:ApexDifference"])
    frames = np.random.default_rng(0).integers(0, 256, (6, 112, 112, 3), np.uint8)
    assert sum(predictor.predict_prepared(frames).probabilities.values()) == pytest.approx(1)
    command = ("predict", face_film, "--checkpoint", out)
    assert "--trust" in smastn(*command).stderr
    named = smastn(*command, "--trust", f"{moved}:ApexDifference")
    assert named.exit_code == 0, named.output


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "onset_frame = 3",
            "apex.toml, \\[input\\]: unknown setting onset_frame; known are onset_",
        ),
        ('onset_frames = "3"', 'onset_frames is "3"; wanted a whole number'),
    ],
)
def test_settings_of_an_input_in_a_file_are_checked(
    refused: Callable[..., None],
    corpus: Path,
    settings: Path,
    tmp_path: Path,
    line: str,
    words: str,
) -> None:
    settings.write_text(settings.read_text().replace("onset_frames = 3", line))
    refused(words, "evaluate", settings, "--data", corpus, "--out", tmp_path / "run")


def test_a_class_that_is_no_input_is_refused_with_what_it_lacks(
    refused: Callable[..., None], corpus: Path, settings: Path, tmp_path: Path
) -> None:
    file = settings.with_name("apex_difference.py")
    file.write_text(file.read_text().replace("def describe", "def describes"))
    refused("has no describe; wanted", "evaluate", settings, "--data", corpus, "--out", tmp_path)
