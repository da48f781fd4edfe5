"""Who is trained on and who is asked about: folds by subject or by corpus.

A fold that exists keeps its held-out people out of reach: `Fold` refuses a
subject on both sides when it is made, whoever makes it. A subject is corpus and
person, so that ``casme2/06`` and ``samm/06`` are two people.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Literal

import numpy as np
from numpy import ndarray

from smastn.config import check_choices
from smastn.corpora.clip import Clip
from smastn.corpora.selection import TRAINING_PART
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
            ``subject-pairs``, every two of k groups of subjects held out together, so that
            `smastn.evaluation.nested_selection` can choose settings for one by the other;
            ``across-corpora``, train on one and test on another (HDE of MEGC2018);
            ``leave-one-corpus-out``; ``official-split``, the training and test parts that the
            owners of a corpus made.
        folds: how many folds ``subject-folds`` makes, how many groups ``subject-pairs``.
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
    """One split: clips to learn from, and clips to be asked about once.

    Attributes:
        name: the held-out subject or corpus, or which of the k folds; unique in a protocol.
        train: clips of the people learnt from.
        test: clips of the people held out.

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
                "held-out people unseen: split by subject, never by clip"
            )

    @property
    def unseen_emotions(self) -> tuple[str, ...]:
        """Emotions asked about that no training clip shows, so that they cannot be learnt."""
        learnt = {clip.emotion for clip in self.train}
        return tuple(sorted({clip.emotion for clip in self.test} - learnt))


def make_folds(
    clips: Sequence[Clip], config: ProtocolConfig, parts: Mapping[str, str] | None = None
) -> list[Fold]:
    """The folds that the settings name.

    Args:
        clips: all clips of the study.
        config: how they are split.
        parts: the part of an official split that a clip is in, by its key.

    Raises:
        InputError: the clips do not allow that protocol, or two have the same key.
    """
    _check_unique(clips)
    match config.scheme:
        case "leave-one-subject-out":
            return leave_one_subject_out(clips)
        case "composite":
            return composite(clips)
        case "subject-folds":
            return subject_folds(clips, config.folds, config.seed)
        case "subject-pairs":
            return subject_pairs(clips, config.folds, config.seed)
        case "across-corpora":
            return across_corpora(clips)
        case "leave-one-corpus-out":
            return leave_one_corpus_out(clips)
        case "official-split":
            return official_split(clips, parts or {})


def leave_one_subject_out(clips: Sequence[Clip]) -> list[Fold]:
    """A fold a subject, in the order of their names, each named by who is held out.

    Raises:
        InputError: there is only one subject.
    """
    subjects = [clip.subject for clip in clips]
    _need(set(subjects), "subject", 2)
    splits = _left_out(subjects)
    return [_fold(subjects[test[0]], clips, train, test) for train, test in splits]


def composite(clips: Sequence[Clip]) -> list[Fold]:
    """LOSO over several corpora together: composite database evaluation of MEGC2019.

    The emotions must have been brought to one scheme before.

    Raises:
        InputError: the clips are of one corpus only.
    """
    _need({corpus_of(clip) for clip in clips}, "corpus", 2)
    return leave_one_subject_out(clips)


def subject_folds(clips: Sequence[Clip], folds: int, seed: int) -> list[Fold]:
    """`folds` groups of subjects, each held out once, the emotions spread evenly.

    Raises:
        InputError: there are fewer subjects than folds.
    """
    subjects = [clip.subject for clip in clips]
    _need(set(subjects), "subject", folds)
    from sklearn.model_selection import StratifiedGroupKFold  # here, as it takes seconds

    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    emotions = [clip.emotion for clip in clips]
    _check_spread(emotions, folds)
    splits = enumerate(splitter.split(subjects, emotions, subjects), 1)
    return [_fold(f"{index} of {folds}", clips, train, test) for index, (train, test) in splits]


def subject_pairs(clips: Sequence[Clip], groups: int, seed: int) -> list[Fold]:
    """Every two of `groups` groups of subjects held out together; each clip is asked about often.

    Raises:
        InputError: there are fewer subjects than groups, or only two groups.
    """
    subjects = sorted({clip.subject for clip in clips})
    _need(set(subjects), "subject", max(3, groups))
    order = np.random.default_rng(seed).permutation(len(subjects))
    parts = np.array_split(order, groups)
    group = {subjects[at]: number for number, part in enumerate(parts, 1) for at in part}
    folds = []
    for pair in combinations(range(1, groups + 1), 2):
        sides: tuple[list[Clip], list[Clip]] = ([], [])
        for clip in clips:
            sides[group[clip.subject] in pair].append(clip)
        folds.append(Fold(f"{pair[0]} and {pair[1]} of {groups}", *map(tuple, sides)))
    return folds


def across_corpora(clips: Sequence[Clip]) -> list[Fold]:
    """Train on one corpus, test on another, for every ordered pair.

    With two corpora this is the holdout-database evaluation (HDE) of MEGC2018.

    Raises:
        InputError: the clips are of one corpus only.
    """
    corpora = sorted({corpus_of(clip) for clip in clips})
    _need(set(corpora), "corpus", 2)
    of = {name: tuple(clip for clip in clips if corpus_of(clip) == name) for name in corpora}
    return [
        Fold(f"{one} to {other}", of[one], of[other]) for one, other in permutations(corpora, 2)
    ]


def leave_one_corpus_out(clips: Sequence[Clip]) -> list[Fold]:
    """A fold a corpus: train on all others, test on it.

    Raises:
        InputError: the clips are of one corpus only.
    """
    corpora = [corpus_of(clip) for clip in clips]
    _need(set(corpora), "corpus", 2)
    splits = _left_out(corpora)
    return [_fold(corpora[test[0]], clips, train, test) for train, test in splits]


def _left_out(groups: Sequence[str]) -> Iterator[tuple[ndarray, ndarray]]:
    """Each group once: the places of all others, and its own."""
    # Not by scikit-learn: importing it takes as long as torch, and every process makes the folds.
    names = np.asarray(groups)
    for name in np.unique(names):
        own = names == name
        yield np.flatnonzero(~own), np.flatnonzero(own)


def official_split(clips: Sequence[Clip], parts: Mapping[str, str]) -> list[Fold]:
    """The owners' own split: train on the part ``training``, a fold for each other part.

    Args:
        clips: all clips of the study.
        parts: which part each is in, by its key.

    Raises:
        InputError: a clip is in no part, or a subject is on both sides.
    """
    if homeless := [clip.key for clip in clips if clip.key not in parts]:
        raise InputError(
            f"{len(homeless)} clips are in no part of an official split, first {homeless[0]}; "
            "wanted a corpus whose owners split it: choose another protocol.scheme"
        )
    of: dict[str, list[Clip]] = {}
    for clip in clips:
        of.setdefault(parts[clip.key], []).append(clip)
    train = tuple(of.pop(TRAINING_PART, ()))
    return [Fold(part, train, tuple(own)) for part, own in of.items()]


def corpus_of(clip: Clip) -> str:
    """The corpus a clip is from: what stands before the ``/`` in its subject."""
    return clip.subject.split("/", 1)[0]


def _fold(name: str, clips: Sequence[Clip], train: np.ndarray, test: np.ndarray) -> Fold:
    return Fold(name, tuple(clips[at] for at in train), tuple(clips[at] for at in test))


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
