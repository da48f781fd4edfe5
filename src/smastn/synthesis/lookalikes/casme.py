"""A made-up CASME: frames named after their clip, padded from the 93rd row on."""

from pathlib import Path

import numpy as np

from smastn.synthesis.lookalikes.takes import Camera, LookalikeConfig, Paint, Take, deal, shoot
from smastn.synthesis.lookalikes.workbook import write_workbook

COUNTS = {
    **{"tense": 69, "disgust": 44, "repression": 38, "surprise": 20, "happiness": 9},
    **{"sadness": 6, "fear": 2, "contempt": 1},
}
HEADER = (
    *("Subject", "Filename", None, "OnsetF", "ApexF1", "ApexF2", "OffsetF", None, "AU", "Emotion"),
)


def write_casme(root: Path, config: LookalikeConfig, paint: Paint | None = None) -> list[Take]:
    """Write a made-up CASME into `root`; returns what its sheet says."""
    random = np.random.default_rng(config.seed)
    counts = COUNTS if config.full else {"tense": 2, "disgust": 2, "surprise": 1, "fear": 1}
    people = range(1, 20) if config.full else range(1, 4)
    dealt = deal(counts, people, random)
    cast = [(p, f"EP{i % 12 + 1:02d}_{i + 1}", emotion) for i, (p, emotion) in enumerate(dealt)]
    takes = shoot(cast, config, random)
    camera = Camera(paint)
    padded_from = 92 if config.full else 3
    for row, take in enumerate(takes):
        width = 3 if row >= padded_from else 1
        names = [(n, f"{take.name}-{n:0{width}d}.jpg") for n in take.frames]
        where = Path(f"sub{take.person:02d}") / take.name
        camera.write(root / "CASME_raw_selected" / where, take, names)
        cropped = ((n, f"reg_{name}") for n, name in names)
        camera.write(root / "Cropped" / where, take, cropped)
    rows = [
        (t.person, t.name, None, t.onset, t.apex, None, t.offset, None, t.units, t.emotion)
        for t in takes
    ]
    write_workbook(root / "CASME-coding.xlsx", {"Sheet1": [HEADER, *rows]})
    return takes
