"""A trained network on disk: weights as safetensors, everything else as JSON.

Nothing is ever unpickled. The two files are in one folder, which is written
atomically::

    model.safetensors   the tensors, by parameter name
    model.json          settings, classes, versions, what it was trained on, calibration, SHA-256
"""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from smastn import __version__
from smastn.errors import CheckpointError
from smastn.files import atomic_folder

FORMAT = 1
"""Version of the layout; another one is refused."""

WEIGHTS, CARD = "model.safetensors", "model.json"
_KEYS = {"format", "smastn", "torch", "emotions", "settings", "trained_on", "weights_sha256"}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a folder of a trained network holds.

    Attributes:
        emotions: the classes, in the order of the network's outputs.
        settings: nested plain values, one table for each part.
        tensors: by parameter name.
        trained_on: the data and how it was trained, as text and numbers.
        calibration: see `Calibration`; empty for a network that is not calibrated.
    """

    emotions: tuple[str, ...]
    settings: dict[str, Any]
    tensors: dict[str, Tensor]
    trained_on: dict[str, Any] = field(default_factory=dict)
    calibration: dict[str, Any] = field(default_factory=dict)


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint into `folder`, atomically; one that is there is replaced.

    Raises:
        InputError: `folder` holds something else, or there is no room left.
    """
    weights = save({name: tensor.contiguous() for name, tensor in checkpoint.tensors.items()})
    card = {
        "format": FORMAT,
        "smastn": __version__,
        "torch": str(torch.__version__),
        "emotions": list(checkpoint.emotions),
        "settings": checkpoint.settings,
        "trained_on": checkpoint.trained_on,
        "calibration": checkpoint.calibration,
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
    }
    with atomic_folder(folder, marker=CARD) as partial:
        (partial / WEIGHTS).write_bytes(weights)
        (partial / CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def read_checkpoint(folder: Path) -> Checkpoint:
    """The checkpoint in `folder`, its weights checked against their SHA-256.

    Raises:
        CheckpointError: it is missing, of another format, altered or unreadable.
    """
    card = _read_card(folder)
    path = folder / WEIGHTS
    if not path.is_file():
        raise CheckpointError(f"{folder} holds {CARD} but no {WEIGHTS}; copy the whole folder")
    weights = path.read_bytes()
    seen = hashlib.sha256(weights).hexdigest()
    if seen != card["weights_sha256"]:
        raise CheckpointError(
            f"{path} has SHA-256 {seen[:12]}..., but {CARD} says {card['weights_sha256'][:12]}...: "
            "the file was altered or damaged; download or copy the checkpoint again"
        )
    try:
        tensors = load(weights)
    except SafetensorError as error:
        raise CheckpointError(
            f"{path} is not a safetensors file ({error}); copy the checkpoint again"
        ) from error
    return Checkpoint(
        emotions=tuple(card["emotions"]),
        settings=card["settings"],
        tensors=tensors,
        trained_on=card["trained_on"],
        calibration=card.get("calibration", {}),
    )


def load_tensors(network: torch.nn.Module, tensors: dict[str, Tensor], where: Path) -> None:
    """Load tensors into a network, if names and shapes fit.

    Raises:
        CheckpointError: names or shapes do not fit.
    """
    wanted = network.state_dict()
    missing, extra = sorted(wanted.keys() - tensors.keys()), sorted(tensors.keys() - wanted.keys())
    shapes = [
        f"{name} is {tuple(tensors[name].shape)}, wanted {tuple(wanted[name].shape)}"
        for name in sorted(wanted.keys() & tensors.keys())
        if wanted[name].shape != tensors[name].shape
    ]
    differences = [f"missing {name}" for name in missing] + [f"unknown {name}" for name in extra]
    differences += shapes
    if differences:
        more = f" and {len(differences) - 3} more" if len(differences) > 3 else ""
        raise CheckpointError(
            f"{where} does not fit the network its settings describe: "
            f"{'; '.join(differences[:3])}{more}; it was written by another version: train it again"
        )
    network.load_state_dict(tensors)


def _read_card(folder: Path) -> dict[str, Any]:
    path = folder / CARD
    if not path.is_file():
        raise CheckpointError(
            f"{folder} holds no {CARD}; wanted a folder that `smastn train` or "
            "`Predictor.save` wrote; check the path"
        )
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CheckpointError(f"{path} is not JSON ({error}); copy the checkpoint again") from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        seen = card.get("format") if isinstance(card, dict) else type(card).__name__
        raise CheckpointError(
            f"{path} is of checkpoint format {seen}, this is smastn {__version__}, which reads "
            f"format {FORMAT}; train it again, or install the version that wrote it"
        )
    if missing := sorted(_KEYS - card.keys()):
        raise CheckpointError(f"{path} lacks {', '.join(missing)}; copy the checkpoint again")
    return card
