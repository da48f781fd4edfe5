"""The official list of the MEGC 2019 composite, and how it spells clips."""

import csv
import re
from pathlib import Path
from typing import NamedTuple

from smastn.corpora.clip import Clip
from smastn.corpora.flow_images import LABELS


class OfficialClip(NamedTuple):
    """One line of the official list, spelled as there."""

    database: str
    subject: str
    name: str
    emotion: str


def official_spelling(clip: Clip) -> OfficialClip:
    """How the official list and the published logs spell a clip of the composite."""
    number = int(clip.subject.partition("/")[2])
    match clip.corpus:
        case "casme2":
            return OfficialClip("casme2", f"sub{number:02d}", clip.name, clip.emotion)
        case "smic":
            name = re.sub(r"^s0*\d+", f"s{number:02d}", clip.name)
            return OfficialClip("smic", f"s{number:02d}", name, clip.emotion)
    return OfficialClip(clip.corpus, str(number), clip.name, clip.emotion)


def read_official(data: Path) -> list[OfficialClip]:
    """The list of 442 clips in the published data."""
    path = data / "published_logs" / "megc2019_combined_3class_gt.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = [line for line in csv.reader(file) if line]
    official = [OfficialClip(line[0], line[1], line[2], LABELS[int(line[3])]) for line in lines]
    assert len(official) == 442
    return official
