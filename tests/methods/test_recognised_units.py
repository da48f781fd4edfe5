from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.special import expit

from smastn.faces.preparation import PreparationConfig
from smastn.methods.calibration import Calibration, UnitCalibration
from smastn.methods.checkpoint import read_checkpoint, write_checkpoint
from smastn.methods.model_settings import InferenceConfig, ModelConfig
from smastn.methods.network_interface import NetworkConfig, Output, Shape
from smastn.methods.networks import Committee
from smastn.methods.predictor import Predictor
from smastn.methods.recognised_units import RecognisedUnit, recognised_units, shown_codes
from smastn.methods.sma_stn.network import SmaStn

SIZE = 32
NETWORK = NetworkConfig(width=4, features=8, pool=2, units=("4", "10"))
EMOTIONS = ("negative", "positive")


def predictor(mirrored: bool = False, units: tuple[str, ...] = ("4", "10")) -> Predictor:
    torch.manual_seed(0)
    network = replace(NETWORK, units=units)
    config = ModelConfig(
        PreparationConfig(size=SIZE), network=network, inference=InferenceConfig(mirrored)
    )
    made = SmaStn(network, config.shape(2))
    if made.units is not None:  # zero in a new network
        torch.nn.init.normal_(made.units.templates.weight)
    return Predictor(made, config, EMOTIONS)


def images() -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.rand(3, 3, SIZE, SIZE, generator=generator) * 2 - 1


@pytest.mark.parametrize(
    ("sides", "code", "shown"),
    [
        ((0.9, 0.8), "12", True),
        ((0.9, 0.2), "L12", True),
        ((0.2, 0.6), "R12", True),
        ((0.4, 0.1), "12", False),
    ],
)
def test_the_side_is_written_where_one_side_alone_is_probable_enough(
    sides: tuple[float, float], code: str, shown: bool
) -> None:
    unit = RecognisedUnit("12", sides)
    assert (unit.code, unit.shown, unit.probability) == (code, shown, max(sides))
    assert shown_codes([unit]) == ((code,) if shown else ())


def test_the_place_is_the_cell_of_most_attention_on_the_more_probable_side() -> None:
    attention = np.zeros((1, 2, 4, 8))
    attention[0, 0, 1, 6] = attention[0, 1, 3, 0] = 1.0
    logits = np.array([[2.0, -1.0]])
    (unit,) = recognised_units(["12"], logits, (), attention)
    assert unit.where == (6.5 / 8, 1.5 / 4)
    (other,) = recognised_units(["12"], logits[:, ::-1], (), attention)
    assert other.where == (0.5 / 8, 3.5 / 4)


def test_a_fitted_unit_is_calibrated_and_another_keeps_its_own_probability() -> None:
    fitted = UnitCalibration("4", slope=2.0, offset=-1.0, threshold=0.3)
    four, ten = recognised_units(["4", "10"], np.array([[1.0, 0.0], [1.0, 0.0]]), (fitted,))
    assert four.sides == pytest.approx((expit(1.0), expit(-1.0)))
    assert ten.sides == pytest.approx((expit(1.0), expit(0.0)))
    assert (four.threshold, ten.threshold) == (0.3, 0.5)


def test_mirrored_inference_of_the_mirrored_face_exchanges_the_sides() -> None:
    model, seen = predictor(mirrored=True), images()
    mirrored = model.config.input.mirror(seen)
    one, other = (model.predict_images(these).action_units for these in (seen, mirrored))
    for unit, flipped in zip(one, other, strict=True):
        assert unit.sides == pytest.approx(flipped.sides[::-1], abs=1e-5)
        assert unit.sides[0] != pytest.approx(unit.sides[1], abs=1e-4)


def test_a_committee_gives_the_mean_probability_of_each_unit() -> None:
    torch.manual_seed(1)
    members = [SmaStn(NETWORK, Shape(2, 3, SIZE)).eval() for _ in range(2)]
    batch = images()[None]
    with torch.no_grad():
        logits = [one(batch).unit_logits for one in members]
        together = Committee(members).eval()(batch).unit_logits
    mean = torch.stack([torch.sigmoid(one) for one in logits if one is not None]).mean(0)
    torch.testing.assert_close(torch.sigmoid(together), mean)


def test_units_and_their_calibration_are_stored_with_the_weights(tmp_path: Path) -> None:
    model = predictor()
    model.calibration = Calibration(units=(UnitCalibration("10", 1.5, 0.25, 0.4),))
    model.save(tmp_path / "model")
    loaded = Predictor.load(tmp_path / "model")
    assert loaded.units == ("4", "10")
    assert loaded.predict_images(images()).action_units == (
        model.predict_images(images()).action_units
    )


def test_a_checkpoint_from_before_there_were_units_predicts_none(tmp_path: Path) -> None:
    predictor(units=()).save(tmp_path / "new")
    stored = read_checkpoint(tmp_path / "new")
    del stored.settings["network"]["units"]
    write_checkpoint(tmp_path / "old", stored)
    loaded = Predictor.load(tmp_path / "old")
    found = loaded.predict_images(images())
    assert (loaded.units, found.action_units, found.units_shown) == ((), (), ())


def test_no_attention_to_units_is_no_place() -> None:
    class Blind(SmaStn):
        def forward(self, images: torch.Tensor, kept: torch.Tensor | None = None) -> Output:
            return super().forward(images, kept)._replace(unit_attention=None)

    config = predictor().config
    blind = Predictor(Blind(NETWORK, config.shape(2)), config, EMOTIONS)
    found = blind.predict_images(images()).action_units
    assert [one.where for one in found] == [None, None]


def test_attention_to_units_is_averaged_by_the_weights_of_the_images() -> None:
    class Looking(SmaStn):
        def forward(self, images: torch.Tensor, kept: torch.Tensor | None = None) -> Output:
            found = super().forward(images, kept)
            maps = torch.zeros(len(images), 3, 2, 2, 2, 2)
            maps[:, 0, ..., 0, 0] = maps[:, 1, ..., 1, 1] = maps[:, 2, ..., 1, 1] = 1.0
            weights = torch.tensor([[0.6, 0.2, 0.2]]).expand(len(images), 3)
            return found._replace(
                segment_weights=weights, unit_attention=maps, attention=maps.mean((2, 3))
            )

    model = predictor()
    looking = Predictor(Looking(NETWORK, model.config.shape(2)), model.config, EMOTIONS)
    found = looking.predict_images(images())
    assert [one.where for one in found.action_units] == [(0.25, 0.25)] * 2
    assert found.unit_attention is not None
    assert found.unit_attention.shape == (3, 2, 2, 2, 2)
