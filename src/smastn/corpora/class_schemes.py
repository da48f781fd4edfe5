"""Class schemes: which emotions make which class, and how many clips that gives.

"CASME II, 3 classes" means 145, 147, 150, 156 or 254 clips, depending on the
paper. A scheme here names its classes, what it leaves out, how many clips and
people it has, and who counts so; a copy that gives other counts is told.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from smastn.corpora.clip import Clip
from smastn.errors import ConfigError, InputError


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to make classes of a corpus.

    Attributes:
        corpus: short name of the corpus.
        name: what it is asked for by, such as ``"5"``, ``"3"`` or ``"objective"``.
        classes: emotion (or objective class as a numeral) and the class it belongs to; what is
            not named is left out.
        counts: clips of each class in the published release.
        people: people with a clip in it, or None where nobody has published it.
        citation: who counts so.
        left_out: keys of clips left out although their emotion has a class.
        label: which label of a clip is looked up.
    """

    corpus: str
    name: str
    classes: Mapping[str, str]
    counts: Mapping[str, int]
    people: int | None
    citation: str
    left_out: frozenset[str] = frozenset()
    label: Literal["emotion", "objective"] = "emotion"

    @property
    def clips(self) -> int:
        """Clips of all classes together."""
        return sum(self.counts.values())


_MEGC = "See et al., MEGC 2019, FG 2019, 10.1109/FG.2019.8756611"
_OBJECTIVE = "Davison et al. 2018, 10.3390/jimaging4100119; Yap et al., MEGC 2018, FG 2018"
_NUMERALS: tuple[str, ...] = ("I", "II", "III", "IV", "V")


def _same(counts: dict[str, int]) -> dict[str, str]:
    return {name: name for name in counts}


def _objective(corpus: str, counts: Sequence[int], people: int) -> Scheme:
    numerals: dict[str, int] = dict(zip(_NUMERALS, counts, strict=True))
    classes = {str(i): name for i, name in enumerate(_NUMERALS, start=1)}
    return Scheme(corpus, "objective", classes, numerals, people, _OBJECTIVE, label="objective")


_CASME2 = {"happiness": 32, "surprise": 25, "disgust": 63, "repression": 27, "others": 99}
_YAN = "Yan et al. 2014, 10.1371/journal.pone.0086041; coding sheet 20140508"
_NEGATIVE = dict.fromkeys(("anger", "contempt", "disgust", "fear", "sadness"), "negative")
_SIGNS = {"positive": "positive", "negative": "negative", "surprise": "surprise"}
_SMIC = "Li et al. 2013, 10.1109/FG.2013.6553717"
_CASME3 = "Li et al. 2022, 10.1109/TPAMI.2022.3174895; label sheet v2"
_CASME3_CLASSES = {
    **dict.fromkeys(("disgust", "fear", "anger", "sadness"), "negative"),
    **{"surprise": "surprise", "happiness": "positive"},
}
_MMEW = {"happiness": 36, "surprise": 89, "disgust": 72, "fear": 16, "sadness": 13, "anger": 8}
_BEN = "Ben et al. 2022, 10.1109/TPAMI.2021.3067464"

SCHEMES: tuple[Scheme, ...] = (
    Scheme("casme2", "5", _same(_CASME2), _CASME2, 26, _YAN),
    Scheme("casme2", "5-2019", _same(_CASME2), {**_CASME2, "disgust": 64}, 26, "sheet of 2019"),
    Scheme(
        "casme2",
        "4",
        {
            **dict.fromkeys(("disgust", "sadness", "fear"), "negative"),
            **{"happiness": "positive", "surprise": "surprise"},
            **dict.fromkeys(("others", "repression"), "others"),
        },
        {"positive": 32, "negative": 72, "surprise": 25, "others": 126},
        26,
        "the owners' note.txt",
    ),
    Scheme(
        "casme2",
        "3",
        {
            **dict.fromkeys(("disgust", "repression"), "negative"),
            **{"happiness": "positive", "surprise": "surprise"},
        },
        {"negative": 88, "positive": 32, "surprise": 25},
        24,
        _MEGC,
        left_out=frozenset({"casme2/04/EP12_01f", "casme2/05/EP09_05f"}),
    ),
    _objective("casme2", (25, 15, 99, 26, 20), 26),
    Scheme(
        "samm",
        "5",
        _same(
            counts := {"anger": 57, "contempt": 12, "happiness": 26, "surprise": 15, "others": 26}
        ),
        counts,
        28,
        "Davison et al. 2018, 10.1109/TAFFC.2016.2573832",
    ),
    Scheme(
        "samm",
        "3",
        {**_NEGATIVE, "happiness": "positive", "surprise": "surprise"},
        {"negative": 92, "positive": 26, "surprise": 15},
        28,
        _MEGC,
    ),
    _objective("samm", (24, 13, 20, 8, 3), 21),
    Scheme("smic", "3", _SIGNS, {"negative": 70, "positive": 51, "surprise": 43}, 16, _SMIC),
    Scheme("smic", "3-slow", _SIGNS, {"negative": 23, "positive": 28, "surprise": 20}, None, _SMIC),
    Scheme(
        "casme3",
        "7",
        _same(
            counts := {
                **{"disgust": 250, "surprise": 187, "others": 161, "fear": 86, "anger": 64},
                **{"sadness": 57, "happiness": 55},
            }
        ),
        counts,
        94,
        _CASME3,
    ),
    Scheme(
        "casme3",
        "4",
        {**_CASME3_CLASSES, "others": "others"},
        {"negative": 457, "surprise": 187, "others": 161, "positive": 55},
        94,
        _CASME3,
    ),
    Scheme(
        "casme3",
        "3",
        _CASME3_CLASSES,
        {"negative": 457, "positive": 55, "surprise": 187},
        88,
        _CASME3,
    ),
    Scheme("mmew", "7", _same({**_MMEW, "others": 66}), {**_MMEW, "others": 66}, 30, _BEN),
    Scheme("mmew", "6", _same(_MMEW), _MMEW, None, _BEN),
    Scheme(
        "mmew",
        "4",
        _same(counts := {"happiness": 36, "surprise": 89, "disgust": 72, "others": 66}),
        counts,
        None,
        _BEN,
    ),
    Scheme(
        "casme",
        "4",
        _same(counts := {"disgust": 44, "repression": 38, "surprise": 20, "tension": 69}),
        counts,
        None,
        "Yan et al. 2013, 10.1109/FG.2013.6553799",
    ),
)
"""Every scheme this package knows."""


def scheme(corpus: str, name: str) -> Scheme:
    """The scheme of this name.

    Raises:
        ConfigError: unknown; the message lists what is known.
    """
    for known in SCHEMES:
        if (known.corpus, known.name) == (corpus, name):
            return known
    names = ", ".join(known.name for known in SCHEMES if known.corpus == corpus) or "none"
    raise ConfigError(
        f"{corpus} has no class scheme {name}; known are {names}: ask for one of them"
    )


def labelled(clips: Iterable[Clip], chosen: Scheme) -> list[Clip]:
    """The clips that have a class, with the class in place of the emotion, in their order."""
    classes = ((clip, _class_of(clip, chosen)) for clip in clips)
    return [replace(clip, emotion=name) for clip, name in classes if name is not None]


def count_differences(classed: Iterable[Clip], chosen: Scheme) -> list[str]:
    """How clips in classes differ from the published counts, in words; empty if they do not."""
    clips = list(classed)
    seen = Counter(clip.emotion for clip in clips)
    differences = [
        f"{name}: {seen[name]} clips, published {count}"
        for name, count in chosen.counts.items()
        if seen[name] != count
    ]
    people = len({clip.subject for clip in clips})
    if chosen.people is not None and people != chosen.people:
        differences.append(f"{people} people, published {chosen.people}")
    return differences


def require_counts(classed: Sequence[Clip], chosen: Scheme) -> None:
    """Refuse clips whose counts are not the published ones.

    Raises:
        InputError: they differ; scores on them compare with nobody's.
    """
    differences = count_differences(classed, chosen)
    if differences:
        fitting = [
            f'set classes = "{known.name}", which fits it, '
            for known in SCHEMES
            if known.corpus == chosen.corpus
            and known.classes == chosen.classes
            and not count_differences(classed, known)
        ]
        raise InputError(
            f"{chosen.corpus} in {chosen.name} classes has {len(classed)} clips, published "
            f"{chosen.clips} ({'; '.join(differences)}; counted by {chosen.citation}): audit this "
            f"copy and put it right, or in the experiment's [data] {''.join(fitting[:1])}"
            'or counts = "any", and report the counts with your scores'
        )


def action_unit_labels(clips: Sequence[Clip], units: Sequence[int]) -> Bool[ndarray, "clips units"]:
    """Which clip shows which action unit, on either side of the face."""
    shown = [{int(unit.lstrip("LR")) for unit in clip.action_units} for clip in clips]
    labels = np.zeros((len(clips), len(units)), dtype=bool)
    for row, numbers in enumerate(shown):
        labels[row] = [unit in numbers for unit in units]
    return labels


def _class_of(clip: Clip, chosen: Scheme) -> str | None:
    if clip.key in chosen.left_out:
        return None
    written = clip.emotion if chosen.label == "emotion" else str(clip.objective)
    return chosen.classes.get(written)
