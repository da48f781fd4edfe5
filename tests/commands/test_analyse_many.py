"""A folder of films: what is done stays done, and one bad film stops no other."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from smastn.analysis.analyse import AnalysisConfig
from smastn.analysis.export import Outputs
from smastn.commands.analyse_many import ManyConfig, analyse_many, result_places
from smastn.media.film_folder import films_in
from smastn.methods.predictor import Predictor
from smastn.workers import Cluster, Processes

Run = Callable[..., Result]
QUICK = ManyConfig(AnalysisConfig(most_pictures=0), Outputs())
FILES = {
    *("analysis.json", "intervals.csv", "intervals.eaf", "intervals.vtt", "movement.csv"),
    *("analysis.png", "report.html"),
}


@pytest.fixture
def films(face_film: Path, tmp_path: Path) -> Path:
    """Two films that can be analysed, in folders of their own, and one that cannot."""
    folder = tmp_path / "films"
    for name in ("a.mp4", "s1/a.mp4"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(face_film, folder / name)
    (folder / "bad.mp4").write_text("no film")
    return folder


def summary(out: Path) -> dict[str, dict[str, str]]:
    with (out / "summary.csv").open(newline="") as file:
        return {row["film"]: row for row in csv.DictReader(file)}


def hidden(out: Path) -> list[Path]:
    return [path for path in out.rglob("*") if path.name.startswith(".")]


def test_each_film_has_results_and_a_line_and_the_bad_one_is_told(
    smastn: Run, films: Path, checkpoint: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = ("analyze", films, "--out", out, "--checkpoint", checkpoint, "--no-film")
    result = smastn(*words, "--workers", 1)
    assert result.exit_code == 3, result.output
    assert "bad.mp4" in result.stderr and "is not a readable video" in result.stderr
    assert "2 of 3 films analysed" in result.stderr
    for name in ("a", "s1/a"):
        assert {path.name for path in (out / name).iterdir()} == FILES
    lines = summary(out)
    assert [*lines] == ["a.mp4", "bad.mp4", "s1/a.mp4"]
    assert lines["a.mp4"]["results"] == "a/report.html"
    assert lines["s1/a.mp4"]["frames_with_face"] == "20"
    assert "is not a readable video" in lines["bad.mp4"]["failure"]
    assert not hidden(out)


def test_a_second_start_does_what_is_missing_alone(
    films: Path, checkpoint: Path, tmp_path: Path
) -> None:
    out, predictor = tmp_path / "out", Predictor.load(checkpoint)

    def start() -> dict[str, int]:
        analyse_many(films_in(films, "analysis.json"), films, out, predictor, QUICK, Processes(1))
        return {str(path): path.stat().st_mtime_ns for path in out.rglob("analysis.json")}

    first = start()
    shutil.rmtree(out / "s1")
    second = start()
    assert second.keys() == first.keys()
    assert [path for path in first if first[path] == second[path]] == [str(out / "a/analysis.json")]
    with (films / "a.mp4").open("ab") as file:  # another film by the same name is analysed anew
        file.write(b"more")
    third = start()
    assert [path for path in third if third[path] == second[path]] == [
        str(out / "s1/a/analysis.json")
    ]


def test_results_made_with_other_settings_are_not_mixed_in(
    refused: Callable[..., None], smastn: Run, films: Path, checkpoint: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = ("analyze", films, "--out", out, "--checkpoint", checkpoint, "--no-film")
    assert smastn(*words, "--workers", 1).exit_code == 3
    refused("sensitivity was 0.5, is 0.9", *words, "--sensitivity", 0.9, out=out)


def test_another_folder_is_not_written_into(
    refused: Callable[..., None], films: Path, checkpoint: Path, tmp_path: Path
) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.tex").write_text("years of work")
    words = ("analyze", films, "--out", tmp_path / "thesis", "--checkpoint", checkpoint)
    refused("nothing is overwritten", *words, out=tmp_path / "thesis")


def at_work(words: list[Any], out: Path) -> subprocess.Popen[bytes]:
    """A process of the command that has begun with the first film."""
    command = [sys.executable, "-m", "smastn", *map(str, words), "--workers", "1"]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 120
    while not (out / ".a.started").exists() and time.monotonic() < until:
        time.sleep(0.002)
    return run


def test_a_run_that_was_killed_goes_on(
    films: Path, checkpoint: Path, tmp_path: Path, smastn: Run
) -> None:
    out = tmp_path / "out"
    words = ["analyze", films, "--out", out, "--checkpoint", checkpoint, "--no-film"]
    run = at_work(words, out)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert not (out / "summary.csv").exists()
    assert hidden(out)
    assert smastn(*words, "--workers", 1).exit_code == 3
    assert (out / "a" / "analysis.json").is_file()
    assert not hidden(out)


def test_a_second_start_beside_a_running_one_is_refused(
    refused: Callable[..., None], face_film: Path, films: Path, checkpoint: Path, tmp_path: Path
) -> None:
    for name in "bcd":
        shutil.copy(face_film, films / f"{name}.mp4")
    out = tmp_path / "out"
    words = ["analyze", films, "--out", out, "--checkpoint", checkpoint, "--no-film"]
    first = at_work(words, out)
    first.send_signal(signal.SIGSTOP)  # at work, however fast this machine is
    try:
        refused("another run is at work in", *words, "--workers", 1, out=out)
    finally:
        first.send_signal(signal.SIGCONT)
    assert first.wait() == 3  # for the bad film
    lines = summary(out)
    assert [name for name in lines if lines[name]["failure"]] == ["bad.mp4"]
    assert not hidden(out)


class DeadlyPredictor(Predictor):
    """Takes every process with it while ``deadly.mp4`` is under way."""

    out: Path

    @property
    def emotions(self) -> tuple[str, ...]:  # type: ignore[override]
        """Asked for once a film has been watched."""
        if (self.out / ".deadly.started").exists():
            os._exit(9)
        return ("negative", "positive", "surprise")

    @emotions.setter
    def emotions(self, value: Any) -> None:
        """It has its own."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (*super().__reduce__(), {"out": self.out})


def test_a_film_that_takes_its_process_with_it_stops_no_other(
    films: Path, checkpoint: Path, tmp_path: Path
) -> None:
    shutil.copy(films / "a.mp4", films / "deadly.mp4")
    (films / "bad.mp4").unlink()
    shutil.rmtree(films / "s1")
    predictor = DeadlyPredictor.load(checkpoint)
    assert isinstance(predictor, DeadlyPredictor)
    predictor.out = tmp_path / "out"
    found = films_in(films, "analysis.json")
    lines = analyse_many(found, films, predictor.out, predictor, QUICK, Processes(2))
    failed = {line.film: line.failure for line in lines if line.failure}
    assert set(failed) == {"deadly.mp4"}
    assert "the process that read it ended" in failed["deadly.mp4"]
    assert not hidden(predictor.out)


def test_films_of_one_name_get_folders_of_two(tmp_path: Path) -> None:
    films = [tmp_path / name for name in ("x.mp4", "x.avi", "y.mp4")]
    places = result_places(films, tmp_path)
    assert [place.as_posix() for place in places.values()] == ["x.mp4", "x.avi", "y"]


def test_json_is_the_summary(smastn: Run, films: Path, checkpoint: Path, tmp_path: Path) -> None:
    words = ("analyze", films, "--out", tmp_path / "out", "--checkpoint", checkpoint)
    result = smastn(*words, "--no-film", "--workers", 1, "--json")
    assert [one["film"] for one in json.loads(result.stdout)] == ["a.mp4", "bad.mp4", "s1/a.mp4"]


def test_a_cluster_does_the_same(
    ray_cluster: Any, films: Path, checkpoint: Path, tmp_path: Path
) -> None:
    out, predictor = tmp_path / "out", Predictor.load(checkpoint)
    executor = Cluster(ray_cluster.address)
    lines = analyse_many(films_in(films, "analysis.json"), films, out, predictor, QUICK, executor)
    assert [line.film for line in lines if line.failure] == ["bad.mp4"], lines
    assert (out / "s1" / "a" / "report.html").is_file()
