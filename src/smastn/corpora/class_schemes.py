"""Class schemes: which labels form which class, and how many clips each class has.

"CASME II, 3 classes" means 145, 147, 150, 156 or 254 clips, depending on the
paper. A scheme names its classes, the clips it leaves out, the published
counts and their source; a copy with other counts is reported.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from smastn.corpora.clip import Clip

MEGC2019 = "See et al., MEGC 2019, FG 2019, 10.1109/FG.2019.8756611"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to group the labels of a corpus into classes.

    Attributes:
        name: what settings call it, such as ``"5"``, ``"3"`` or ``"objective"``.
        classes: label (or objective class as a numeral) and the class it belongs to; clips with
            other labels are left out.
        counts: clips of each class in the published release; empty if not published.
        subjects: subjects with a clip in it, or None if not published.
        citation: where the counts were published.
        left_out: keys of clips left out although their label has a class.
        label: which label of a clip is grouped.
    """

    name: str
    classes: Mapping[str, str]
    counts: Mapping[str, int] = field(default_factory=dict)
    subjects: int | None = None
    citation: str = ""
    left_out: frozenset[str] = frozenset()
    label: Literal["emotion", "objective"] = "emotion"


def label_scheme(
    name: str, counts: Mapping[str, int], subjects: int | None, citation: str
) -> Scheme:
    """A scheme whose classes are the labels themselves."""
    return Scheme(name, {label: label for label in counts}, counts, subjects, citation)


def objective_scheme(counts: tuple[int, int, int, int, int], subjects: int) -> Scheme:
    """The scheme of objective classes I to V."""
    numerals = ("I", "II", "III", "IV", "V")
    return Scheme(
        "objective",
        {str(number): numeral for number, numeral in enumerate(numerals, start=1)},
        dict(zip(numerals, counts, strict=True)),
        subjects,
        "Davison et al. 2018, 10.3390/jimaging4100119; Yap et al., MEGC 2018, FG 2018",
        label="objective",
    )


def classify(clips: Iterable[Clip], scheme: Scheme) -> list[Clip]:
    """The clips that have a class, with the class in place of the emotion, in their order."""
    classes = ((clip, _class_of(clip, scheme)) for clip in clips)
    return [replace(clip, emotion=name) for clip, name in classes if name is not None]


def count_differences(classified: Iterable[Clip], scheme: Scheme) -> list[str]:
    """How clips in classes differ from the published counts, in words; empty if they do not."""
    clips = list(classified)
    seen = Counter(clip.emotion for clip in clips)
    differences = [
        f"{name}: {seen[name]} clips, published {count}"
        for name, count in scheme.counts.items()
        if seen[name] != count
    ]
    subjects = len({clip.subject for clip in clips})
    if scheme.subjects is not None and subjects != scheme.subjects:
        differences.append(f"{subjects} subjects, published {scheme.subjects}")
    return differences


def _class_of(clip: Clip, scheme: Scheme) -> str | None:
    if clip.key in scheme.left_out:
        return None
    label = clip.emotion if scheme.label == "emotion" else str(clip.objective)
    return scheme.classes.get(label)
