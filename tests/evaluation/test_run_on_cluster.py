"""A whole run over a real Ray cluster: the same bytes, though a machine dies."""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from numpy import ndarray

from smastn.evaluation.distribute import distributed
from smastn.evaluation.run import run
from smastn.evaluation.study import Study
from smastn.faces.prepared_clips import PreparedClips
from smastn.faces.prepared_file import write_prepared
from smastn.workers import Cluster


def written(place: Path) -> bytes:
    return (place / "predictions.csv").read_bytes()


class HeldFrames(dict[str, ndarray]):
    """Prepared frames; whoever reads them after two folds waits until a machine was killed."""

    folder: Path

    def __getitem__(self, key: str) -> ndarray:
        two, killed = self.folder / "two", self.folder / "killed"
        if two.exists() and not killed.exists():
            import ray

            here = self.folder / ray.get_runtime_context().get_node_id()
            here.write_text(str(os.getpid()), encoding="utf-8")
            while not killed.exists():
                time.sleep(0.05)
        return super().__getitem__(key)


def test_over_two_machines_one_of_which_is_killed_predictions_are_those_of_one_process(
    study: Study,
    ray_cluster: Any,
    second_node: Any,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    several = replace(study, experiment=replace(study.experiment, seeds=(0, 1, 2, 3)))
    run(several, tmp_path / "alone")
    held = HeldFrames({clip.key: study.frames(clip) for clip in study.clips})
    held.folder = tmp_path

    def advance(done: int, total: int) -> None:
        """Kill the second machine while it runs a fold: its raylet, and the process of the fold."""
        if done == 2:
            (tmp_path / "two").touch()
            worker = tmp_path / second_node.node_id
            while not (worker.exists() and worker.read_text(encoding="utf-8")):
                time.sleep(0.05)
            os.kill(second_node.all_processes["raylet"][0].process.pid, signal.SIGKILL)
            os.kill(int(worker.read_text(encoding="utf-8")), signal.SIGKILL)
            (tmp_path / "killed").touch()

    executor = Cluster(ray_cluster.address)
    results = run(replace(several, prepared=held), tmp_path / "cluster", executor, advance)
    assert len(results.folds) == 12
    assert written(tmp_path / "cluster") == written(tmp_path / "alone")
    lost = [record.getMessage() for record in caplog.records if record.name == "smastn"]
    assert lost
    assert all("is run again: its " in sentence for sentence in lost)


@pytest.fixture
def on_disk(study: Study, tmp_path: Path) -> Study:
    """The study with its prepared clips in files, as `smastn prepare` leaves them."""
    files = {}
    for number, clip in enumerate(study.clips):
        files[clip.key] = tmp_path / f"{number}.safetensors"
        write_prepared(files[clip.key], study.frames(clip), {})
    return replace(study, prepared=PreparedClips(files))


def test_frames_that_every_machine_can_read_stay_where_they_are(
    study: Study,
    on_disk: Study,
    ray_cluster: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)  # named from here, as a user would
    assert isinstance(on_disk.prepared, PreparedClips)
    near = {key: Path(path.name) for key, path in on_disk.prepared.files.items()}
    on_disk = replace(on_disk, prepared=PreparedClips(near))
    executor = Cluster(ray_cluster.address)
    assert isinstance(distributed(on_disk, executor).prepared, PreparedClips)
    run(on_disk, Path("there"), executor)
    run(study, Path("alone"))
    assert written(Path("there")) == written(Path("alone"))


def test_frames_that_a_machine_cannot_read_are_sent_and_give_the_same_predictions(
    study: Study, on_disk: Study, ray_cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "smastn.evaluation.distribute.on_each_machine", lambda ask, executor: [ask(), 1]
    )
    executor = Cluster(ray_cluster.address)
    assert not isinstance(distributed(on_disk, executor).prepared, PreparedClips)
    run(on_disk, tmp_path / "sent", executor)
    run(study, tmp_path / "alone")
    assert written(tmp_path / "sent") == written(tmp_path / "alone")
