"""Which clips are trained on and which are held out: folds by subject or by corpus.

A `Fold` with a subject on both sides cannot be created. A subject is corpus
and person, so that ``casme2/06`` and ``samm/06`` are two subjects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Literal

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from smastn.config import check_choices
from smastn.corpora.clip import Clip
from smastn.corpora.corpus import TRAINING_PART
from smastn.errors import ConfigError, InputError

Scheme = Literal[
    "leave-one-subject-out",
    "composite",
    "subject-folds",
    "subject-pairs",
    "across-corpora",
    "leave-one-corpus-out",
    "official-split",
]


@dataclass(frozen=True, slots=True)
class ProtocolConfig:
    """How the clips are split.

    Attributes:
        scheme: ``leave-one-subject-out`` (LOSO); ``composite``, LOSO over several corpora
            together (CDE of MEGC2019); ``subject-folds``, k-fold by subject;
            ``subject-pairs``, every two of k groups of subjects held out together, for nested
            cross-validation; ``across-corpora``, train on one and test on another (HDE of
            MEGC2018); ``leave-one-corpus-out``; ``official-split``, the training and test
            parts that the owners of a corpus published.
        folds: number of folds of ``subject-folds``, of groups of ``subject-pairs``.
        seed: which subjects come together in them.
    """

    scheme: Scheme = "leave-one-subject-out"
    folds: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        check_choices(self)
        if self.folds < 2:
            raise ConfigError(f"folds is {self.folds}; wanted at least 2")

    @property
    def idle(self) -> tuple[str, ...]:
        """Names of the settings that have no effect under this scheme."""
        return () if self.scheme in ("subject-folds", "subject-pairs") else ("folds", "seed")


@dataclass(frozen=True, slots=True)
class Fold:
    """One split into training clips and held-out clips.

    Attributes:
        name: the held-out subject or corpus, or which of the k folds; unique in a protocol.
        train: training clips.
        test: held-out clips, each predicted once.

    Raises:
        InputError: a subject is on both sides, or a side is empty.
    """

    name: str
    train: tuple[Clip, ...]
    test: tuple[Clip, ...]

    def __post_init__(self) -> None:
        if not self.train or not self.test:
            side = "train" if not self.train else "test"
            raise InputError(
                f"fold {self.name} has no clip to {side} on; wanted some on both sides: "
                "add subjects, or choose another protocol"
            )
        both = {clip.subject for clip in self.train} & {clip.subject for clip in self.test}
        if both:
            raise InputError(
                f"fold {self.name} has {', '.join(sorted(both))} on both sides; wanted the "
                "held-out subjects unseen: split by subject, never by clip"
            )

    @property
    def unseen_emotions(self) -> tuple[str, ...]:
        """Emotions of held-out clips that no training clip shows, so that none can be learnt."""
        learnt = {clip.emotion for clip in self.train}
        return tuple(sorted({clip.emotion for clip in self.test} - learnt))


def make_folds(
    clips: Sequence[Clip], config: ProtocolConfig, parts: Mapping[str, str] | None = None
) -> list[Fold]:
    """The folds that the settings name; `parts` are those of an official split, by clip key.

    Raises:
        InputError: the clips do not allow that protocol, or two have the same key.
    """
    _check_unique(clips)
    match config.scheme:
        case "leave-one-subject-out":
            return leave_one_subject_out(clips)
        case "composite":
            _need({clip.corpus for clip in clips}, "corpus", 2)
            return leave_one_subject_out(clips)
        case "subject-folds":
            return subject_folds(clips, config.folds, config.seed)
        case "subject-pairs":
            return subject_pairs(clips, config.folds, config.seed)
        case "across-corpora":
            return across_corpora(clips)
        case "leave-one-corpus-out":
            return _leave_one_out(clips, [clip.corpus for clip in clips], "corpus")
        case "official-split":
            return official_split(clips, parts or {})


def leave_one_subject_out(clips: Sequence[Clip]) -> list[Fold]:
    """A fold a subject, in the order of their names, each named by who is held out.

    Raises:
        InputError: there is only one subject.
    """
    return _leave_one_out(clips, [clip.subject for clip in clips], "subject")


def subject_folds(clips: Sequence[Clip], folds: int, seed: int) -> list[Fold]:
    """`folds` groups of subjects, each held out once, the emotions spread evenly.

    Raises:
        InputError: there are fewer subjects than folds, or a class is rarer than them.
    """
    subjects = [clip.subject for clip in clips]
    _need(set(subjects), "subject", folds)
    from sklearn.model_selection import StratifiedGroupKFold  # here, as it takes seconds

    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    emotions = [clip.emotion for clip in clips]
    _check_spread(emotions, folds)
    splits = enumerate(splitter.split(subjects, emotions, subjects), 1)
    places = np.arange(len(clips))
    return [
        _fold(f"{number} of {folds}", clips, np.isin(places, test)) for number, (_, test) in splits
    ]


def subject_pairs(clips: Sequence[Clip], groups: int, seed: int) -> list[Fold]:
    """Every two of `groups` groups of subjects held out together; a clip is in several folds.

    Raises:
        InputError: there are fewer subjects than groups, or only two groups.
    """
    subjects = sorted({clip.subject for clip in clips})
    _need(set(subjects), "subject", max(3, groups))
    order = np.random.default_rng(seed).permutation(len(subjects))
    parts = np.array_split(order, groups)
    group = {subjects[at]: number for number, part in enumerate(parts, 1) for at in part}
    numbers = np.array([group[clip.subject] for clip in clips])
    return [
        _fold("{} and {} of {}".format(*pair, groups), clips, np.isin(numbers, pair))
        for pair in combinations(range(1, groups + 1), 2)
    ]


def across_corpora(clips: Sequence[Clip]) -> list[Fold]:
    """Train on one corpus, test on another, for every ordered pair.

    With two corpora this is the holdout-database evaluation (HDE) of MEGC2018.

    Raises:
        InputError: the clips are of one corpus only.
    """
    corpora = sorted({clip.corpus for clip in clips})
    _need(set(corpora), "corpus", 2)
    of = {name: tuple(clip for clip in clips if clip.corpus == name) for name in corpora}
    return [
        Fold(f"{one} to {other}", of[one], of[other]) for one, other in permutations(corpora, 2)
    ]


def official_split(clips: Sequence[Clip], parts: Mapping[str, str]) -> list[Fold]:
    """The owners' own split: train on the part ``training``, a fold for each other part.

    Raises:
        InputError: a clip is in no part, or a subject is on both sides.
    """
    if without := [clip.key for clip in clips if clip.key not in parts]:
        raise InputError(
            f"{len(without)} clips are in no part of an official split, first {without[0]}; "
            "wanted a corpus whose owners split it: choose another protocol.scheme"
        )
    of: dict[str, list[Clip]] = {}
    for clip in clips:
        of.setdefault(parts[clip.key], []).append(clip)
    train = tuple(of.pop(TRAINING_PART, ()))
    return [Fold(part, train, tuple(own)) for part, own in of.items()]


def _leave_one_out(clips: Sequence[Clip], groups: Sequence[str], noun: str) -> list[Fold]:
    """A fold a group, named by it. Not by scikit-learn, whose import takes seconds."""
    _need(set(groups), noun, 2)
    names = np.asarray(groups)
    return [_fold(name, clips, names == name) for name in sorted(set(groups))]


def _fold(name: str, clips: Sequence[Clip], held_out: Bool[ndarray, " clips"]) -> Fold:
    sides = (np.flatnonzero(~held_out).tolist(), np.flatnonzero(held_out).tolist())
    return Fold(name, *(tuple(clips[at] for at in side) for side in sides))


def _need(names: set[str], noun: str, wanted: int) -> None:
    if len(names) < wanted:
        seen = ", ".join(sorted(names)) or "none"
        plural = {"subject": "subjects", "corpus": "corpora"}[noun]
        raise InputError(
            f"the clips are of {len(names)} {noun if len(names) == 1 else plural} ({seen}); this "
            f"protocol wants at least {wanted}: add more, or choose another protocol"
        )


def _check_spread(emotions: Sequence[str], folds: int) -> None:
    """A class rarer than the number of folds cannot be in every training and test side."""
    rare = sorted({name for name in emotions if emotions.count(name) < folds})
    if rare:
        raise InputError(
            f"fewer clips than the {folds} folds for {', '.join(rare)}; wanted at least one a "
            "fold: make fewer folds, or merge the class"
        )


def _check_unique(clips: Sequence[Clip]) -> None:
    keys = [clip.key for clip in clips]
    twice = sorted({key for key in keys if keys.count(key) > 1}) if len({*keys}) < len(keys) else []
    if twice:
        raise InputError(
            f"clip {twice[0]} is listed {keys.count(twice[0])} times; wanted each clip once: "
            "remove it from the manifest, or give it a name of its own"
        )
