import pytest
import torch

from smastn.config import read_settings
from smastn.errors import ConfigError
from smastn.methods.network_interface import NetworkConfig, Shape, Weighing
from smastn.methods.sma_stn.deviation_loss import DeviationConfig
from smastn.methods.sma_stn.movement_attention import SegmentWeights, SpatialAttention
from smastn.methods.sma_stn.network import SmaStn
from smastn.training.training_settings import TrainConfig

SMALL = NetworkConfig(width=4, features=8)
SHAPE = Shape(classes=3, images=3, size=64)


@pytest.mark.parametrize("size", [64, 112])
def test_every_clip_gets_logits_attention_and_weights(size: int) -> None:
    network = SmaStn(NetworkConfig(), Shape(5, 4, size)).eval()
    output = network(torch.randn(2, 4, 3, size, size))
    assert output.logits.shape == (2, 5)
    assert output.attention.shape[:2] == (2, 4)
    torch.testing.assert_close(output.attention.sum((2, 3)), torch.ones(2, 4))
    torch.testing.assert_close(output.segment_weights.sum(1), torch.ones(2))


def test_the_order_of_clips_does_not_matter() -> None:
    network = SmaStn(SMALL, SHAPE).eval()
    images = torch.randn(4, 3, 3, 64, 64)
    torch.testing.assert_close(network(images.flip(0)).logits, network(images).logits.flip(0))


def test_spatial_attention_starts_as_the_identity() -> None:
    maps = torch.randn(2, 8, 5, 5)
    torch.testing.assert_close(SpatialAttention(8)(maps)[0], maps)


def test_spatial_attention_distinguishes_places() -> None:
    """The same pattern elsewhere gives another output, which attention without position cannot."""
    torch.manual_seed(0)
    block = SpatialAttention(4)
    torch.nn.init.normal_(block.out.weight)
    here, there = torch.zeros(1, 4, 6, 6), torch.zeros(1, 4, 6, 6)
    here[:, :, 1, 1], there[:, :, 4, 4] = 1.0, 1.0
    sums = [block(maps)[0].sum((2, 3)) for maps in (here, there)]
    assert (sums[0] - sums[1]).abs().max() > 1e-3


@pytest.mark.parametrize("weighing", ["softmax", "uniform"])
def test_segment_weights_are_positive_and_sum_to_one(weighing: Weighing) -> None:
    weights = SegmentWeights(8, weighing)(torch.randn(5, 3, 8))
    torch.testing.assert_close(weights.sum(1), torch.ones(5))
    assert (weights > 0).all()


def test_equal_segments_get_different_weights_by_position() -> None:
    alike = torch.randn(2, 1, 8).expand(2, 3, 8)
    torch.testing.assert_close(SegmentWeights(8, "softmax")(alike), torch.full((2, 3), 1 / 3))
    placed = SegmentWeights(8, "softmax", places=True)(alike)
    assert (placed - 1 / 3).abs().min() > 1e-5


def test_uniform_weighing_has_no_parameters() -> None:
    assert not list(SegmentWeights(8, "uniform").parameters())


def test_every_parameter_gets_a_gradient() -> None:
    network = SmaStn(SMALL, SHAPE)
    assert network.spatial is not None
    torch.nn.init.normal_(network.spatial.out.weight)
    output = network(torch.randn(4, 3, 3, 64, 64))
    assert output.unit_logits is not None
    (output.logits.square().sum() + output.unit_logits.square().sum()).backward()
    idle = [name for name, value in network.named_parameters() if value.grad is None]
    assert not idle


def test_settings_that_were_removed_are_read_at_the_value_they_now_always_have() -> None:
    """Checkpoints of before list all settings."""
    assert read_settings({"backbone": "light", "width": 8}, NetworkConfig).width == 8
    assert read_settings({"optimiser": "adamw"}, TrainConfig) == TrainConfig()
    assert read_settings({"island": 0.5}, DeviationConfig) == DeviationConfig()
    with pytest.raises(
        ConfigError, match='backbone is "resnet18".*always "light": delete the line'
    ):
        read_settings({"backbone": "resnet18"}, NetworkConfig)
    with pytest.raises(ConfigError, match='weighing is "sigmoid"; wanted one of softmax, uniform'):
        read_settings({"weighing": "sigmoid"}, NetworkConfig)
