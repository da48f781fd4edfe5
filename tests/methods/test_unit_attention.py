from dataclasses import replace

import numpy as np
import pytest
import torch

from smastn.corpora.facs import SIDES
from smastn.faces.preparation import PreparationConfig
from smastn.inputs.brightness_images import BrightnessImages
from smastn.inputs.input import Input
from smastn.inputs.motion_images import MotionImages
from smastn.inputs.optical_flow import FlowImages
from smastn.methods.model_settings import ModelConfig
from smastn.methods.network_interface import NetworkConfig, Output, Shape
from smastn.methods.sma_stn.backbone import LEAST_PLACES, Backbone
from smastn.methods.sma_stn.network import SmaStn
from smastn.methods.sma_stn.unit_attention import UnitAttention, UnitTemplates
from smastn.methods.sma_stn.unit_places import unit_places

UNITS = ("1", "12", "17")
SMALL = NetworkConfig(width=4, features=8, pool=2, units=UNITS, unit_attention=True)
SHAPE = Shape(3, images=2, size=28, units=len(UNITS), crop="flow", mirror=(-1.0, 1.0, 1.0))


def network() -> SmaStn:
    torch.manual_seed(0)
    made = SmaStn(SMALL, SHAPE).eval()
    assert made.units is not None
    torch.nn.init.normal_(made.units.templates.weight)
    return made


def movement(clips: int = 2) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(clips, 2, 3, 28, 28, generator=generator) * 2 - 1


def test_mirroring_a_face_exchanges_the_sides_exactly() -> None:
    images, source = movement(), FlowImages(parts=("onset-apex", "ststnet"))
    mirrored = torch.stack([source.mirror(one) for one in images])
    own, other = network()(images), network()(mirrored)
    assert (own.unit_logits[..., 0] - own.unit_logits[..., 1]).abs().max() > 0.01
    torch.testing.assert_close(other.unit_logits, own.unit_logits.flip(-1))
    torch.testing.assert_close(other.unit_attention, own.unit_attention.flip(3).flip(-1))


def test_the_settings_know_which_channels_change_sign_in_a_mirrored_face() -> None:
    flow = ModelConfig(input=FlowImages()).shape(3)
    assert (flow.mirror, flow.crop) == ((-1.0, 1.0, 1.0), "flow")
    brightness = ModelConfig().shape(3)
    assert (brightness.mirror, brightness.crop) == ((1.0, 1.0, 1.0), "face")


@pytest.mark.parametrize(
    ("unit", "upper"), [("1", True), ("12", False)], ids=["brow", "lip corner"]
)
def test_attention_starts_where_the_unit_moves(unit: str, upper: bool) -> None:
    """The person's left is at the right of the image."""
    looked = network()(torch.zeros(1, 2, 3, 28, 28)).unit_attention
    for side, name in enumerate(SIDES):
        one = looked[0, 0, UNITS.index(unit), side]
        row, column = np.unravel_index(int(one.argmax()), one.shape)
        assert (row < 3) == upper
        assert (column > 3) == (name == "L")


def test_every_map_and_every_clips_weights_sum_to_one() -> None:
    block = UnitAttention(4, unit_places(UNITS, "flow", 7), "softmax")
    assert block.segments is not None
    torch.nn.init.normal_(block.segments)
    torch.nn.init.normal_(block.templates.weight)
    found = block(torch.randn(6, 4, 7, 7), images=3)
    torch.testing.assert_close(found.attention.sum((-2, -1)), torch.ones(2, 3, 3))
    torch.testing.assert_close(found.weights.sum(1), torch.ones(2, 3))
    assert (found.weights - 1 / 3).abs().max() > 1e-4
    torch.testing.assert_close(found.features.sum(-1) + block.bias, found.logits)


def test_what_a_place_shows_counts_by_the_attention_to_it() -> None:
    templates = UnitTemplates(units=1, channels=4, places=2)
    torch.nn.init.ones_(templates.weight)
    maps, attention = torch.ones(1, 4, 4), torch.tensor([[[0.7, 0.3, 0.0, 0.0]]])
    torch.testing.assert_close(templates(attention, maps), torch.ones(1, 1, 4))
    maps[..., 0] = 3.0
    torch.testing.assert_close(templates(attention, maps), torch.full((1, 1, 4), 2.4))


def test_the_drawn_attention_is_that_of_the_probable_units() -> None:
    made = network()
    assert made.units is not None
    with torch.no_grad():
        made.units.templates.weight.zero_()
        made.units.bias.copy_(torch.tensor([-30.0, 30.0, -30.0]))
    output: Output = made(movement(1))
    assert output.unit_attention is not None
    expected = output.unit_attention[:, :, 1].mean(2)
    torch.testing.assert_close(output.attention, expected)


def test_units_need_no_spatial_attention_and_a_network_without_units_returns_none() -> None:
    plain = SmaStn(NetworkConfig(width=4, features=8, units=()), SHAPE).eval()
    assert plain(movement()).unit_logits is None
    bare = replace(SMALL, spatial_attention=False)
    assert SmaStn(bare, SHAPE)(movement()).unit_logits.shape == (2, 3, 2)


@pytest.mark.parametrize("size", [16, 28, 50, 56, 112, 224])
def test_the_fine_map_has_seven_places_a_side_and_leads_to_the_same_features(size: int) -> None:
    backbone = Backbone(4, size).eval()
    images = torch.randn(1, 3, size, size)
    fine = backbone.fine(images)
    assert fine.shape[1:] == (backbone.fine_channels, backbone.places, backbone.places)
    assert backbone.places >= LEAST_PLACES
    torch.testing.assert_close(backbone.rest(fine), backbone(images))


def test_places_are_known_for_units_of_known_crops_only() -> None:
    assert (unit_places(("12", "99"), "unknown", 7) == 1).all()
    known = unit_places(("12", "99"), "face", 7)
    assert known[0].max() == 1
    assert known[0].min() < 0.1
    assert (known[1] == 1).all()


def test_a_crop_that_reaches_higher_has_the_places_lower() -> None:
    row = np.arange(14)[:, None]
    plain, higher = (unit_places(("12",), "face", 14, share)[0] for share in (0.0, 0.15))
    assert (row * higher).sum() / higher.sum() > (row * plain).sum() / plain.sum() + 0.7


@pytest.mark.parametrize("source", [MotionImages(), BrightnessImages(), FlowImages()])
def test_networks_are_told_the_side_of_the_images_that_they_get(source: Input) -> None:
    """Movement images are smaller than the frames that they were made of."""
    size = 28 if isinstance(source, FlowImages) else 112
    config = ModelConfig(PreparationConfig(size=size), source, NetworkConfig(unit_attention=True))
    shape = config.shape(3)
    frames = np.random.default_rng(0).integers(0, 255, (30, size, size, 3), np.uint8)
    images = source.describe(frames[: len(source.image_names)] if size == 28 else frames)
    assert images.shape[-1] == shape.size
    found = SmaStn(config.network, shape).eval()(images[None])
    assert found.unit_attention is not None
    assert min(found.unit_attention.shape[-2:]) >= LEAST_PLACES
