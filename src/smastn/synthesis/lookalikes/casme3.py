"""A made-up CAS(ME)^3: part A as cut clips or as whole videos, and part C."""

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
    after_each_other,
    by_person,
    deal,
    deal_objective,
    shoot,
)
from smastn.synthesis.lookalikes.workbook import write_workbook

COUNTS = {
    **{"disgust": 250, "surprise": 187, "others": 158, "Others": 3, "fear": 86, "anger": 64},
    **{"sad": 57, "happy": 55},
}
OBJECTIVE = {1: 15, 2: 151, 3: 234, 4: 37, 5: 47, 6: 3, 7: 373}
COUNTS_C = {"negative": 99, "surprise": 30, "others": 20, "positive": 16}
HEADER = ("Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion")
PEOPLE = (*(p for p in range(1, 94) if p != 40), 40, 216)
"""94 people; two of them have the sheet's known slips."""

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII")
# The sheet's known slips, which readers put right: where the movement really lies.
_SLIPS = {(216, "d"): (2647, 2694), (40, "e"): (1830, 1845)}
_SHEET = "annotation/partA/cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx"


def write_casme3(root: Path, config: LookalikeConfig, paint: Paint | None = None) -> list[Take]:
    """Write a made-up part A as cut clips; returns the takes as they really are on disk."""
    takes = _takes(config)
    camera = Camera(paint)
    for take in takes:
        onset = 3647 if _is_slip(take, 216) else take.onset
        folder = root / "Part_A_ME_clip" / "frame" / f"spNO.{take.person}_{take.name}_{onset}"
        camera.write(folder, take, ((n, f"{n}.jpg") for n in take.frames))
    _write_sheet(root, takes)
    return takes


def write_casme3_whole(
    root: Path, config: LookalikeConfig, paint: Paint | None = None
) -> list[Take]:
    """Write a made-up part A as whole videos, whose first seven frames are missing."""
    takes = [t for t in _takes(config) if (t.person, t.name) not in _SLIPS]
    camera = Camera(paint)
    level = root / "part_A" / "data" / "part_A_split" / "part_A"
    for person, own in by_person(takes).items():
        spelled = f"spNo.{person}" if person % 3 == 0 else f"spNO.{person}"
        for video in sorted({take.name for take in own}):
            of_video = [take for take in own if take.name == video]
            folder = level / spelled / video / "color"
            last = max(take.offset for take in of_video) + 5
            camera.write_video(folder, of_video, last, "{}.jpg")
            for missing in range(1, 8):
                (folder / f"{missing}.jpg").unlink()
    _write_sheet(root, takes)
    return takes


def write_casme3c(root: Path, config: LookalikeConfig, paint: Paint | None = None) -> list[Take]:
    """Write a made-up part C, whose sheet counts positions; returns takes by position from 1."""
    random = np.random.default_rng(config.seed)
    counts = COUNTS_C if config.full else {"negative": 3, "surprise": 1}
    people = [p for p in range(1, 32) if p != 7] if config.full else [1, 2]
    cast = [(p, "a", emotion) for p, emotion in deal(counts, people, random)]
    camera, takes = Camera(paint), []
    for person, own in by_person(shoot(cast, config, random)).items():
        moved = [replace(take, apex=None) for take in after_each_other(own, 9)]
        folder = root / "part_C" / "part_C" / f"{person:02d}" / "a" / "color"
        camera.write_video(folder, moved, moved[-1].offset + 5, "{}.jpg")
        for file in sorted(folder.iterdir(), key=lambda path: -int(path.stem)):
            file.rename(folder / f"{int(file.stem) + 100}.jpg")  # names are no positions
        takes += moved
    rows = [(t.person, i + 1, t.onset, t.offset, "4,7", t.emotion) for i, t in enumerate(takes)]
    header = ("sub", "count", "onset", "offset", "au", "emotion")
    path = root / "annotation" / "partC" / "CAS(ME)3_part_C_ME.xlsx"
    write_workbook(path, {"mockCrimeME": [header, *rows]})
    return takes


def _takes(config: LookalikeConfig) -> list[Take]:
    random = np.random.default_rng(config.seed)
    takes = [
        Take(person, video, "disgust", onset, onset + 5, offset, "4+L10")
        for (person, video), (onset, offset) in _SLIPS.items()
    ]
    for own in by_person(shoot(_cast(config.full, random), config, random)).values():
        # Videos are a to m; what one person shows in one video lies one after the other.
        for video in sorted({take.name for take in own}):
            takes += after_each_other([take for take in own if take.name == video], 12)
    return deal_objective(takes, OBJECTIVE, PEOPLE, random) if config.full else takes


def _cast(full: bool, random: Generator) -> list[tuple[int, str, str]]:
    letters = "abcdefghijklm"
    if not full:
        small = ((1, "a", "disgust"), (1, "a", "happy"), (3, "J", "Others"), (149, "d", "sad"))
        return list(small)
    # Six people show others only: 94 people in seven classes, 88 in three.
    alone = [(p, "others") for p in PEOPLE[:6]]
    shown = [(p, "disgust") for p in PEOPLE[6:] if p not in (40, 216)]
    counts = {
        **COUNTS,
        "others": COUNTS["others"] - 6,
        "disgust": COUNTS["disgust"] - len(shown) - 2,
    }
    dealt = alone + shown + deal(counts, PEOPLE[6:], random)
    videos = [letters[int(random.integers(0, 13))] for _ in dealt]
    return [
        (p, "a" if (p, video) in _SLIPS else video, emotion)
        for (p, emotion), video in zip(dealt, videos, strict=True)
    ]


def _is_slip(take: Take, person: int) -> bool:
    return take.person == person and (take.person, take.name) in _SLIPS


def _write_sheet(root: Path, takes: Sequence[Take]) -> None:
    rows = [HEADER, *map(_row, takes)]
    write_workbook(root / _SHEET, {"Sheet1": [], "label": rows, "Sheet3": []})


def _row(take: Take) -> tuple[Cell, ...]:
    onset = 3647 if _is_slip(take, 216) else take.onset
    offset = 2694 if _is_slip(take, 216) else 0 if _is_slip(take, 40) else take.offset
    apex = take.onset - 5 if take.person == 149 else take.apex
    objective = _ROMAN[(take.objective or 7) - 1]
    numbers = (onset, apex, offset)
    return (f"spNO.{take.person}", take.name, *numbers, take.units, objective, take.emotion)
