from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from smastn.errors import ConfigError, InputError
from smastn.faces.preparation import PreparationConfig
from smastn.methods.model_settings import InferenceConfig
from smastn.methods.network_interface import NetworkConfig
from smastn.methods.predictor import Predictor
from smastn.training.augmentation import AugmentConfig
from smastn.training.batches import TrainingClip
from smastn.training.fit import Epoch, NotANumberError, fit
from smastn.training.training_settings import Settings, TrainConfig

SIZE = 48
SETTINGS = Settings(
    preparation=PreparationConfig(size=SIZE),
    network=NetworkConfig(width=6, features=16, pool=3),
    augmentation=AugmentConfig(mirror=0.0),
    training=TrainConfig(epochs=12, batch=8, learning_rate=5e-3),
)


def brightening(emotion: str, seed: int) -> TrainingClip:
    """A synthetic clip in which one corner brightens, another corner for each emotion."""
    generator = np.random.default_rng(seed)
    frames = generator.normal(110, 3, (20, SIZE, SIZE, 3))
    row, column = {"negative": (4, 4), "positive": (4, 30), "surprise": (30, 16)}[emotion]
    rise = np.sin(np.linspace(0, np.pi, 20))[:, None, None, None]
    frames[:, row : row + 14, column : column + 14] += 25 * rise
    return TrainingClip(frames.clip(0, 255).astype(np.uint8), emotion)


@pytest.fixture(scope="module")
def clips() -> list[TrainingClip]:
    return [
        brightening(emotion, seed)
        for seed, emotion in enumerate(["negative", "positive", "surprise"] * 6)
    ]


def test_it_learns_where_something_moved(clips: list[TrainingClip]) -> None:
    predictor = fit(clips, SETTINGS, seed=0)
    new = [brightening(emotion, 100 + seed) for seed, emotion in enumerate(predictor.emotions * 3)]
    predicted = [predictor.predict_prepared(clip.frames).emotion for clip in new]
    assert np.mean([name == clip.emotion for name, clip in zip(predicted, new, strict=True)]) > 0.8


def test_the_same_seed_gives_the_same_network_and_another_seed_another(
    clips: list[TrainingClip],
) -> None:
    short = Settings(
        SETTINGS.preparation, network=SETTINGS.network, training=TrainConfig(epochs=1, batch=6)
    )
    images = torch.randn(4, 3, SIZE, SIZE)
    state = torch.random.get_rng_state()
    first, again, other = (
        fit(clips, short, seed).predict_images(images).probabilities for seed in (3, 3, 4)
    )
    assert first == again
    assert first != other
    assert torch.equal(torch.random.get_rng_state(), state), (
        "random numbers of the caller were used"
    )


def test_losses_fall_and_every_epoch_is_reported(clips: list[TrainingClip]) -> None:
    epochs: list[Epoch] = []
    fit(clips, SETTINGS, 0, epochs.append)
    assert [epoch.number for epoch in epochs] == list(range(1, 13))
    assert epochs[-1].loss < 0.8 * epochs[0].loss
    assert all(epoch.seconds > 0 for epoch in epochs)


def test_watching_copies_the_network_and_changes_nothing(clips: list[TrainingClip]) -> None:
    """A watcher may draw random numbers, predict, and change the network it was given."""
    settings = replace(SETTINGS, training=TrainConfig(epochs=3, batch=6))
    images = torch.randn(4, 3, SIZE, SIZE)
    seen: list[dict[str, float]] = []

    def meddle(epoch: Epoch) -> None:
        torch.rand(7)
        predictor = epoch.predictor()
        seen.append(predictor.predict_images(images).probabilities)
        for value in predictor._network.parameters():
            value.data.zero_()

    watched = fit(clips, settings, 0, watch=meddle).predict_images(images).probabilities
    alone = fit(clips, settings, 0).predict_images(images).probabilities
    assert watched == alone == seen[-1]
    assert seen[0] != seen[1] != seen[2]


def test_a_loss_that_is_not_finite_stops_the_training_with_advice(
    clips: list[TrainingClip],
) -> None:
    wild = Settings(
        SETTINGS.preparation,
        network=SETTINGS.network,
        training=TrainConfig(epochs=3, batch=8, learning_rate=1e25),
    )
    with pytest.raises(NotANumberError, match="lower learning_rate"):
        fit(clips, wild, 0)


def test_one_class_alone_is_refused(clips: list[TrainingClip]) -> None:
    happy = [clip for clip in clips if clip.emotion == "positive"]
    with pytest.raises(InputError, match="show positive only"):
        fit(happy, SETTINGS, 0)


def test_a_rare_class_is_not_forgotten(clips: list[TrainingClip]) -> None:
    common = [clip for clip in clips if clip.emotion != "surprise"]
    rare = [clip for clip in clips if clip.emotion == "surprise"][:2]
    settings = replace(SETTINGS, training=TrainConfig(epochs=15, batch=8, learning_rate=5e-3))
    predictor = fit(common + rare, settings, 0)
    new = [brightening("surprise", 200 + seed).frames for seed in range(6)]
    predicted = [predictor.predict_prepared(frames).emotion for frames in new]
    assert predicted.count("surprise") >= 4


def test_no_epochs_are_refused() -> None:
    with pytest.raises(ConfigError, match="epochs is 0"):
        TrainConfig(epochs=0)


def test_training_continues_from_another_network(clips: list[TrainingClip]) -> None:
    """With almost no learning rate the weights stay those of the first network."""
    first = fit(clips, SETTINGS, 0)
    still = replace(SETTINGS, training=TrainConfig(epochs=1, batch=8, learning_rate=1e-12))
    images = torch.randn(4, 3, SIZE, SIZE)
    further, anew = (fit(clips, still, 1, start=start) for start in (first, None))
    for name, value in first.network.named_parameters():
        torch.testing.assert_close(further.network.get_parameter(name), value)
    before, after = (one.predict_images(images).probabilities for one in (first, anew))
    assert before != pytest.approx(after, abs=0.01)


def test_continuing_from_another_shape_is_refused(clips: list[TrainingClip]) -> None:
    first = fit(clips, replace(SETTINGS, training=TrainConfig(epochs=1, batch=8)), 0)
    wider = replace(SETTINGS, network=NetworkConfig(width=8))
    with pytest.raises(InputError, match=r"trained further .* train it with the same \[network\]"):
        fit(clips, wider, 0, start=first)


def test_a_committee_predicts_the_mean_of_its_members(
    clips: list[TrainingClip], tmp_path: Path
) -> None:
    short = replace(SETTINGS, training=TrainConfig(epochs=1, batch=8))
    images = torch.randn(4, 3, SIZE, SIZE)
    alone = [fit(clips, short, seed).predict_images(images) for seed in (5, 6)]
    committee = fit(clips, replace(short, inference=InferenceConfig(networks=2)), 5)
    together = committee.predict_images(images)
    for emotion, value in together.probabilities.items():
        mean = sum(one.probabilities[emotion] for one in alone) / 2
        assert value == pytest.approx(mean, abs=1e-5)
    assert together.attention is not None
    assert together.attention.sum() == pytest.approx(4, abs=1e-4)
    committee.save(tmp_path / "committee")
    loaded = Predictor.load(tmp_path / "committee")
    assert loaded.predict_images(images).probabilities == together.probabilities
    assert loaded.parameters == 2 * fit(clips, short, 5).parameters


def test_a_clip_without_expression_favours_no_emotion_and_is_no_class(
    clips: list[TrainingClip],
) -> None:
    """Movement of a fourth corner, which a network that never saw it takes for an expression."""

    def other(seed: int) -> TrainingClip:
        turned = brightening("surprise", seed).frames[:, ::-1, ::-1].copy()
        turned[:, :, : SIZE // 2] = 255 - turned[:, :, : SIZE // 2]
        return TrainingClip(turned, None, action_units=())

    nothing = [other(200 + seed) for seed in range(12)]
    new = [other(300 + seed) for seed in range(6)]
    taught, untaught = (fit([*clips, *more], SETTINGS, seed=0) for more in (nothing, []))
    assert taught.emotions == untaught.emotions == ("negative", "positive", "surprise")

    def sureness(predictor: Predictor, seen: list[TrainingClip]) -> float:
        found = [predictor.predict_prepared(clip.frames).probabilities for clip in seen]
        return float(np.mean([max(one.values()) for one in found]))

    assert sureness(taught, new) < 0.5 < sureness(taught, clips)
    assert sureness(taught, new) < sureness(untaught, new)
