"""Experiments and presets are found by name; files of the user lie beside the settings file."""

from pathlib import Path

import pytest

from smastn.config import settings_to_dict
from smastn.errors import ConfigError
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.experiment_files import (
    experiment_names,
    preset_names,
    read_experiment,
    referenced_files,
)
from smastn.inputs.motion_images import MotionImages
from smastn.training.training_settings import TrainConfig

SECTIONS = ("preparation", "input", "network", "deviation", "augmentation", "inference")


def test_without_a_name_the_recommended_settings_are_those_measured_on_real_movement() -> None:
    recommended, measured = read_experiment(), read_experiment("reenacted-3")
    assert recommended == read_experiment(preset=preset_names()[0])
    assert isinstance(recommended.input, MotionImages)
    for name in (*SECTIONS, "training"):
        seen, wanted = getattr(recommended, name), getattr(measured, name)
        if name == "augmentation":  # measured before a clip had more than 8 sampled views
            assert (seen.mix, seen.random_displacement) == (wanted.mix, wanted.random_displacement)
        else:
            assert seen == wanted


def test_the_published_form_is_what_an_experiment_has_that_sets_nothing() -> None:
    preset, plain = read_experiment(preset="brightness"), Experiment(name="plain")
    assert all(getattr(preset, name) == getattr(plain, name) for name in (*SECTIONS, "training"))


def test_the_flow_preset_is_the_flow_experiment() -> None:
    preset, experiment = read_experiment(preset="flow"), read_experiment("flow-3")
    names = (*SECTIONS, "training", "data", "protocol")
    assert all(getattr(preset, name) == getattr(experiment, name) for name in names)


def test_a_preset_replaces_all_settings_of_an_experiment_but_its_clips_split_and_seeds() -> None:
    own, both = read_experiment("casme2-5"), read_experiment("casme2-5", "movement")
    assert (both.data, both.protocol, both.seeds) == (own.data, own.protocol, own.seeds)
    assert both.name == f"{own.name}, preset movement"
    chosen = read_experiment(preset="movement")
    assert all(getattr(both, name) == getattr(chosen, name) for name in SECTIONS)


def test_names_of_experiments_are_read_and_files_too(tmp_path: Path) -> None:
    assert {"casme2-5", "flow-3", "ablations/segments-1"} <= set(experiment_names())
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\n[training]\nepochs = 3\n')
    for named in (path, str(path)):
        assert read_experiment(named).training == TrainConfig(epochs=3)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("casme2_5", "casme2_5 is no experiment file.*; did you mean casme2-5?.*--list"),
        ("experiments/flow-3.toml", "no file experiments/flow-3.toml; did you mean flow-3"),
        ("nothing-alike.toml", "is no experiment file, and no experiment that smastn ships;"),
    ],
)
def test_a_misspelt_experiment_is_refused_with_the_name_that_was_meant(
    name: str, sentence: str
) -> None:
    with pytest.raises(ConfigError, match=sentence):
        read_experiment(name)


def test_a_misspelt_preset_is_refused_with_the_name_that_was_meant() -> None:
    with pytest.raises(ConfigError, match=r"did you mean movement\?"):
        read_experiment(preset="movment")


def test_a_file_that_settings_name_is_looked_for_beside_them_then_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside, here = tmp_path / "settings", tmp_path / "here"
    for folder in (beside, here):
        folder.mkdir()
        (folder / "both.py").write_text(f"PLACE = {folder.name!r}\n")
    (here / "only.py").write_text("")
    monkeypatch.chdir(here)
    path = beside / "mine.toml"
    for name, found in (("both.py:CARD", beside), ("only.py:CARD", here), ("none.py:CARD", None)):
        path.write_text(f'name = "mine"\n[data]\ncorpora = ["{name}"]\n')
        (seen,) = read_experiment(path).data.corpora
        assert seen == (f"{found}/{name}" if found else name)


def test_each_file_that_settings_name_has_its_digest(tmp_path: Path) -> None:
    (tmp_path / "corpus.py").write_text("CARD = 1\n")
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\n[data]\ncorpora = ["corpus.py:CARD"]\n')
    before = referenced_files(settings_to_dict(read_experiment(path)))
    assert list(before) == [f"{tmp_path}/corpus.py:CARD"]
    (tmp_path / "corpus.py").write_text("CARD = 2\n")
    assert referenced_files(settings_to_dict(read_experiment(path))) != before
    assert referenced_files(settings_to_dict(read_experiment("casme2-5"))) == {}
