"""A made-up DFME: three sheets of the official split, five-digit pictures."""

from pathlib import Path

import numpy as np

from smastn.synthesis.lookalikes.takes import Camera, LookalikeConfig, Paint, Take, deal, shoot
from smastn.synthesis.lookalikes.workbook import write_workbook

COUNTS = {
    **{"happiness": 988, "anger": 519, "contempt": 211, "disgust": 2528, "fear": 938},
    **{"sadness": 955, "surprise": 1387},
}
"""7,526 clips; how many of each the release has is not published, so these are made up."""
HEADER = ("Subject", "Filename", "Onset", "Apex", "Offset", "Emotion", "AU")
SHEETS = {
    "training": "train_data/train_data",
    "testA": "test_data_A",
    "testB": "test_data_B/test_data_B",
}


def write_dfme(root: Path, config: LookalikeConfig, paint: Paint | None = None) -> list[Take]:
    """Write a made-up DFME into `root`; returns what its sheets say."""
    random = np.random.default_rng(config.seed)
    counts = COUNTS if config.full else {"happiness": 3, "disgust": 4, "surprise": 2}
    dealt = deal(counts, range(1, 657) if config.full else range(1, 6), random)
    used: dict[int, int] = {}
    cast = []
    for person, emotion in dealt:
        used[person] = used.get(person, 0) + 1
        cast.append((person, f"sub{person:04d}_{used[person]:02d}", emotion))
    takes = shoot(cast, config, random)
    camera = Camera(paint)
    last = max(used)
    for split, place in SHEETS.items():
        own = [take for take in takes if _split_of(take.person, last) == split]
        for take in own:
            folder = root / place / take.name
            camera.write(folder, take, ((n, f"{n:05d}.png") for n in take.frames))
        rows = [
            (f"sub{t.person:04d}", t.name, t.onset, t.apex, t.offset, t.emotion, t.units)
            for t in own
        ]
        path = root / "full_release_annotation" / f"{split}_full_with_AU.xlsx"
        write_workbook(path, {"Sheet1": [HEADER, *rows]})
    return takes


def _split_of(person: int, last: int) -> str:
    """Nobody is in two parts of the split."""
    share = person / last
    return "training" if share <= 0.7 else "testA" if share <= 0.85 else "testB"
