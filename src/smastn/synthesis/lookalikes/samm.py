"""A made-up SAMM: header on row 14, subjects as text, padding that varies, two bad apexes."""

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

PEOPLE = tuple(p for p in range(6, 38) if p not in (8, 27, 29))
"""The 29 people with micro-movements."""
OBJECTIVE = {1: 24, 2: 13, 3: 20, 4: 8, 5: 3, 6: 7, 7: 84}
SHEET = "SAMM_Micro_FACS_Codes_v2.xlsx"
HEADER = (
    *("Subject", "Filename", "Inducement Code", "Onset Frame", "Apex Frame", "Offset Frame"),
    *("Duration", "Micro", "Action Units", "Estimated Emotion", "Objective Classes", "Notes"),
)
SMALL_CAST = (
    (6, "006_1_2", "Anger"),
    (6, "006_1_3", "Surprise"),
    (7, "007_3_1", "Contempt"),
    (7, "007_4_1", "Happiness"),
    (9, "009_1_1", "Other"),
    (28, "028_4_1", "Anger"),
    (32, "032_3_1", "Disgust"),
)

_BAD_APEX = {"028_4_1": 5, "032_3_1": -3}


def write_samm(root: Path, config: LookalikeConfig, paint: Paint | None = None) -> list[Take]:
    """Write a made-up SAMM into `root`; returns what its sheet says."""
    random = np.random.default_rng(config.seed)
    takes = shoot(full_cast(random) if config.full else SMALL_CAST, config, random)
    if config.full:
        takes = deal_objective(takes, OBJECTIVE, [p for p in PEOPLE if p != 25][:21], random)
    write_samm_takes(root, takes, paint)
    return takes


def full_cast(random: Generator) -> list[tuple[int, str, str]]:
    """159 clips of 29 people with the published counts, as (person, clip, emotion).

    Somebody shows none of the three classes and somebody none of the five, so that each
    scheme has the 28 people of the publications.
    """
    fixed = [(25, "Other"), (25, "Other"), (37, "Sadness"), (28, "Anger"), (32, "Disgust")]
    fixed += [(p, "Anger") for p in PEOPLE if p not in (25, 28, 37)]
    counts = {
        **{"Anger": 57 - 27, "Happiness": 26, "Other": 26 - 2, "Surprise": 15, "Contempt": 12},
        **{"Disgust": 9 - 1, "Fear": 8, "Sadness": 6 - 1},
    }
    rest = [p for p in PEOPLE if p not in (25, 37)]
    dealt = sorted(fixed + deal(counts, rest, random))
    special = {28: ("028_4_1", "Anger"), 32: ("032_3_1", "Disgust")}
    cast, taken = [], {name: False for name, _ in special.values()}
    for i, (person, emotion) in enumerate(dealt):
        name, wanted = special.get(person, ("", ""))
        if emotion == wanted and not taken[name]:
            taken[name] = True
        else:
            name = f"{person:03d}_{i % 7 + 1}_{i + 10}"
        cast.append((person, name, emotion))
    return cast


def write_samm_takes(root: Path, takes: Sequence[Take], paint: Paint | None = None) -> None:
    """Write the release of exactly these takes, with the known defects where they belong."""
    camera = Camera(paint, grey=True)
    moved = [replace(t, **_long_video_numbers(t)) for t in takes]
    for take in moved:
        folder = root / f"{take.person:03d}" / take.name
        width = 5 if take.person % 3 == 0 else 4
        names = ((n, f"{take.person:03d}_{n:0{width}d}.jpg") for n in take.frames)
        camera.write(folder, take, names)
    (root / "Thumbs.db").write_bytes(b"")
    notes = [(f"Note {n} on how this made-up sheet was coded",) for n in range(1, 14)]
    write_workbook(root / SHEET, {"MICRO_ONLY": [*notes, HEADER, *map(_row, moved)]})


def _long_video_numbers(take: Take) -> dict[str, int]:
    """Frames are numbered as in the long video they were cut from."""
    shift = take.person * 97 % 6000 + 100
    apex = take.onset if take.apex is None else take.apex
    return {"onset": take.onset + shift, "apex": apex + shift, "offset": take.offset + shift}


def _row(take: Take) -> tuple[Cell, ...]:
    apex = take.apex
    wrong = _BAD_APEX.get(take.name)
    if wrong is not None:
        apex = take.offset + wrong if wrong > 0 else take.onset + wrong
    numbers = (take.onset, apex, take.offset, take.offset - take.onset + 1)
    units = take.units.replace("+", "B or ") if take.person % 5 == 0 else take.units
    code = int(take.name.split("_")[1])
    tail = (units, take.emotion, take.objective or 7, None)
    return (f"{take.person:03d}", take.name, code, *numbers, "Micro - 1/2", *tail)
