"""An experiment as a file says it, and the clips it is made on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Protocol, runtime_checkable
from zlib import crc32

import numpy as np
from numpy import ndarray

from smastn.corpora.clip import Clip
from smastn.corpora.selection import DataConfig
from smastn.errors import ConfigError, InputError
from smastn.evaluation.protocol import Fold, ProtocolConfig, make_folds
from smastn.evaluation.run_records import Sample
from smastn.training.training_settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment(Settings):
    """An experiment file: who is held out, what is trained, and after whom.

    All of `Settings` stands in it too, a table each.

    Attributes:
        name: what reports call it.
        citation: what it reproduces, or follows.
        data: corpora and classes; a manifest where nothing is said.
        protocol: how the clips are split.
        seeds: one training run of every fold for each.
    """

    name: str
    citation: str = ""
    data: DataConfig = field(default_factory=DataConfig)
    protocol: ProtocolConfig = field(default_factory=ProtocolConfig)
    seeds: tuple[int, ...] = (0,)

    def __post_init__(self) -> None:
        if not self.seeds or len(set(self.seeds)) < len(self.seeds) or min(self.seeds) < 0:
            raise ConfigError(
                f"seeds is {list(self.seeds)}; wanted at least one, none negative, none twice"
            )
        if self.data.flow != bool(self.descriptor.flow):
            raise ConfigError(
                f"data.corpora is {list(self.data.corpora)} and descriptor.flow "
                f"{list(self.descriptor.flow)}; wanted both to be of flow or neither: write "
                'corpora = ["flow_images"] and flow = ["onset-apex"], or leave both out'
            )

    @classmethod
    def of_settings(cls, settings: Settings, name: str, seeds: tuple[int, ...]) -> "Experiment":
        """An experiment with these settings on a corpus that has a manifest."""
        own = {one.name: getattr(settings, one.name) for one in fields(Settings)}
        return cls(name=name, seeds=seeds, **own)


@runtime_checkable
class PreparedFrames(Protocol):
    """Prepared frames by clip key, such as `smastn.faces.preparation` gives or a dict."""

    def __getitem__(self, key: str, /) -> ndarray:
        """The clip's prepared frames, uint8, time x size x size x 3."""
        ...


@dataclass(frozen=True, slots=True)
class Study:
    """An experiment on certain clips.

    Attributes:
        experiment: its settings.
        clips: all clips; their order is the order of all tables.
        prepared: their prepared frames.
        parts: the part of an official split that each is in, by its key.
        show_leak: also store, apart, what choosing the epoch on the held-out clips gives.
        drawn: a folder in which folds leave sampled_views of training clips for each other; where
            there is none, each fold makes its own, the same.
        together: folds trained at once; 0 for as many as a GPU's memory holds, and for one
            where there is no GPU. It changes the last digits, and nothing else.
    """

    experiment: Experiment
    clips: tuple[Clip, ...]
    prepared: PreparedFrames
    parts: Mapping[str, str] = field(default_factory=dict)
    show_leak: bool = False
    drawn: Path | None = None
    together: int = 0

    def folds(self) -> list[Fold]:
        """The folds of the experiment's protocol over these clips.

        Raises:
            InputError: the protocol cannot be had from these clips, or a training
                side shows fewer than two emotions.
        """
        folds = make_folds(self.clips, self.experiment.protocol, self.parts)
        for fold in folds:
            emotions = {clip.emotion for clip in fold.train}
            if len(emotions) < 2:
                raise InputError(
                    f"without {fold.name} the clips show {', '.join(emotions)} only; wanted at "
                    "least two emotions to learn from: add subjects, or leave that one out"
                )
        return folds

    def frames(self, clip: Clip) -> ndarray:
        """The prepared frames of one of the clips, uint8, time x size x size x 3."""
        return np.asarray(self.prepared[clip.key])

    def samples(self) -> list[Sample]:
        """The exact clips, each with a checksum of its prepared frames."""
        return [_sample(clip, self.frames(clip)) for clip in self.clips]


def _sample(clip: Clip, frames: ndarray) -> Sample:
    head = crc32(f"{frames.shape} {frames.dtype}".encode())
    checksum = crc32(frames.tobytes(), head)
    return Sample(clip.key, clip.emotion, len(frames), f"{checksum:08x}")
