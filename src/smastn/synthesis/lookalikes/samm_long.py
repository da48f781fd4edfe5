"""A made-up SAMM Long Videos: header on row 10, macro-movements that began too early."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from smastn.data.grid import Cell
from smastn.synthesis.lookalikes.takes import (
    Camera,
    LookalikeConfig,
    Paint,
    Take,
    after_each_other,
    shoot,
)
from smastn.synthesis.lookalikes.workbook import write_workbook

HEADER = (
    *("Subject", "Filename", "Inducement Code", "Onset", "Apex", "Offset", "Duration", "Type"),
    *("Action Units", "Notes"),
)
MICRO = "Micro - 1/2"


def write_samm_long(root: Path, config: LookalikeConfig, paint: Paint | None = None) -> list[Take]:
    """Write made-up long videos into `root`; a take's emotion is ``Macro`` or ``Micro - 1/2``."""
    random = np.random.default_rng(config.seed)
    videos, micro, macro = (147, 159, 343) if config.full else (3, 4, 5)
    kinds = [MICRO] * micro + ["Macro"] * macro
    camera, written = Camera(paint, grey=True), []
    for video in range(videos):
        person, film = 6 + video // 5, video % 5 + 1
        own = [kind for i, kind in enumerate(kinds) if i % videos == video]
        cast = [(person, f"{person:03d}_{film}_{i + 1}", kind) for i, kind in enumerate(own)]
        takes = after_each_other(shoot(cast, config, random), 8)
        folder = root / "SAMM_longvideos" / f"{person:03d}_{film}"
        name = f"{person:03d}_{film}_{{:04d}}.jpg"
        camera.write_video(folder, takes, takes[-1].offset + 5, name)
        written += takes
    early = replace(written[0], name=f"{written[0].name}9", onset=0, apex=0, emotion="Macro")
    notes = [(f"Note {n} on how this made-up sheet was coded",) for n in range(1, 10)]
    rows = [*notes, HEADER, *map(_row, [*written, early])]
    write_workbook(root / "SAMM_LongVideos_V3_Release.xlsx", {"Sheet1": rows})
    return written


def _row(take: Take) -> tuple[Cell, ...]:
    film = int(take.name.split("_")[1])
    numbers = (take.onset, take.apex, take.offset, take.offset - take.onset + 1)
    return (f"{take.person:03d}", take.name, film, *numbers, take.emotion, take.units, None)
