"""A made-up SMIC-E: long clips of three cameras, up to three movements in one, text below."""

from pathlib import Path

import numpy as np

from smastn.data.grid import Cell
from smastn.synthesis.lookalikes.smic import HS_COUNTS, SLOW_COUNTS, cast
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
    *("Subject", "Filename", None, "OnsetF", "OffsetF", "Onset2F", "Offset2F", "Onset3F"),
    *(
        "Offset3F",
        None,
        "FirstF",
        "LastF",
        "TotalMF1",
        "TotalMF2",
        "TotalMF3",
        "TotalVL",
        "Emotion",
    ),
)


def write_smic_long(root: Path, config: LookalikeConfig, paint: Paint | None = None) -> list[Take]:
    """Write a made-up SMIC-E into `root`; returns the first movement of each HS clip."""
    random = np.random.default_rng(config.seed)
    camera = Camera(paint)
    first: list[Take] = []
    for kind, counts, total in (
        ("HS", HS_COUNTS, 157),
        ("VIS", SLOW_COUNTS, 71),
        ("NIR", SLOW_COUNTS, 71),
    ):
        base = root / "SMIC-E_raw image" / f"{kind}_long"
        clips = cast(counts, config.full)[:total]
        rows: list[tuple[Cell, ...]] = []
        for number, clip in enumerate(clips):
            movements = 3 if number == 0 else 2 if number % 40 == 7 else 1
            takes = after_each_other(shoot([clip] * movements, config, random), 300000 + 6)
            takes = after_each_other(takes, 6) if kind != "HS" else _at(takes, 308860)
            _write_clip(base / f"SMIC-{kind}-E", kind, takes, camera)
            rows.append(_row(takes, remark=number == 1))
            if kind == "HS":
                first.append(takes[0])
        notes = ((None,), ("Note: made up; OnsetF is the first frame",), ("end of the sheet",))
        header = tuple(
            f"{t} NIR" if kind == "NIR" and t in ("OnsetF", "OffsetF") else t for t in HEADER
        )
        write_workbook(base / f"SMIC-{kind}-E_annotation.xlsx", {"Sheet1": [header, *rows, *notes]})
    return first


def _at(takes: list[Take], start: int) -> list[Take]:
    """Camera frame numbers run on from the beginning of the day."""
    moved = after_each_other(takes, 6)
    return [_shifted(take, start) for take in moved]


def _shifted(take: Take, by: int) -> Take:
    apex = take.onset if take.apex is None else take.apex
    return Take(
        *(take.person, take.name, take.emotion, take.onset + by, apex + by, take.offset + by),
        take.units,
    )


def _write_clip(base: Path, kind: str, takes: list[Take], camera: Camera) -> None:
    level = base if kind == "HS" else base / kind
    folder = level / f"s{takes[0].person:02d}" / takes[0].name
    numbers = range(takes[0].onset - 5, takes[-1].offset + 6)
    spelled = "image{:06d}.jpg" if kind == "HS" else f"{kind} {{:05d}}.jpg"
    camera.write(folder, takes[0], ((n, spelled.format(n)) for n in numbers))


def _row(takes: list[Take], remark: bool) -> tuple[Cell, ...]:
    ends: list[Cell] = [number for take in takes for number in (take.onset, take.offset)]
    ends += [None] * (6 - len(ends))
    lengths: list[Cell] = [len(take.frames) for take in takes]
    lengths += [None] * (3 - len(lengths))
    begin: Cell = "lost" if remark else takes[0].onset - 5
    last = takes[-1].offset + 5
    total = last - takes[0].onset + 6
    head = (takes[0].person, takes[0].name, None)
    return (*head, *ends, None, begin, last, *lengths, total, takes[0].emotion)
