"""A made-up 4DME, grey pictures only: several categories a clip, units that are held."""

from pathlib import Path

import numpy as np

from smastn.data.grid import Cell
from smastn.synthesis.lookalikes.takes import Camera, LookalikeConfig, Paint, Take, deal, shoot
from smastn.synthesis.lookalikes.workbook import write_workbook

COUNTS = {
    **{"Negative": 110, "Positive": 30, "Surprise": 40, "Repression": 30, "Others": 30},
    **{"Surprise+Positive": 15, "Negative+Repression": 12},
}
"""267 clips; how many of each the release has is not published, so these are made up."""
HEADER = (
    *("fold", "sub_ID", "fold_name", "Emotion", "Onset", "Apex", "Offset", "AUs", "eye blink"),
    *("Positive", "Negative", "Surprise", "Repression", "Others", "Total"),
)


def write_four_dme(root: Path, config: LookalikeConfig, paint: Paint | None = None) -> list[Take]:
    """Write a made-up 4DME into `root`; returns what its sheet says."""
    random = np.random.default_rng(config.seed)
    counts = COUNTS if config.full else {"Negative": 2, "Surprise+Positive": 1, "Others": 1}
    dealt = deal(counts, range(1, 42) if config.full else range(1, 3), random)
    cast = [(p, f"{p:02d}_{i + 1:03d}", emotion) for i, (p, emotion) in enumerate(dealt)]
    takes = shoot(cast, config, random)
    camera = Camera(paint, grey=True)
    for take in takes:
        folder = root / "gray_micro" / f"sub{take.person:02d}" / take.name
        camera.write(folder, take, ((n, f"{n:05d}.jpg") for n in take.frames))
    rows = [_row(take) for take in takes]
    path = root / "4DME_Labelling_Micro_release v1.xlsx"
    write_workbook(path, {"Sheet1": [HEADER, *rows]})
    return takes


def _row(take: Take) -> tuple[Cell, ...]:
    numbers = (take.onset, take.apex, take.offset)
    flags = [int(category in take.emotion) for category in HEADER[9:14]]
    head = (take.person, f"sub{take.person:02d}", take.name, take.emotion)
    return (*head, *numbers, f"{take.units}(k)", None, *flags, sum(flags))
