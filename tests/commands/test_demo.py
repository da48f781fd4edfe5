import json
from dataclasses import replace
from pathlib import Path

import pytest
from small_corpus import SMALL_CORPUS

from smastn.commands.demo import DemoConfig, run_demo
from smastn.errors import InputError
from smastn.evaluation.experiment_files import read_experiment
from smastn.methods.predictor import load_predictor


def test_the_demo_writes_a_front_page_with_links_to_everything(
    tmp_path: Path,
    checkpoint: Path,
    short_experiment: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "demo"
    experiment = read_experiment(short_experiment)
    config = DemoConfig(SMALL_CORPUS, experiment, film_seconds=2.5, workers=1)
    numbers = run_demo(out, None, load_predictor(checkpoint), config)
    assert numbers[0].name == "UF1 on held-out subjects"
    assert len(numbers) == 3
    assert json.loads((out / "demo.json").read_text())["numbers"][0]["value"] == numbers[0].value
    page = (out / "report.html").read_text()
    for link in ("evaluation/report.html", "analysis/report.html", "analysis/analysis.png"):
        assert link in page
        assert (out / link).is_file()
    assert (out / "film.csv").read_text().count("\n") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]
    assert "holds an earlier demo" not in capsys.readouterr().err


def test_a_demo_that_cannot_be_written_or_read_is_refused_at_once(
    tmp_path: Path, checkpoint: Path
) -> None:
    config = replace(DemoConfig.seeded(0, 1), film_seconds=2.5)
    predictor = load_predictor(checkpoint)
    with pytest.raises(InputError, match="does not exist"):
        run_demo(tmp_path / "demo", tmp_path / "nothing.mp4", predictor, config)
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(InputError, match="already holds something"):
        run_demo(tmp_path, None, predictor, config)


def test_an_earlier_demo_stays_until_the_new_one_is_whole(
    tmp_path: Path, checkpoint: Path, face_film: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "demo.json").write_text("earlier")
    config = replace(DemoConfig.seeded(0, 1), corpus=replace(SMALL_CORPUS, subjects=1))
    with pytest.raises(InputError):  # one subject cannot be held out
        run_demo(tmp_path, face_film, load_predictor(checkpoint), config)
    assert "holds an earlier demo" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["demo.json"]
