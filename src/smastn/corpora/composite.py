"""Several corpora as one: the MEGC 2019 composite, and the cross-corpus groupings.

MEGC 2019 (See et al., FG 2019): CASME II 145, SMIC-HS 164 and SAMM 133 clips,
68 people, 250 negative, 109 positive, 83 surprise. HDE (Yap et al., MEGC 2018):
train on one of CASME II and SAMM, test on the other, objective classes I to V.
CD6ME (Varanka et al., arXiv 2211.11425): leave one of six corpora out, twelve
action units.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from smastn.corpora.class_schemes import labelled, require_counts, scheme
from smastn.corpora.clip import Clip
from smastn.corpora.sheets import read_sheets
from smastn.corpora.tables import cell_text, whole_number
from smastn.errors import InputError

COMPOSITE = ("casme2", "smic", "samm")
"""Corpora of the composite, in the order of the official list."""
LABELS = ("negative", "positive", "surprise")
"""Classes of the composite; the official list writes their places 0, 1, 2."""
CD6ME = {"casme": 189, "casme2": 256, "samm": 159, "4dme": 267, "mmew": 300, "casme3": 860}
"""Corpora of CD6ME and their clips, 2031 in all."""
CD6ME_UNITS = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17)
"""The action units CD6ME asks for."""


@dataclass(frozen=True, slots=True)
class OfficialClip:
    """One line of the official list, spelled as there.

    Attributes:
        database: casme2, smic or samm.
        subject: ``sub01``, ``s01`` or ``6``.
        name: the clip; SMIC's person is padded here (``s01_ne_01``) and not on disk.
        emotion: its class.
    """

    database: str
    subject: str
    name: str
    emotion: str


def composite(clips: Iterable[Clip], strict: bool = True) -> list[Clip]:
    """The clips of the MEGC 2019 composite among `clips`, with its three classes.

    Args:
        clips: CASME II, SMIC-HS and SAMM as their readers give them, in any order.
        strict: refuse counts that are not the published 442 clips.

    Raises:
        InputError: with `strict`, the counts of a corpus are not the published ones.
    """
    everything = list(clips)
    chosen: list[Clip] = []
    for corpus in COMPOSITE:
        own = [clip for clip in everything if corpus_of(clip) == corpus]
        classed = labelled(own, scheme(corpus, "3"))
        if strict:
            require_counts(classed, scheme(corpus, "3"))
        chosen += classed
    return chosen


def official_spelling(clip: Clip) -> OfficialClip:
    """How the official list and the published logs spell a clip of the composite."""
    corpus, person = clip.subject.split("/", 1)
    number = int(person)
    match corpus:
        case "casme2":
            return OfficialClip(corpus, f"sub{number:02d}", clip.name, clip.emotion)
        case "smic":
            name = re.sub(r"^s0*\d+", f"s{number:02d}", clip.name)
            return OfficialClip(corpus, f"s{number:02d}", name, clip.emotion)
        case _:
            return OfficialClip(corpus, str(number), clip.name, clip.emotion)


def read_official(path: Path) -> list[OfficialClip]:
    """An official list (``combined_3class_gt.csv``): database, subject, clip, label 0 to 2.

    Raises:
        InputError: a line is not of this kind, or the list is not the one of 442 clips.
    """
    official = []
    for number, cells in read_sheets(path)[0].rows:
        label = whole_number(cells[3]) if len(cells) > 3 else None
        if label is None or not 0 <= label < len(LABELS):
            raise InputError(
                f"{path}, line {number}: wanted database,subject,clip,label with label 0, 1 or 2; "
                "take combined_3class_gt.csv of MEGC 2019"
            )
        words = [cell_text(cell) for cell in cells[:3]]
        official.append(OfficialClip(words[0], words[1], words[2], LABELS[label]))
    if len(official) != 442:
        raise InputError(
            f"{path} lists {len(official)} clips; wanted the list of 442: combined_3class_gt.csv, "
            "not combined_3class_gt-2.csv, which lacks SAMM 032_3_1"
        )
    return official


def hde_groups(clips: Iterable[Clip]) -> dict[str, list[Clip]]:
    """CASME II and SAMM in objective classes I to V: train on one, test on the other."""
    return {
        corpus: labelled(own, scheme(corpus, "objective"))
        for corpus, own in _by_corpus(clips, ("casme2", "samm")).items()
    }


def cd6me_groups(clips: Iterable[Clip]) -> dict[str, list[Clip]]:
    """Clips by corpus, for the six corpora of CD6ME that are there: leave one of them out."""
    groups = _by_corpus(clips, CD6ME)
    return {corpus: own for corpus, own in groups.items() if own}


def corpus_of(clip: Clip) -> str:
    """Short name of the corpus a clip belongs to."""
    return clip.subject.split("/", 1)[0]


def _by_corpus(
    clips: Iterable[Clip], names: Iterable[str] | Mapping[str, int]
) -> dict[str, list[Clip]]:
    groups: dict[str, list[Clip]] = {name: [] for name in names}
    for clip in clips:
        if corpus_of(clip) in groups:
            groups[corpus_of(clip)].append(clip)
    return groups
