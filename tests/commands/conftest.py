"""Films and checkpoints for the doors, and how a refusal looks."""

from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
import torch
from skimage.data import astronaut
from small_corpus import SMALL_CORPUS

from smastn.media.encoding import write_video
from smastn.methods.model_settings import ModelConfig
from smastn.methods.predictor import Predictor
from smastn.methods.sma_stn.network import SmaStn
from smastn.synthesis.synthetic_corpus import make_synthetic_corpus


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that has learnt nothing, but can be asked."""
    config = ModelConfig()
    torch.manual_seed(0)
    network = SmaStn(config.network, config.shape(3))
    folder = tmp_path_factory.mktemp("checkpoints") / "untrained"
    Predictor(network, config, ("negative", "positive", "surprise")).save(folder)
    return folder


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small made-up people, three clips each."""
    root = tmp_path_factory.mktemp("corpora") / "two-people"
    make_synthetic_corpus(root, SMALL_CORPUS)
    return root


@pytest.fixture(scope="session")
def short_experiment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An experiment that learns next to nothing, quickly."""
    path = tmp_path_factory.mktemp("experiments") / "short.toml"
    path.write_text('name = "short"\n[training]\nepochs = 1\nbatch = 3\n', encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def face_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty frames of the astronaut's photograph, swaying by a pixel."""
    path = tmp_path_factory.mktemp("films") / "face.mp4"
    photograph = astronaut()[:400, :400]
    sway = [round(np.sin(number / 3)) for number in range(20)]
    write_video(path, (np.roll(photograph, shift, axis=0) for shift in sway), 30.0)
    return path


@pytest.fixture(scope="session")
def half_films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A film in which the face goes away, and one whose file ends too soon."""
    folder = tmp_path_factory.mktemp("halves")
    photograph = astronaut()[:400, :400]
    noise = np.random.default_rng(0).integers(0, 12, (60, *photograph.shape), np.uint8)
    write_video(folder / "cut.mp4", photograph - photograph.clip(max=noise), 30.0)
    whole = (folder / "cut.mp4").read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: len(whole) * 7 // 10])
    write_video(folder / "lost.mp4", [photograph] * 30 + [photograph * 0] * 30, 30.0)
    return {"lost": folder / "lost.mp4", "cut": folder / "cut.mp4"}


@pytest.fixture(scope="session")
def bad_films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """What is no film of a face, each with what must be said about it."""
    folder = tmp_path_factory.mktemp("bad")
    noise = np.random.default_rng(0).integers(0, 256, (12, 96, 128, 3), np.uint8)
    for name in ("cut.mp4", "headless.mp4", "faceless.mp4"):
        write_video(folder / name, noise, 25.0)
    write_video(folder / "single.mp4", [astronaut()[:400, :400]], 25.0)
    whole = (folder / "cut.mp4").read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: whole.index(b"mdat") + 6])
    (folder / "headless.mp4").write_bytes(whole[len(whole) // 2 :])
    (folder / "text.mp4").write_text("hello\n" * 100)
    (folder / "empty.mp4").touch()
    (folder / "nothing").mkdir()
    (folder / "sizes").mkdir()
    for name, width in (("1.png", 64), ("2.png", 32)):
        cv2.imwrite(str(folder / "sizes" / name), np.zeros((48, width, 3), np.uint8))
    _sound(folder / "sound.mp4")
    sentences = {
        "missing.mp4": "does not exist",
        "cut.mp4": "no frame of it can be decoded",
        "headless.mp4": "is not a readable video",
        "faceless.mp4": "no face in the first|face was found in none",
        "single.mp4": "single frame|one frame|1 frame",
        "text.mp4": "is not a readable video",
        "empty.mp4": r"is empty \(0 bytes\)",
        "nothing": "holds no numbered images",
        "sizes": r"2\.png is 32x48 pixels",
        "sound.mp4": "has audio but no video stream",
    }
    return {name: (folder / name, sentence) for name, sentence in sentences.items()}


def _sound(path: Path) -> None:
    with av.open(path, "w") as container:
        stream: Any = container.add_stream("aac", rate=16000)
        for number in range(16):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts = 16000, number * 1024
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
