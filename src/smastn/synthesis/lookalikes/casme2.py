"""A made-up CASME II: three trees, the 20140508 sheet, objective classes, known defects."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.random import Generator

from smastn.data.grid import Cell
from smastn.synthesis.lookalikes.takes import (
    Camera,
    LookalikeConfig,
    Paint,
    Take,
    deal,
    deal_objective,
    shoot,
)
from smastn.synthesis.lookalikes.workbook import write_workbook

FIVE_CLASS = (
    9,
    13,
    7,
    5,
    19,
    5,
    9,
    3,
    13,
    13,
    10,
    12,
    8,
    4,
    3,
    4,
    34,
    3,
    15,
    11,
    2,
    2,
    12,
    7,
    7,
    16,
)
"""Clips a person (1 to 26) in five classes, 246 in all."""
RARE = {9: 1, 10: 1, 17: 2, 19: 1, 24: 3, 26: 1}
"""Clips a person of sadness and fear, 9 in all."""
OBJECTIVE = {1: 25, 2: 15, 3: 99, 4: 26, 5: 20, 6: 1, 7: 69}

_APEX_UNKNOWN = (4, "EP12_01f")
_APEX_IS_ONSET = (5, "EP09_05f")
_HALF_CROPPED = (16, "EP01_08")
_UNLABELLED = (24, "EP02_07")


def write_casme2(root: Path, config: LookalikeConfig, paint: Paint | None = None) -> list[Take]:
    """Write a made-up CASME II into `root`; returns what its sheet says."""
    random = np.random.default_rng(config.seed)
    cast = full_cast(random) if config.full else SMALL_CAST
    takes = shoot(cast, config, random)
    if config.full:
        takes = deal_objective(takes, OBJECTIVE, range(1, 27), random)
    write_casme2_takes(root, takes, paint)
    return takes


SMALL_CAST = (
    (1, "EP02_01f", "happiness"),
    (1, "EP19_05f", "disgust"),
    (4, "EP12_01f", "disgust"),
    (4, "EP12_02f", "others"),
    (5, "EP09_05f", "repression"),
    (5, "EP12_03f", "surprise"),
    (16, "EP01_08", "others"),
    (16, "EP06_02_01", "surprise"),
    (17, "EP09f", "sadness"),
)


def full_cast(random: Generator) -> list[tuple[int, str, str]]:
    """255 clips of 26 people with the published counts, as (person, clip, emotion).

    sub10 and sub18 show nothing of the three classes, as in the composite of 2019.
    """
    plain = {10: FIVE_CLASS[9], 18: FIVE_CLASS[17]}
    fixed = [(person, "others") for person, count in plain.items() for _ in range(count)]
    fixed += [(4, "disgust"), (5, "disgust"), (5, "disgust")]
    seats = {p: n for p, n in enumerate(FIVE_CLASS, start=1) if p not in plain}
    seats[4] -= 1
    seats[5] -= 2
    counts = {
        "others": 99 - sum(plain.values()),
        "disgust": 63 - 3,
        "happiness": 32,
        "repression": 27,
        "surprise": 25,
    }
    dealt = fixed + deal(counts, seats, random) + deal({"sadness": 7, "fear": 2}, RARE, random)
    named = {(4, "disgust"): ["EP12_01f"], (5, "disgust"): ["EP09_05f", "EP12_03f"]}
    cast, used = [], {p: {n for _, n in (_HALF_CROPPED, _UNLABELLED)} for p in range(1, 27)}
    used[16] = set()
    for person, emotion in sorted(dealt, key=lambda pair: pair[0]):
        waiting = named.get((person, emotion), [])
        name = waiting.pop(0) if waiting else _clip_name(person, used[person], random)
        used[person].add(name)
        cast.append((person, name, emotion))
    return cast


def _clip_name(person: int, used: set[str], random: Generator) -> str:
    if person == _HALF_CROPPED[0] and not used:
        return _HALF_CROPPED[1]
    while True:
        film, part = random.integers(1, 20), random.integers(1, 60)
        name = f"EP{film:02d}_{part:02d}{'f' if random.random() < 0.4 else ''}"
        if name not in used and name not in {"EP12_01f", "EP09_05f", "EP12_03f"}:
            return name


def write_casme2_takes(root: Path, takes: Sequence[Take], paint: Paint | None = None) -> None:
    """Write the release of exactly these takes, with the known defects where they belong."""
    camera = Camera(paint)
    for take in [*takes, replace(takes[-1], person=_UNLABELLED[0], name=_UNLABELLED[1])]:
        _write_frames(root, take, camera)
    cropped = root / "Cropped" / f"sub{takes[0].person:02d}"
    (cropped / "Desktop - Shortcut.lnk").write_bytes(b"L")
    (root / "Cropped" / ".DS_Store").write_bytes(b"")
    (root / "note.txt").write_text("A made-up corpus; nobody in it exists.\n")
    header = ("Subject", "Filename", None, "OnsetFrame", "ApexFrame", "OffsetFrame", None)
    rows = [_row(take) for take in takes]
    coding = [(*header, "Action Units", "Estimated Emotion"), *rows]
    write_workbook(root / "CASME2-coding-20140508.xlsx", {"Sheet1": coding})
    objective = [(t.person, t.name, t.objective or 7) for t in takes]
    write_workbook(
        root / "CASME2-ObjectiveClasses.xlsx",
        {"Sheet1": [("Subject", "Filename", "Objective Class"), *objective]},
    )


def _write_frames(root: Path, take: Take, camera: Camera) -> None:
    where = Path(f"sub{take.person:02d}") / take.name
    whole = range(1, take.offset + 8)
    camera.write(root / "CASME2-RAW" / where, take, ((n, f"img{n}.jpg") for n in whole))
    selected = root / "CASME2_RAW_selected" / "CASME2_RAW_selected" / where
    camera.write(selected, take, ((n, f"img{n}.jpg") for n in take.frames))
    crop = take.frames
    if (take.person, take.name) == _HALF_CROPPED:
        crop = crop[: len(crop) * 2 // 3]
    camera.write(root / "Cropped" / where, take, ((n, f"reg_img{n}.jpg") for n in crop))


def _row(take: Take) -> tuple[Cell, ...]:
    apex: Cell = take.apex
    if (take.person, take.name) == _APEX_UNKNOWN:
        apex = "/"
    if (take.person, take.name) == _APEX_IS_ONSET:
        apex = take.onset
    subject: Cell = f"{take.person:02d}" if take.person % 2 else take.person
    return (subject, take.name, None, take.onset, apex, take.offset, None, take.units, take.emotion)
