"""A whole leave-one-subject-out run: the same bytes however it is run, killed or resumed."""

import json
import shutil
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from gratings import make_study

from smastn.corpora.corpus import TRAINING_PART
from smastn.errors import ConfigError, InputError
from smastn.evaluation import run_store
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.fold import run_fold
from smastn.evaluation.predictions import Prediction, predictions_csv, read_predictions
from smastn.evaluation.protocol import ProtocolConfig
from smastn.evaluation.run import run
from smastn.evaluation.study import Study
from smastn.training.training_settings import TrainConfig
from smastn.workers import Processes


@pytest.fixture(scope="module")
def folder(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of one process."""
    place = tmp_path_factory.mktemp("run") / "whole"
    run(study, place)
    return place


def written(place: Path) -> bytes:
    return (place / "predictions.csv").read_bytes()


def test_every_clip_is_predicted_once_by_the_fold_that_holds_out_its_subject(
    study: Study, folder: Path
) -> None:
    results = run(study, folder)
    assert [row.key for row in results.predictions] == [clip.key for clip in study.clips]
    assert all(row.fold == row.subject for row in results.predictions)
    assert predictions_csv(results.predictions).encode() == written(folder)
    assert not results.failed


def test_each_fold_records_its_losses_seconds_and_attention(study: Study, folder: Path) -> None:
    for record in run(study, folder).folds:
        assert (record.train_clips, record.test_clips, len(record.losses)) == (8, 4, 2)
        assert record.seconds > record.step_seconds > 0
        assert any(phrase.startswith("torch 2") for phrase in record.versions)
        for evidence in record.evidence:
            assert sum(evidence.segment_weights) == pytest.approx(1, abs=1e-3)
            assert len(evidence.attention) == len(evidence.segment_weights) == 3
            for image in evidence.attention:
                assert np.sum(image) == pytest.approx(1, abs=2e-3)


def test_two_processes_predict_as_one_does(study: Study, folder: Path, tmp_path: Path) -> None:
    run(study, tmp_path / "two", executor=Processes(2))
    assert written(tmp_path / "two") == written(folder)


def test_shared_views_change_no_prediction_and_are_removed_when_the_run_is_done(
    study: Study, folder: Path, tmp_path: Path
) -> None:
    folds = study.folds()
    alone = [run_fold(study, fold, 0).predictions for fold in folds]
    drawn = tmp_path / "drawn"
    drawn.mkdir()
    assert [run_fold(study, fold, 0, drawn).predictions for fold in folds] == alone
    assert len(list(drawn.iterdir())) == len(study.clips)
    assert predictions_csv([row for rows in alone for row in rows]).encode() == written(folder)
    assert not (folder / "drawn").exists()


def test_the_number_of_threads_around_does_not_matter_and_stays(
    study: Study, folder: Path, tmp_path: Path
) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    run(study, tmp_path / "threads")
    assert torch.get_num_threads() == 2
    torch.set_num_threads(before)
    assert written(tmp_path / "threads") == written(folder)


def test_a_run_that_lost_a_fold_and_its_end_is_finished_to_the_same_bytes(
    study: Study, folder: Path, tmp_path: Path
) -> None:
    place = tmp_path / "resumed"
    run(study, place)
    (place / "predictions.csv").unlink()
    (place / "folds" / "001-seed0.json").unlink()
    first = (place / "folds" / "000-seed0.json").stat().st_mtime_ns
    seen: list[tuple[int, int]] = []
    run(study, place, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 3), (3, 3)]
    assert (place / "folds" / "000-seed0.json").stat().st_mtime_ns == first
    assert written(place) == written(folder)


KILLED = """
    import json
    import sys
    from pathlib import Path
    sys.path.insert(0, {tests!r})
    from gratings import make_study
    from smastn.evaluation.experiment import Experiment
    from smastn.evaluation.run import run
    from smastn.config import read_settings
    from smastn.workers import Processes
    if __name__ == "__main__":
        folder = Path({folder!r})
        card = json.loads((folder / "run.json").read_text())
        experiment = read_settings(card["experiment"], Experiment)
        run(make_study(experiment), Path({place!r}), executor=Processes({workers}))
"""


def started(study_of: Path, place: Path, script: Path, workers: int) -> subprocess.Popen[bytes]:
    """Another program that runs the same study, with so many processes."""
    texts = {"tests": str(Path(__file__).parent), "folder": str(study_of), "place": str(place)}
    texts["workers"] = str(workers)
    script.write_text(textwrap.dedent(KILLED.format(**texts)))
    return subprocess.Popen([sys.executable, str(script)], stderr=subprocess.PIPE)


def test_killed_without_warning_it_leaves_no_process_and_resumes_to_the_same_bytes(
    study: Study, folder: Path, tmp_path: Path
) -> None:
    place = tmp_path / "killed"
    process = started(folder, place, tmp_path / "script.py", 2)
    while process.poll() is None and not list(place.glob("folds/*.json")):
        time.sleep(0.02)
    process.kill()  # SIGKILL: no chance to tidy up
    process.communicate(timeout=60)  # returns once the workers, who share stderr, have ended too
    for leftover in (place, place / "folds"):  # as a kill within a write leaves it
        (leftover / f".predictions.csv.{process.pid}-a1b2c3d4").mkdir()
    run(study, place)
    assert written(place) == written(folder)
    assert not [path for path in place.rglob(".*") if path.name != ".lock"]


def test_two_starts_on_one_folder_both_finish_to_the_same_bytes(
    folder: Path, tmp_path: Path
) -> None:
    place = tmp_path / "both"
    both = [started(folder, place, tmp_path / f"script{number}.py", 1) for number in range(2)]
    for process in both:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors.decode()
    assert written(place) == written(folder)
    assert {path.name for path in place.iterdir()} == {
        *("run.json", "samples.csv", "folds", "predictions.csv")
    }


class Stopped(BaseException):
    """In the place of a kill, at a certain write."""


@pytest.mark.parametrize("at", [1, 2, 3, 4, 9])  # list, card, predictions, record, and the end
def test_stopped_at_any_write_it_resumes_to_the_same_bytes(
    study: Study, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    writes = 0
    replacing = Path.replace

    def stop(self: Path, target: Path) -> Path:
        nonlocal writes
        writes += 1
        if writes == at:
            raise Stopped
        return replacing(self, target)

    with monkeypatch.context() as patch, pytest.raises(Stopped):
        patch.setattr("smastn.evaluation.run_store.Path.replace", stop)
        run(study, tmp_path / "stopped")
    run(study, tmp_path / "stopped")
    assert written(tmp_path / "stopped") == written(folder)


def test_another_seed_gives_other_predictions_and_rows_of_its_own(
    study: Study, folder: Path, tmp_path: Path
) -> None:
    both = replace(study, experiment=replace(study.experiment, seeds=(0, 1)))
    results = run(both, tmp_path / "seeds")
    one = [row for row in results.predictions if row.seed == 0]
    other = [row for row in results.predictions if row.seed == 1]
    assert predictions_csv(one).encode() == written(folder)
    assert [row.key for row in one] == [row.key for row in other]
    assert [row.probabilities for row in one] != [row.probabilities for row in other]


def test_what_is_held_out_never_reaches_the_training(
    study: Study, folder: Path, tmp_path: Path
) -> None:
    """Alter one subject's frames: only folds trained on it may change."""
    altered = {clip.key: study.frames(clip).copy() for clip in study.clips}
    for clip in study.clips:
        if clip.subject == "gratings/01":
            altered[clip.key] = np.ascontiguousarray(altered[clip.key][:, ::-1, ::-1])
    before, after = run(study, folder), run(replace(study, prepared=altered), tmp_path / "altered")
    losses = {record.fold: record.losses for record in before.folds}
    for record in after.folds:
        same = record.losses == losses[record.fold]
        assert same == (record.fold == "gratings/01")


def test_a_loss_that_is_no_number_stops_that_fold_only(tmp_path: Path, study: Study) -> None:
    wild = TrainConfig(epochs=8, batch=4, learning_rate=1e30)
    failing = replace(study, experiment=replace(study.experiment, training=wild))
    results = run(failing, tmp_path / "wild")
    assert len(results.failed) == 3
    assert all("loss was" in record.failure for record in results.failed)
    assert results.predictions == ()


def test_other_settings_in_the_same_folder_are_refused_by_name(study: Study, folder: Path) -> None:
    longer = replace(study.experiment, training=replace(study.experiment.training, epochs=3))
    with pytest.raises(ConfigError, match=r"other settings: training\.epochs was 2, is 3;"):
        run(replace(study, experiment=longer), folder)


def test_a_run_of_an_earlier_version_is_resumed_under_the_present_names_of_its_settings(
    study: Study, folder: Path, tmp_path: Path
) -> None:
    place = tmp_path / "earlier"
    shutil.copytree(folder, place)
    card = json.loads((place / "run.json").read_text())
    settings, augmentation = card["experiment"], card["experiment"]["augmentation"]
    settings["asking"] = settings.pop("inference")
    images = settings.pop("input")
    settings["descriptor"] = images | {"domain": images.pop("kind"), "flow": [], "form": "harmonic"}
    augmentation["unrest"] = augmentation.pop("random_displacement")
    augmentation["drawings"] = augmentation.pop("sampled_views")
    settings["name"], _ = "its former title", card.pop("files")
    (place / "run.json").write_text(json.dumps(card))
    seen: list[tuple[int, int]] = []
    run(study, place, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(3, 3)], "nothing was trained again"
    assert written(place) == written(folder)
    assert (place / "run.json").read_text() == (folder / "run.json").read_text()


def test_a_file_of_the_user_that_changed_is_refused_by_name(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_store, "referenced_files", lambda settings: {"/my/net.py:Net": "a"})
    run(study, tmp_path / "mine")
    run(study, tmp_path / "mine")
    monkeypatch.setattr(run_store, "referenced_files", lambda settings: {"/my/net.py:Net": "b"})
    with pytest.raises(InputError, match=r"other files: /my/net\.py:Net changed;"):
        run(study, tmp_path / "mine")


def test_each_file_of_a_fold_is_read_once(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def reading(place: Path) -> list[Prediction]:
        read.append(place.name)
        return read_predictions(place)

    monkeypatch.setattr(run_store, "read_predictions", reading)
    for _ in range(2):  # run, and found finished
        run(study, tmp_path / "once")
        assert sorted(read) == [f"{index:03d}-seed0.csv" for index in range(3)]
        read.clear()


def test_other_clips_or_frames_in_the_same_folder_are_refused_by_name(
    study: Study, folder: Path
) -> None:
    with pytest.raises(InputError, match=r"other data: gratings/02/surprise1 is gone;"):
        run(replace(study, clips=study.clips[:-1]), folder)
    first = study.clips[0]
    frames = study.frames(first).copy()
    frames[3, 4, 5, 0] ^= 1
    changed = {clip.key: study.frames(clip) for clip in study.clips} | {first.key: frames}
    with pytest.raises(InputError, match=r"other data: gratings/00/negative0 changed;"):
        run(replace(study, prepared=changed), folder)


def test_another_official_split_in_the_same_folder_is_refused_by_clip(
    study: Study, tmp_path: Path
) -> None:
    official = replace(study.experiment, protocol=ProtocolConfig("official-split"))
    parts = {clip.key: TRAINING_PART for clip in study.clips}
    parts |= {clip.key: "testA" for clip in study.clips if clip.subject == "gratings/02"}
    split = replace(study, experiment=official, parts=parts)
    run(split, tmp_path / "split")
    moved = {clip.key: "testA" for clip in study.clips if clip.subject == "gratings/01"}
    sentence = rf"another split: gratings/01/negative0 was .{TRAINING_PART}., is .testA.; .*choose"
    with pytest.raises(InputError, match=sentence):
        run(replace(split, parts=parts | moved), tmp_path / "split")


def test_a_training_side_of_one_emotion_is_refused_before_anything_is_written(
    experiment: Experiment, tmp_path: Path
) -> None:
    whole = make_study(experiment, subjects=2)
    alike = tuple(
        clip for clip in whole.clips if clip.subject == "gratings/00" or clip.emotion == "negative"
    )
    with pytest.raises(InputError, match=r"without gratings/00 the clips show negative only"):
        run(replace(whole, clips=alike), tmp_path / "alike")
    assert not (tmp_path / "alike").exists()


def test_a_stored_fold_that_was_altered_is_refused(study: Study, tmp_path: Path) -> None:
    place = tmp_path / "altered"
    run(study, place)
    path = place / "folds" / "000-seed0.json"
    path.write_text(path.read_text()[:-40])
    with pytest.raises(InputError, match=r"000-seed0\.json was altered .*delete it"):
        run(study, place)


def test_a_file_in_the_place_of_the_folder_is_refused(study: Study, tmp_path: Path) -> None:
    place = tmp_path / "taken"
    place.write_text("")
    with pytest.raises(InputError, match="is a file; wanted a folder"):
        run(study, place)


def test_an_emotion_of_one_subject_only_is_predicted_wrongly_and_recorded(
    study: Study, tmp_path: Path
) -> None:
    odd = replace(study.clips[0], emotion="fear")
    results = run(replace(study, clips=(odd, *study.clips[1:])), tmp_path / "odd")
    first, *others = results.folds
    assert first.unseen == ("fear",)
    assert all(record.unseen == () for record in others)
    found = results.predictions[0]
    assert (found.truth, found.correct) == ("fear", False)
    assert "fear" not in found.probabilities
    assert "fear" in results.predictions[-1].probabilities
