from pathlib import Path

import numpy as np
import pytest
import torch
from known_movements import EVENTS, Write

from smastn.analysis.analyse import AnalysisConfig, analyse
from smastn.analysis.analysis_records import Analysis
from smastn.media.encoding import write_video
from smastn.methods.model_settings import ModelConfig
from smastn.methods.network_interface import NetworkConfig
from smastn.methods.predictor import Predictor
from smastn.methods.sma_stn.network import SmaStn
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.nuisance import Nuisance
from smastn.synthesis.photographs import photograph, upright
from smastn.synthesis.synthetic_film import Film

RATE = 30.0


@pytest.fixture(scope="session")
def frames() -> list[np.ndarray]:
    """The astronaut's photograph with two movements she never made, 320 by 240."""
    photo = upright(photograph("astronaut"), (320, 240), 130.0, (160.0, 112.0))
    face = AnimatedFace(photo)
    return list(Film(face, EVENTS, (RATE, 84), Nuisance(blinks=0.0, gaze_shifts=0.0), seed=2))


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Write frames as a video and say where."""

    def to_file(images: list[np.ndarray], name: str = "film.mp4") -> Path:
        path = tmp_path_factory.mktemp("films") / name
        write_video(path, images, RATE)
        return path

    return to_file


@pytest.fixture(scope="session")
def film(frames: list[np.ndarray], write: Write) -> Path:
    return write(frames)


@pytest.fixture(scope="session")
def predictor() -> Predictor:
    """An untrained network."""
    config = ModelConfig(network=NetworkConfig(width=4, features=8))
    torch.manual_seed(0)
    learnt = {"people": "made up"}
    emotions = ("negative", "positive", "surprise")
    return Predictor(SmaStn(config.network, config.shape(3)), config, emotions, learnt)


@pytest.fixture(scope="session")
def analysis(film: Path, predictor: Predictor) -> Analysis:
    return analyse(film, predictor)


@pytest.fixture(scope="session")
def quiet(frames: list[np.ndarray], write: Write, predictor: Predictor) -> Analysis:
    """Nothing moves in it."""
    return analyse(write(frames[:18] * 2), predictor, AnalysisConfig())
