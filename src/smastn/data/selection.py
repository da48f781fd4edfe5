"""Which clips an experiment is made on: corpora, the grouping of labels, the owners' split."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from smastn.config import check_choices
from smastn.data.clip import Clip
from smastn.data.manifest import read_manifest
from smastn.errors import ConfigError, InputError

TRAINING_PART = "training"
"""Name of the part of an official split that is learnt from; all others are asked about."""

_OFFICIAL_PARTS = {"dfme": (TRAINING_PART, "testA", "testB")}


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Corpora and the classes made of their labels.

    Attributes:
        corpora: names that ``smastn corpora`` lists; ``manifest`` for one's own. One lies in the
            data folder itself; of several, each in the folder there that has its name.
        classes: name of a class scheme, such as ``5``; empty keeps the labels as they are.
        counts: ``published`` refuses a copy whose classes are not as many as published, since
            scores on it compare with nobody's; ``any`` takes what is there.
    """

    corpora: tuple[str, ...] = ("manifest",)
    classes: str = ""
    counts: Literal["published", "any"] = "published"

    def __post_init__(self) -> None:
        check_choices(self)
        if not self.corpora or len(set(self.corpora)) < len(self.corpora):
            raise ConfigError(
                f"corpora is {list(self.corpora)}; wanted at least one name, none twice"
            )


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen clips.

    Attributes:
        clips: with their classes, corpus by corpus.
        parts: the part of the owners' split each belongs to, by its key; empty unless asked for.
    """

    clips: tuple[Clip, ...]
    parts: Mapping[str, str] = field(default_factory=dict)


def select_clips(root: Path, config: DataConfig, split: bool = False) -> Selection:
    """The clips under `root` that the settings name.

    Args:
        root: the corpus, or a folder with one folder for each of several corpora.
        config: corpora and classes.
        split: read the owners' split into training and test parts too.

    Raises:
        ConfigError: a corpus or a class scheme is unknown, or has no official split.
        InputError: a corpus cannot be read, or has not the published clips.
    """
    if split:
        return _split_clips(root, config)
    several = len(config.corpora) > 1
    clips: list[Clip] = []
    for name in config.corpora:
        clips += _classed(_read(name, root / name if several else root), config)
    return Selection(tuple(clips))


def _split_clips(root: Path, config: DataConfig) -> Selection:
    (name, *others) = config.corpora
    if others or name not in _OFFICIAL_PARTS:
        raise ConfigError(
            f"{', '.join(config.corpora)} has no official split that is known here; known are "
            f"{', '.join(_OFFICIAL_PARTS)}: choose another protocol.scheme"
        )
    reader = getattr(_corpora(name), f"read_{name}")
    clips: list[Clip] = []
    parts: dict[str, str] = {}
    for part in _OFFICIAL_PARTS[name]:
        found = _classed(reader(root, part), config)
        clips += found
        parts |= {clip.key: part for clip in found}
    if len(parts) < len(clips):
        raise InputError(
            f"{root} lists {len(clips) - len(parts)} clips in more than one part of the official "
            "split; wanted each in one: audit this copy"
        )
    return Selection(tuple(clips), parts)


def _read(name: str, root: Path) -> Any:
    """A corpus with its clips; a manifest needs none of the corpus readers."""
    return read_manifest(root) if name == "manifest" else _corpora().read_corpus(name, root)


def _classed(corpus: Any, config: DataConfig) -> list[Clip]:
    clips = list(corpus if isinstance(corpus, list) else corpus.clips)
    if not config.classes:
        return clips
    labels = _corpora("labels")
    scheme = labels.scheme(clips[0].subject.split("/", 1)[0], config.classes)
    clips = labels.labelled(clips, scheme)
    if config.counts == "published":
        labels.require_counts(clips, scheme)
    return clips


def _corpora(module: str = "corpora") -> Any:
    """A module of the corpus readers, found by name: a manifest is read without them."""
    try:
        return import_module(f"smastn.data.{module}")
    except ModuleNotFoundError as error:
        if error.name != f"smastn.data.{module}":
            raise
        raise ConfigError(
            "this smastn reads no corpus but one's own; set data.corpora to ['manifest'] and "
            "write a manifest.csv"
        ) from error
