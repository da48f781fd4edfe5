"""A made-up MMEW in the released tree; the wrong apexes of the real sheet are here too."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from smastn.data.grid import Cell
from smastn.synthesis.lookalikes.takes import Camera, LookalikeConfig, Paint, Take, deal, shoot
from smastn.synthesis.lookalikes.workbook import write_workbook

COUNTS = {
    **{"happiness": 36, "surprise": 89, "disgust": 72, "fear": 16, "sadness": 13},
    **{"anger": 8, "others": 66},
}
HEADER = (
    *("Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame", "Action Units"),
    *("Estimated Emotion", "remarks"),
)


def write_mmew(root: Path, config: LookalikeConfig, paint: Paint | None = None) -> list[Take]:
    """Write a made-up MMEW into `root`; returns what its sheet says."""
    random = np.random.default_rng(config.seed)
    counts = COUNTS if config.full else {"happiness": 2, "surprise": 2, "disgust": 2, "others": 1}
    dealt = deal(counts, range(1, 31) if config.full else range(1, 4), random)
    kinds = list(COUNTS)
    cast = [
        (p, f"S{p:02d}-{kinds.index(emotion) + 1:02d}-{i + 1:03d}", emotion)
        for i, (p, emotion) in enumerate(dealt)
    ]
    takes = [_from_one(take) for take in shoot(cast, config, random)]
    base = root / "MMEW_Final"
    camera = Camera(paint)
    for take in takes:
        folder = base / "Micro_Expression" / take.emotion / take.name
        camera.write(folder, take, ((n, f"{n}.jpg") for n in take.frames))
    macro = base / "Macro_Expression" / "S01" / "happiness"
    camera.write(macro, takes[0], ((n, f"{n}.jpg") for n in takes[0].frames))
    rows = [_row(take, wrong=take is takes[2]) for take in takes]
    write_workbook(base / "MMEW_Micro_Exp.xlsx", {"Sheet1": [HEADER, *rows]})
    return takes


def _from_one(take: Take) -> Take:
    """Frames count from 1 within the clip."""
    assert take.apex is not None
    back = take.onset - 1
    return replace(take, onset=1, apex=take.apex - back, offset=take.offset - back)


def _row(take: Take, wrong: bool) -> tuple[Cell, ...]:
    apex = take.offset + 3 if wrong else take.apex
    numbers = (take.onset, apex, take.offset)
    return (f"S{take.person:02d}", take.name, *numbers, take.units, take.emotion, None)
