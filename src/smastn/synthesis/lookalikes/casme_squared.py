"""A made-up CAS(ME)^2: no header, people and films under other names in two further sheets."""

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

FOLDERS = (15, 16, *range(19, 28), *range(29, 39), 40)
"""Numbers of the 22 people's folders; the sheet calls them 1 to 22."""
EMOTIONS = ("positive", "negative", "surprise", "others")
FILMS = {"disgust1": "0101", "disgust2": "0102", "anger1": "0401", "happy4": "0504"}


def write_casme_squared(
    root: Path, config: LookalikeConfig, paint: Paint | None = None
) -> list[Take]:
    """Write a made-up CAS(ME)^2; a take's person is the sheet's, its name video and index."""
    random = np.random.default_rng(config.seed)
    videos, micro, macro = (87, 57, 300) if config.full else (4, 3, 5)
    kinds = ["micro-expression"] * micro + ["macro-expression"] * macro
    films = list(FILMS)
    camera, rows, written = Camera(paint), [], []
    for video in range(videos):
        person, film = video // 4 + 1, films[video % 4]
        own = [kind for i, kind in enumerate(kinds) if i % videos == video]
        cast = [(person, f"{film}_{i + 1}", EMOTIONS[(video + i) % 4]) for i in range(len(own))]
        takes = after_each_other(shoot(cast, config, random), 8)
        number = FOLDERS[person - 1]
        folder = root / "rawpic" / f"s{number}" / f"{number}_{FILMS[film]}{film[:-1]}film"
        camera.write_video(folder, takes, takes[-1].offset + 5, "img{:03d}.jpg")
        rows += [
            _row(take, kind, unknown=video == 1) for take, kind in zip(takes, own, strict=True)
        ]
        written += takes
    people: list[tuple[Cell, ...]] = [(n, f"s{n}", i) for i, n in enumerate(FOLDERS, start=1)]
    codes: list[tuple[Cell, ...]] = [(code, film) for film, code in FILMS.items()]
    sheets = {"CASFEcode_final": rows, "naming rule1": people, "naming rule2": codes}
    write_workbook(root / "CAS(ME)^2code_final.xlsx", sheets)
    return written


def _row(take: Take, kind: str, unknown: bool) -> tuple[Cell, ...]:
    offset = 0 if unknown else take.offset
    numbers = (take.onset, take.apex, offset)
    return (take.person, take.name, *numbers, take.units, take.emotion, kind, "happyiness")
