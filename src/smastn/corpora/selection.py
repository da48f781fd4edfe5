"""Which clips an experiment is made on: corpora, the grouping of labels, the owners' split."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from smastn.config import check_choices
from smastn.corpora.annotations import Corpus
from smastn.corpora.catalogue import read_corpus
from smastn.corpora.class_schemes import labelled, require_counts, scheme
from smastn.corpora.clip import Clip
from smastn.corpora.dfme import Split, read_dfme
from smastn.corpora.flow_images import FLOW, flow_clips
from smastn.errors import ConfigError, InputError

TRAINING_PART: Literal["training"] = "training"
"""Name of the part of an official split that is learnt from; all others are asked about."""

_PARTS: tuple[Split, ...] = (TRAINING_PART, "testA", "testB")


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Corpora and the classes made of their labels.

    Attributes:
        corpora: names that ``smastn corpora`` lists; ``manifest`` for one's own. One lies in the
            data folder itself; of several, each in the folder there that has its name.
            ``flow_images``, alone, for public pictures of optical flow.
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
        if self.flow and len(self.corpora) > 1:
            raise ConfigError(
                f"corpora is {list(self.corpora)}; wanted {FLOW} alone: its clips are no films"
            )

    @property
    def flow(self) -> bool:
        """Whether these are pictures of flow, and not films."""
        return FLOW in self.corpora


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
    if config.flow:
        return Selection(tuple(flow_clips(root)))
    several = len(config.corpora) > 1
    clips: list[Clip] = []
    for name in config.corpora:
        clips += _classed(read_corpus(name, root / name if several else root), config)
    return Selection(tuple(clips))


def _split_clips(root: Path, config: DataConfig) -> Selection:
    if config.corpora != ("dfme",):
        raise ConfigError(
            f"{', '.join(config.corpora)} has no official split that is known here; known is "
            "that of dfme: choose another protocol.scheme"
        )
    clips: list[Clip] = []
    parts: dict[str, str] = {}
    for part in _PARTS:
        found = _classed(read_dfme(root, part), config)
        clips += found
        parts |= {clip.key: part for clip in found}
    if len(parts) < len(clips):
        raise InputError(
            f"{root} lists {len(clips) - len(parts)} clips in more than one part of the official "
            "split; wanted each in one: audit this copy"
        )
    return Selection(tuple(clips), parts)


def _classed(corpus: Corpus, config: DataConfig) -> list[Clip]:
    if not config.classes:
        return list(corpus.clips)
    chosen = scheme(corpus.name, config.classes)
    clips = labelled(corpus.clips, chosen)
    if config.counts == "published":
        require_counts(clips, chosen)
    return clips
