"""Selects the clips of an experiment: corpora, classes, the owners' official split."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from smastn.config import check_choices
from smastn.corpora.catalogue import find_corpus, known_corpora, read_corpus
from smastn.corpora.class_schemes import classify, count_differences
from smastn.corpora.clip import Clip
from smastn.corpora.coding_table import read_coding
from smastn.corpora.flow_images import FLOW, flow_clips
from smastn.errors import ConfigError, InputError


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Corpora and the classes made of their labels.

    Attributes:
        corpora: names that ``smastn corpora`` lists, or references such as
            ``my_corpus.py:CORPUS``; ``manifest`` for own data. A single corpus is in the data
            folder itself; of several, each is in the subfolder with its name. ``flow_images``,
            alone, for public images of optical flow.
        classes: name of a class scheme, such as ``5``; empty keeps the labels as they are.
        counts: ``published`` refuses a copy whose classes have other counts than published, since
            its scores cannot be compared; ``any`` accepts it.
        action_units: a table with the action units of clips, see `smastn.corpora.coding_table`;
            it goes before those that the corpus itself has. Empty where there is none.
        coded_only: leave out clips whose action units are unknown.
    """

    corpora: tuple[str, ...] = ("manifest",)
    classes: str = ""
    counts: Literal["published", "any"] = "published"
    action_units: str = ""
    coded_only: bool = False

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
        """Whether these are images of flow, and not films."""
        return FLOW in self.corpora


@dataclass(frozen=True, slots=True)
class Selection:
    """The selected clips.

    Attributes:
        clips: with their classes, corpus by corpus.
        parts: the part of the owners' split each belongs to, by its key; empty unless read.
    """

    clips: tuple[Clip, ...]
    parts: Mapping[str, str] = field(default_factory=dict)


def select_clips(root: str | Path, config: DataConfig, split: bool = False) -> Selection:
    """The clips under `root` that the settings name.

    Args:
        root: the corpus, or a folder with one folder for each of several corpora.
        config: corpora and classes.
        split: read the owners' split into training and test parts too.

    Raises:
        ConfigError: a corpus or a class scheme is unknown, or has no official split.
        InputError: a corpus cannot be read, or has other counts than published.
    """
    root = Path(root)
    read_split = _official_split(config) if split else None
    clips = _coded(_classified(root, config), config)
    parts = read_split(root) if read_split else {}
    return Selection(
        tuple(clips), {key: parts[key] for clip in clips if (key := clip.key) in parts}
    )


def _classified(root: Path, config: DataConfig) -> list[Clip]:
    """The clips in their classes, corpus by corpus."""
    if config.flow:
        return flow_clips(root)
    clips: list[Clip] = []
    for name in config.corpora:
        several = len(config.corpora) > 1
        own = root / find_corpus(name).name if several else root
        clips += classified_clips(name, own, config.classes, config.counts)
    return clips


def _coded(clips: list[Clip], config: DataConfig) -> list[Clip]:
    """The clips with the action units of the user's table, and those without any left out."""
    if config.action_units:
        clips = read_coding(config.action_units).of(clips)
    if not config.coded_only:
        return clips
    coded = [clip for clip in clips if clip.action_units is not None]
    if not coded:
        raise InputError(
            f"none of the {len(clips)} clips has action units, and data.coded_only keeps only "
            "those that do; wanted a table of them: name it with --action-units FILE"
        )
    return coded


def classified_clips(
    name: str, root: str | Path, classes: str = "", counts: str = "published"
) -> list[Clip]:
    """The clips of one corpus in the classes of a scheme.

    Args:
        name: as in `read_corpus`.
        root: the folder of the corpus.
        classes: name of one of its class schemes; empty keeps the labels.
        counts: see `DataConfig`.

    Raises:
        ConfigError: the corpus or the scheme is unknown.
        InputError: the corpus cannot be read, or has other counts than published.
    """
    definition = find_corpus(name)
    scheme = definition.scheme(classes) if classes else None
    clips = list(read_corpus(name, root).clips)
    if scheme is None:
        return clips
    found = classify(clips, scheme)
    differences = count_differences(found, scheme)
    if counts == "any" or not differences:
        return found
    fitting = [
        f'set classes = "{other.name}", which fits it, '
        for other in definition.schemes
        if other.classes == scheme.classes and not count_differences(found, other)
    ]
    raise InputError(
        f"{definition.name} in {classes} classes has {len(found)} clips, published "
        f"{sum(scheme.counts.values())} ({'; '.join(differences)}; counted by {scheme.citation}): "
        f"audit this copy and correct it, or in the experiment's [data] {''.join(fitting[:1])}"
        'or counts = "any", and report the counts with your scores'
    )


def _official_split(config: DataConfig) -> Callable[[Path], Mapping[str, str]]:
    split = find_corpus(config.corpora[0]).split if len(config.corpora) == 1 else None
    if split is None:
        known = [name for name, one in known_corpora().items() if one.split]
        raise ConfigError(
            f"{', '.join(config.corpora)} has no official split; {', '.join(known)} has one: "
            "choose another protocol.scheme"
        )
    return split
