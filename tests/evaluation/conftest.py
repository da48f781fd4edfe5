"""A study that runs in seconds."""

import pytest
from gratings import SIZE, make_study

from smastn.evaluation.experiment import Experiment
from smastn.evaluation.study import Study
from smastn.faces.preparation import PreparationConfig
from smastn.inputs.brightness_images import BrightnessImages
from smastn.methods.network_interface import NetworkConfig
from smastn.training.training_settings import TrainConfig


@pytest.fixture(scope="session")
def experiment() -> Experiment:
    return Experiment(
        name="gratings",
        preparation=PreparationConfig(size=SIZE),
        input=BrightnessImages(segments=2, frames=3, reading="local+global"),
        network=NetworkConfig(width=4, pool=2, features=16),
        training=TrainConfig(epochs=2, batch=4),
    )


@pytest.fixture(scope="session")
def study(experiment: Experiment) -> Study:
    return make_study(experiment)
