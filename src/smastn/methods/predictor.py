"""The one way to ask a network: raw frames in, an emotion with probabilities out.

What a report measured is what a video is asked with, preparation included.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8
from numpy import ndarray
from torch import Tensor

from smastn.config import read_settings, settings_to_dict
from smastn.errors import CheckpointError, ConfigError, InputError
from smastn.extensions import load_trusted
from smastn.faces.landmarks import FaceTracker
from smastn.faces.preparation import PreparationConfig, prepare
from smastn.inputs.brightness_images import BrightnessImages
from smastn.inputs.kinds import AnyInput
from smastn.methods.calibration import NOT_SURE, Calibration
from smastn.methods.checkpoint import Checkpoint, load_tensors, read_checkpoint, write_checkpoint
from smastn.methods.sma_stn.network import Committee, NetworkConfig, SmaStn, make_network
from smastn.workers import one_thread


@dataclass(frozen=True, slots=True)
class InferenceConfig:
    """How a trained network is asked.

    Attributes:
        mirrored: ask about the mirrored face too, and average the two answers.
        networks: how many networks, trained from seeds of their own, are asked and averaged.
    """

    mirrored: bool = False
    networks: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.networks <= 100:
            raise ConfigError(f"networks is {self.networks}; wanted 1 to 100")


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """All that a network needs to know to be asked again.

    Attributes:
        preparation: raw frames to a prepared clip.
        input: a prepared clip to the images that the network sees.
        network: dynamic images to an answer.
        inference: how the network is asked.
    """

    RENAMED: ClassVar = {"asking": "inference", "descriptor": "input"}

    preparation: PreparationConfig = field(default_factory=PreparationConfig)
    input: AnyInput = field(default_factory=BrightnessImages)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    inference: InferenceConfig = field(default_factory=InferenceConfig)


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was recognised in one clip, and on what grounds.

    Attributes:
        emotion: the likeliest class.
        probabilities: of each class, summing to 1; calibrated if the network is.
        dynamic_images: what the network saw, -1 to 1, zero where nothing moved.
        attention: where it looked in each image, coarse; each map sums to 1.
        segment_weights: how much each image counted, summing to 1.
        features: what the network made of the clip before it chose.
        preparation: how the crop was made that `attention` lies on; `forehead` shifts it.
        doubt: why the network is not sure, see `Calibration.doubt`; empty where it is.
        faces_seen: faces found when one was sought; 0 where none had to be.
    """

    emotion: str
    probabilities: dict[str, float]
    dynamic_images: Float32[ndarray, "images 3 height width"]
    attention: Float32[ndarray, "images rows columns"]
    segment_weights: Float32[ndarray, " images"]
    features: Float32[ndarray, " features"]
    preparation: PreparationConfig
    doubt: str = ""
    faces_seen: int = 0

    @property
    def answer(self) -> str:
        """The likeliest class, or `NOT_SURE`."""
        return NOT_SURE if self.doubt else self.emotion


class Predictor:
    """A trained network with its preparation and its classes.

    Args:
        network: the trained network.
        config: how clips are prepared and described for it.
        emotions: its classes, in the order of its outputs.
        trained_on: the data and the way it was trained, for people to read.
    """

    def __init__(
        self,
        network: SmaStn | Committee,
        config: ModelConfig,
        emotions: Sequence[str],
        trained_on: dict[str, Any] | None = None,
    ) -> None:
        self._network = network.eval()
        self.config = config
        self.emotions = tuple(emotions)
        self.trained_on = trained_on or {}
        self.calibration = Calibration()

    @property
    def network(self) -> SmaStn | Committee:
        """The network itself, or the committee, set to answer."""
        return self._network

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return sum(value.numel() for value in self._network.parameters())

    @property
    def fingerprint(self) -> str:
        """A few letters that differ where any weight, setting or calibration does."""
        digest = hashlib.sha256()
        for name, tensor in sorted(self._network.state_dict().items()):
            digest.update(name.encode() + tensor.cpu().contiguous().numpy().tobytes())
        digest.update(repr((self.config, self.emotions, self.calibration)).encode())
        return digest.hexdigest()[:16]

    @classmethod
    def load(cls, folder: Path | str, trust: Sequence[str] = ()) -> "Predictor":
        """The predictor saved in `folder`.

        Args:
            folder: the checkpoint.
            trust: code from outside smastn that it may run, such as ``"my_input.py:EdgeImages"``,
                with the path of the file.

        Raises:
            CheckpointError: it is missing, altered, or of another version, or uses code that is
                not in `trust`.
        """
        folder = Path(folder)
        checkpoint = read_checkpoint(folder)
        find = partial(load_trusted, trust=trust)
        try:
            config = read_settings(checkpoint.settings, ModelConfig, str(folder), find)
            calibration = read_settings(checkpoint.calibration, Calibration, origin=str(folder))
        except ConfigError as error:
            raise CheckpointError(f"{error}; the checkpoint is of another version") from error
        classes = len(checkpoint.emotions)
        network = make_network(config.network, classes, config.inference.networks)
        load_tensors(network, checkpoint.tensors, folder)
        predictor = cls(network, config, checkpoint.emotions, checkpoint.trained_on)
        predictor.calibration = calibration
        return predictor

    @classmethod
    def bundled(cls) -> "Predictor":
        """The predictor that comes with smastn, trained on people who do not exist."""
        with resources.as_file(resources.files("smastn.methods") / "bundled") as folder:
            return cls.load(folder)

    def save(self, folder: Path | str) -> None:
        """Write the predictor into `folder`, whole or not at all."""
        tensors = {name: tensor.cpu() for name, tensor in self._network.state_dict().items()}
        settings, calibration = map(settings_to_dict, (self.config, self.calibration))
        checkpoint = Checkpoint(self.emotions, settings, tensors, self.trained_on, calibration)
        write_checkpoint(Path(folder), checkpoint)

    def predict(self, frames: UInt8[ndarray, "time height width 3"], face: int = 0) -> Recognition:
        """What one clip shows, from its onset to its offset.

        Only the frames that the input reads are prepared.

        Args:
            frames: raw RGB frames, onset to offset.
            face: which face where there are several, 0 for the largest.

        Raises:
            InputError: fewer than two frames.
            FaceError: no face in the first frames.
        """
        if len(frames) < 2:
            raise InputError(
                f"the clip has {len(frames)} frame; wanted at least 2, since one frame shows no "
                "movement; give all frames from onset to offset"
            )
        chosen = self.config.input.frames_read(len(frames))
        tracker = FaceTracker(face)  # one a call: a tracker follows one clip in one thread
        prepared = prepare(frames, tracker, self.config.preparation, chosen)
        whole = np.zeros((len(frames), *prepared.shape[1:]), np.uint8)
        whole[chosen] = prepared
        return replace(self.predict_prepared(whole), faces_seen=tracker.faces_seen)

    def predict_prepared(self, prepared: UInt8[ndarray, "time size size 3"]) -> Recognition:
        """What one prepared clip shows; see `smastn.faces.preparation`."""
        with one_thread():
            return self.predict_images(self.config.input.describe(prepared))

    def predict_images(self, images: Float[Tensor, "images 3 height width"]) -> Recognition:
        """What one clip shows, given its dynamic images, -1 to 1.

        In one thread on a processor, so that the answer is the same wherever it is asked for.
        """
        device = next(self._network.parameters()).device
        with torch.inference_mode(), one_thread():
            output = self._network(self._views(images).to(device), inspect=True)
            logits = output.logits.double().mean(0) / self.calibration.temperature
            probabilities = torch.softmax(logits, dim=0).cpu()
        features = output.features.float().mean(0).cpu().numpy()
        return Recognition(
            emotion=self.emotions[int(probabilities.argmax())],
            probabilities=dict(zip(self.emotions, probabilities.tolist(), strict=True)),
            dynamic_images=images.cpu().numpy(),
            attention=output.attention[0].cpu().numpy(),
            segment_weights=output.segment_weights[0].cpu().numpy(),
            features=features,
            preparation=self.config.preparation,
            doubt=self.calibration.doubt(float(probabilities.max()), features),
        )

    def _views(
        self, images: Float[Tensor, "images 3 height width"]
    ) -> Float[Tensor, "views images 3 height width"]:
        """The images themselves, and mirrored too where the settings ask for it."""
        if not self.config.inference.mirrored:
            return images[None]
        return torch.stack([images, self.config.input.mirror(images)])


def load_predictor(checkpoint: Path | None) -> Predictor:
    """The predictor in that folder, or the one that comes with smastn.

    Raises:
        CheckpointError: it is missing, altered, or of another version.
    """
    return Predictor.load(checkpoint) if checkpoint else Predictor.bundled()
