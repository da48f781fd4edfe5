import numpy as np
import pytest
import torch

from smastn.errors import ConfigError
from smastn.faces.preparation import PreparationConfig
from smastn.inputs.optical_flow import FlowImages
from smastn.methods.network_interface import NetworkConfig, Shape
from smastn.methods.sma_stn.linear_units import LinearUnits
from smastn.methods.sma_stn.network import SmaStn
from smastn.training.augmentation import AugmentConfig
from smastn.training.batches import TrainingClip
from smastn.training.fit import fit
from smastn.training.training_settings import Settings, TrainConfig

GENERATOR = np.random.default_rng(0)


def solved(rows: np.ndarray, labels: np.ndarray) -> LinearUnits:
    made = LinearUnits(np.ones((labels.shape[1], 2, 2)), channels=1)
    made.solve(torch.tensor(rows).float().view(-1, 1, 4), torch.tensor(labels).float())
    return made


def test_the_weights_are_those_of_balanced_ridge_regression() -> None:
    """Against the normal equations, with the squared length of all faces and the bias's."""
    rows, shown = GENERATOR.normal(size=(30, 4)), GENERATOR.random(30) < 0.3
    made = solved(rows, shown[:, None].astype(float))
    unit = np.sqrt((rows**2).sum(1).mean())
    design = np.column_stack([rows / unit, np.full(30, np.sqrt(10))])
    balance = np.where(shown, 15 / shown.sum(), 15 / (~shown).sum())
    system = design.T @ (balance[:, None] * design) + 3 * np.eye(5)
    expected = np.linalg.solve(system, design.T @ (balance * np.where(shown, 1, -1)))
    np.testing.assert_allclose(made.weight[0, 0], 4 * expected[:4] / unit, rtol=1e-4)
    np.testing.assert_allclose(made.bias[0], 4 * expected[4] * np.sqrt(10), rtol=1e-4)


def test_unknown_labels_have_no_say_and_a_unit_that_all_or_none_show_stays_zero() -> None:
    rows, shown = GENERATOR.normal(size=(20, 4)), (GENERATOR.random(20) < 0.5).astype(float)
    labels = np.column_stack([shown, np.ones(20), np.zeros(20)])
    plain = solved(rows, labels)
    unknown = np.vstack([labels, np.full((5, 3), np.nan)])
    more = solved(np.vstack([rows, GENERATOR.normal(size=(5, 4))]), unknown)
    torch.testing.assert_close(more.weight, plain.weight)
    assert plain.weight[0].abs().max() > 0.01
    assert not plain.weight[1:].any()
    assert not plain.bias[1:].any()


def test_places_where_the_unit_does_not_move_the_skin_count_less() -> None:
    prior = np.zeros((1, 2, 2))
    prior[0, 0] = 1.0
    made = LinearUnits(prior, channels=1)
    shown = torch.tensor([1.0, 0.0]).repeat(10)
    cells = (2 * shown - 1)[:, None, None].expand(20, 1, 4)
    made.solve(cells, shown[:, None])
    above, below = made.weight[0, 0, :2].abs().mean(), made.weight[0, 0, 2:].abs().mean()
    assert float(below) == pytest.approx(0.03 * float(above), rel=1e-3)


def flow_clips(count: int) -> list[TrainingClip]:
    """Unit 12 of one side moves that side of the picture."""
    made = []
    for number in range(count):
        shown, side = number % 2, number // 2 % 2
        picture = GENERATOR.integers(120, 136, (1, 28, 28, 3)).astype(np.uint8)
        columns = slice(18, 26) if side else slice(2, 10)
        picture[:, 18:26, columns, 1] += np.uint8(60 * shown)
        codes = ("LR"[1 - side] + "12",) if shown else ()
        emotion = ("negative", "positive")[shown]
        made.append(TrainingClip(picture, emotion, action_units=codes))
    return made


def test_training_solves_the_sides_apart_and_keeps_them_in_the_predictor() -> None:
    network = NetworkConfig(
        width=4, features=8, pool=2, units=("12",), unit_attention=True, linear_units=True
    )
    settings = Settings(
        preparation=PreparationConfig(size=28),
        input=FlowImages(),
        network=network,
        augmentation=AugmentConfig(mirror=0.5),
        training=TrainConfig(epochs=1, learning_rate=1e-6),
    )
    predictor = fit(flow_clips(32), settings, seed=0)
    for clip in flow_clips(8):
        (unit,) = predictor.predict_prepared(clip.frames).action_units
        assert unit.shown == bool(clip.action_units)
        if clip.action_units:
            left, right = unit.sides
            assert (left > right) == clip.action_units[0].startswith("L")


def test_it_is_a_setting_and_off_by_default() -> None:
    shape = Shape(3, images=1, size=28, units=1, crop="flow")
    assert SmaStn(NetworkConfig(units=("12",)), shape).linear is None
    chosen = NetworkConfig(units=("12",), unit_attention=True, linear_units=True)
    assert SmaStn(chosen, shape).linear is not None
    with pytest.raises(ConfigError, match="wanted unit_attention = true too"):
        NetworkConfig(units=("12",), linear_units=True)
