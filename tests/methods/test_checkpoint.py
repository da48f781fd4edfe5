import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from smastn.errors import CheckpointError, InputError
from smastn.inputs.brightness_images import BrightnessImages
from smastn.inputs.input import Input
from smastn.inputs.optical_flow import FlowImages
from smastn.methods.calibration import NOT_SURE, Calibration
from smastn.methods.checkpoint import CARD, WEIGHTS
from smastn.methods.model_settings import InferenceConfig, ModelConfig
from smastn.methods.network_interface import NetworkConfig
from smastn.methods.predictor import Predictor
from smastn.methods.sma_stn.network import SmaStn

EMOTIONS = ("negative", "positive", "surprise")


@pytest.fixture
def predictor() -> Predictor:
    config = ModelConfig(network=NetworkConfig(width=4, features=8))
    torch.manual_seed(1)
    network = SmaStn(config.network, config.shape(len(EMOTIONS)))
    return Predictor(network, config, EMOTIONS, {"clips": 12})


@pytest.fixture
def folder(predictor: Predictor, tmp_path: Path) -> Path:
    predictor.save(tmp_path / "saved")
    return tmp_path / "saved"


def change(folder: Path, **values: object) -> None:
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps(card | values))


def test_a_loaded_predictor_predicts_as_the_saved_one(predictor: Predictor, folder: Path) -> None:
    loaded = Predictor.load(folder)
    images = torch.randn(4, 3, 112, 112).clamp(-1, 1)
    before, after = (each.predict_images(images) for each in (predictor, loaded))
    assert after.probabilities == before.probabilities
    assert loaded.config == predictor.config
    assert (loaded.emotions, loaded.trained_on) == (EMOTIONS, {"clips": 12})


def test_calibration_is_stored_with_the_weights(predictor: Predictor, folder: Path) -> None:
    before = predictor.predict_images(torch.zeros(4, 3, 112, 112))
    centres = (tuple([9.0] * 8),) * 3
    predictor.calibration = Calibration(0.5, 0.9, centres, 1.5, "synthetic subjects")
    predictor.save(folder)
    loaded = Predictor.load(folder)
    assert loaded.calibration == predictor.calibration
    after = loaded.predict_images(torch.zeros(4, 3, 112, 112))
    for name, value in after.probabilities.items():
        raised = before.probabilities[name] ** 2
        whole = sum(one**2 for one in before.probabilities.values())
        assert value == pytest.approx(raised / whole)
    assert (before.predicted, before.doubt) == (before.emotion, "")
    assert after.predicted == NOT_SURE
    assert after.emotion == before.emotion


def test_a_checkpoint_without_calibration_is_read(predictor: Predictor, folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    del card["calibration"]
    (folder / CARD).write_text(json.dumps(card))
    assert Predictor.load(folder).calibration == Calibration()


@pytest.mark.parametrize("wrong", [{"temperature": 0.0}, {"warmth": 1.0}])
def test_a_calibration_out_of_range_is_refused(folder: Path, wrong: dict) -> None:
    change(folder, calibration=wrong)
    with pytest.raises(CheckpointError, match="temperature|warmth"):
        Predictor.load(folder)


@pytest.mark.parametrize(
    ("probability", "away", "words"),
    [(0.95, 0.5, ""), (0.85, 0.5, "probable enough"), (0.95, 2.0, "unlike those")],
)
def test_each_doubt_is_stated_in_words(probability: float, away: float, words: str) -> None:
    limits = Calibration(1.0, 0.9, ((0.0, 0.0), (8.0, 0.0)), 1.0)
    doubt = limits.doubt(probability, np.array([8.0, away]))
    assert words in doubt and bool(doubt) == bool(words)


def test_nothing_in_the_folder_is_a_pickle(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {CARD, WEIGHTS}
    assert not (folder / WEIGHTS).read_bytes().startswith((b"\x80", b"PK"))


def test_a_saved_predictor_replaces_an_older_one(predictor: Predictor, folder: Path) -> None:
    predictor.trained_on = {"clips": 99}
    predictor.save(folder)
    assert Predictor.load(folder).trained_on == {"clips": 99}
    assert [path.name for path in folder.parent.iterdir()] == ["saved"]


def test_a_folder_that_is_something_else_is_not_replaced(
    predictor: Predictor, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(InputError, match="nothing is overwritten; name another folder"):
        predictor.save(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_altered_weights_are_refused(folder: Path) -> None:
    content = bytearray((folder / WEIGHTS).read_bytes())
    content[-1] ^= 1
    (folder / WEIGHTS).write_bytes(content)
    with pytest.raises(CheckpointError, match="SHA-256.*altered or damaged"):
        Predictor.load(folder)


def test_another_format_is_refused_with_both_versions(folder: Path) -> None:
    change(folder, format=99)
    with pytest.raises(CheckpointError, match="format 99.*reads format 1"):
        Predictor.load(folder)


def test_settings_of_another_network_say_what_differs(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    card["settings"]["network"]["features"] = 16
    change(folder, settings=card["settings"])
    with pytest.raises(CheckpointError, match="embed.2.weight is .8, 256., wanted .16, 256."):
        Predictor.load(folder)


def test_an_unknown_setting_says_which(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    card["settings"]["network"]["depth"] = 3
    change(folder, settings=card["settings"])
    with pytest.raises(CheckpointError, match="unknown setting depth.*another version"):
        Predictor.load(folder)


def test_a_missing_folder_a_missing_file_and_no_json_are_refused(folder: Path) -> None:
    with pytest.raises(CheckpointError, match="holds no model.json"):
        Predictor.load(folder / "elsewhere")
    (folder / WEIGHTS).rename(folder / "gone")
    with pytest.raises(CheckpointError, match="but no model.safetensors"):
        Predictor.load(folder)
    (folder / CARD).write_text("{")
    with pytest.raises(CheckpointError, match="is not JSON"):
        Predictor.load(folder)


@pytest.mark.parametrize("source", [BrightnessImages(), FlowImages()])
def test_a_face_and_its_mirror_get_one_answer_where_both_are_predicted(
    predictor: Predictor, source: Input
) -> None:
    images = torch.randn(1, 3, 112, 112).clamp(-1, 1)
    mirrored = source.mirror(images)
    config = replace(predictor.config, input=source, inference=InferenceConfig(mirrored=True))
    both = Predictor(predictor._network, config, EMOTIONS)
    one, other = (both.predict_images(view).probabilities for view in (images, mirrored))
    assert one == pytest.approx(other, abs=1e-6)
    alone = predictor.predict_images(images).probabilities
    assert alone != pytest.approx(one, abs=1e-6)
