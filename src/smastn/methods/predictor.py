"""Raw frames -> an emotion with probabilities. Evaluation and inference share this pipeline."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8
from numpy import ndarray
from torch import Tensor

from smastn.config import read_settings, settings_to_dict
from smastn.errors import CheckpointError, ConfigError, InputError
from smastn.extensions import is_reference, load_trusted, trusted
from smastn.faces.landmarks import FaceTracker
from smastn.faces.preparation import PreparationConfig, prepare
from smastn.media.frame_array import Frames, checked_frames
from smastn.methods.calibration import NOT_SURE, Calibration, Measured
from smastn.methods.checkpoint import Checkpoint, load_tensors, read_checkpoint, write_checkpoint
from smastn.methods.model_settings import ModelConfig, with_present_units
from smastn.methods.network_interface import Output
from smastn.methods.networks import Committee, Network, make_network
from smastn.methods.recognised_units import RecognisedUnit, recognised_units, shown_codes
from smastn.methods.unit_emotions import contradiction, unit_emotions
from smastn.workers import one_thread


@dataclass(frozen=True, slots=True)
class Recognition:
    """The prediction for one clip, with what it rests on.

    A network from outside may return logits alone; then what it does not return is None.

    Attributes:
        emotion: the most probable class.
        probabilities: of each class, summing to 1; calibrated if the network is.
        dynamic_images: the network's input, -1 to 1, zero where nothing moved.
        attention: in each image, a coarse map that sums to 1.
        segment_weights: weight of each image, summing to 1.
        features: the network's feature vector of the clip.
        preparation: how the crop was made that `attention` lies on; `forehead` shifts it.
        doubt: why the result is "not sure", see `Calibration.doubt`; or because the action units
            that it shows do not go with the emotion. Empty where it is sure.
        faces_seen: faces that the detector found; 0 where it was not used.
        action_units: every unit that the network was trained on, shown or not; empty for a
            network without units.
        unit_attention: where the network looked for each of them, see `Output.unit_attention`.
        measured: how often answers at least this sure were right; None where that was not
            measured.
    """

    emotion: str
    probabilities: dict[str, float]
    dynamic_images: Float32[ndarray, "images 3 height width"]
    attention: Float32[ndarray, "images rows columns"] | None
    segment_weights: Float32[ndarray, " images"] | None
    features: Float32[ndarray, " features"] | None
    preparation: PreparationConfig
    doubt: str = ""
    faces_seen: int = 0
    action_units: tuple[RecognisedUnit, ...] = ()
    unit_attention: Float32[ndarray, "images units sides rows columns"] | None = None
    measured: Measured | None = None

    @property
    def unit_emotions(self) -> tuple[str, ...]:
        """The emotions that the action units shown go with by a published table; maybe none."""
        return unit_emotions(self.units_shown)

    @property
    def units_shown(self) -> tuple[str, ...]:
        """FACS codes of the action units that are probable enough, such as ``("4", "L10")``."""
        return shown_codes(self.action_units)

    @property
    def predicted(self) -> str:
        """The most probable class, or `NOT_SURE`."""
        return NOT_SURE if self.doubt else self.emotion


class Predictor:
    """A trained network with its preparation and its classes; threads may share it.

    Args:
        network: the trained network.
        config: how clips are prepared and described for it.
        emotions: its classes, in the order of its outputs.
        trained_on: the data and how it was trained, as text and numbers.
    """

    def __init__(
        self,
        network: Network | Committee,
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
    def network(self) -> Network | Committee:
        """The network itself, or the committee, in evaluation mode."""
        return self._network

    @property
    def units(self) -> tuple[str, ...]:
        """The action units that it predicts, which a training clip showed; maybe none."""
        return self.config.network.units

    @property
    def parameters(self) -> int:
        """Number of trained values."""
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
        return _restored(cls, read_checkpoint(folder), folder, trust)

    @classmethod
    def bundled(cls) -> "Predictor":
        """The predictor that comes with smastn, trained on synthetic faces only."""
        with resources.as_file(resources.files("smastn.methods") / "bundled") as folder:
            return cls.load(folder)

    def save(self, folder: Path | str) -> None:
        """Write the predictor into `folder` atomically."""
        write_checkpoint(Path(folder), self._checkpoint())

    def __reduce__(self) -> tuple[Any, ...]:
        """Sent to another process as a checkpoint: that process imports code from outside anew."""
        checkpoint, input_kind = self._checkpoint(), settings_to_dict(self.config)["input"]["kind"]
        trust = [one for one in (self.config.network.module, input_kind) if is_reference(one)]
        return _restored, (type(self), checkpoint, Path("a predictor of another process"), trust)

    def predict(self, frames: Frames, face: int = 0) -> Recognition:
        """What one clip shows, from its onset to its offset.

        Only the frames that the input reads are prepared.

        Args:
            frames: raw RGB frames from onset to offset, uint8, time x height x width x 3.
            face: which face where there are several, 0 for the largest.

        Raises:
            InputError: fewer than two frames, or frames of another type or shape.
            FaceError: no face in the first frames.
        """
        frames = checked_frames(frames)
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
        """What one clip shows, given the network's input, -1 to 1.

        In one thread on a processor, so that the result does not depend on how many there are.
        """
        device = next(self._network.parameters()).device
        with torch.inference_mode(), one_thread():
            output: Output = self._network(self._views(images).to(device))
            logits = output.logits.double().mean(0) / self.calibration.temperature
            probabilities = torch.softmax(logits, dim=0).cpu()
        features = None if output.features is None else output.features.mean(0).cpu().numpy()
        units, emotion = self._action_units(output), self.emotions[int(probabilities.argmax())]
        highest = float(probabilities.max())
        doubt = self.calibration.doubt(highest, features)
        return Recognition(
            emotion=emotion,
            probabilities=dict(zip(self.emotions, probabilities.tolist(), strict=True)),
            dynamic_images=images.cpu().numpy(),
            attention=_of_first(output.attention),
            segment_weights=_of_first(output.segment_weights),
            features=features,
            preparation=self.config.preparation,
            doubt=doubt or contradiction(shown_codes(units), emotion, rough=True),
            action_units=units,
            unit_attention=_of_first(output.unit_attention),
            measured=self.calibration.measured_at(highest),
        )

    def _action_units(self, output: Output) -> tuple[RecognisedUnit, ...]:
        """The units in all views of one clip; the sides of a mirrored one are exchanged."""
        if output.unit_logits is None:
            return ()
        logits = output.unit_logits.double().cpu()
        logits[1:] = logits[1:].flip(-1)
        attention, weights = _of_first(output.unit_attention), _of_first(output.segment_weights)
        if attention is not None:
            attention = np.average(attention, axis=0, weights=weights)
        return recognised_units(
            self.units, logits.mean(0).numpy(), self.calibration.units, attention
        )

    def _checkpoint(self) -> Checkpoint:
        tensors = {name: tensor.cpu() for name, tensor in self._network.state_dict().items()}
        settings, calibration = map(settings_to_dict, (self.config, self.calibration))
        return Checkpoint(self.emotions, settings, tensors, self.trained_on, calibration)

    def _views(
        self, images: Float[Tensor, "images 3 height width"]
    ) -> Float[Tensor, "views images 3 height width"]:
        """The images, and the mirrored ones too where the settings say so."""
        if not self.config.inference.mirrored:
            return images[None]
        # In one memory layout: in another one convolutions sum in another order.
        mirrored = torch.empty_like(images).copy_(self.config.input.mirror(images))
        return torch.stack([images, mirrored])


def load_predictor(checkpoint: Path | None, trust: Sequence[str] = ()) -> Predictor:
    """The predictor in that folder, see `Predictor.load`, or the one that comes with smastn."""
    return Predictor.load(checkpoint, trust) if checkpoint else Predictor.bundled()


def _of_first(values: Tensor | None) -> ndarray | None:
    """The values of the first view, which is not mirrored."""
    return None if values is None else values[0].cpu().numpy()


def _restored(
    kind: type[Predictor], checkpoint: Checkpoint, where: Path, trust: Sequence[str]
) -> Predictor:
    """The predictor of a checkpoint; code from outside is executed only if `trust` names it."""
    try:
        find = partial(load_trusted, trust=trust)
        settings = with_present_units(checkpoint.settings)
        config = read_settings(settings, ModelConfig, str(where), find)
        calibration = read_settings(checkpoint.calibration, Calibration, origin=str(where))
    except ConfigError as error:
        raise CheckpointError(f"{error}; the checkpoint is of another version") from error
    if is_reference(config.network.module):
        module = trusted(config.network.module, "a network", trust)
        config = replace(config, network=replace(config.network, module=module))
    shape = config.shape(len(checkpoint.emotions))
    with torch.random.fork_rng():  # weights that are replaced at once take no random numbers
        members = [make_network(config.network, shape) for _ in range(config.inference.networks)]
    network = members[0] if len(members) == 1 else Committee(members)
    load_tensors(network, checkpoint.tensors, where)
    predictor = kind(network, config, checkpoint.emotions, checkpoint.trained_on)
    predictor.calibration = calibration
    return predictor
