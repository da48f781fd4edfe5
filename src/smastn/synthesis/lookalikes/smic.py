"""A made-up SMIC: HS, VIS and NIR, raw and cropped; the label is the folder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from smastn.synthesis.lookalikes.takes import Camera, LookalikeConfig, Paint, Take, shoot

HS_COUNTS = {
    **{1: (3, 2, 1), 2: (0, 1, 5), 3: (22, 11, 6), 4: (10, 4, 5), 5: (1, 0, 1), 6: (2, 0, 2)},
    **{8: (9, 4, 0), 9: (0, 1, 3), 11: (3, 3, 1), 12: (0, 8, 1), 13: (0, 10, 0), 14: (3, 2, 5)},
    **{15: (1, 1, 2), 18: (2, 0, 5), 19: (0, 1, 1), 20: (14, 3, 5)},
}
"""Negative, positive and surprise clips a person: 70, 51 and 43."""
SLOW_COUNTS = {11: (4, 4, 3), 12: (2, 8, 2), 13: (1, 9, 2), 14: (3, 2, 4), 15: (2, 1, 2)} | {
    **{18: (3, 1, 3), 19: (1, 1, 1), 20: (7, 2, 3)},
}
"""The same for VIS and NIR: 23, 28 and 20; who showed what is not published."""
CODES = {"negative": "ne", "positive": "po", "surprise": "sur"}


def write_smic(root: Path, config: LookalikeConfig, paint: Paint | None = None) -> list[Take]:
    """Write a made-up SMIC into `root`; returns the takes of HS."""
    random = np.random.default_rng(config.seed)
    camera = Camera(paint)
    high = shoot(cast(HS_COUNTS, config.full), config, random)
    write_smic_takes(root, "HS", high, camera)
    slow = shoot(cast(SLOW_COUNTS, config.full), config, random)
    for camera_name in ("VIS", "NIR"):
        write_smic_takes(root, camera_name, slow, camera)
    stray = root / "SMIC_all_cropped" / "HS" / f"s{high[0].person}" / "Thumbs.db"
    stray.write_bytes(b"")
    return high


def cast(counts: dict[int, tuple[int, int, int]], full: bool) -> list[tuple[int, str, str]]:
    """(person, clip, emotion) of everybody, or of three people with few clips each."""
    people = list(counts) if full else list(counts)[:3]
    return [
        (person, f"s{person}_{CODES[emotion]}_{number:02d}", emotion)
        for person in people
        for emotion, count in zip(CODES, counts[person], strict=True)
        for number in range(1, (count if full else min(count, 2)) + 1)
    ]


def write_smic_takes(root: Path, kind: str, takes: Sequence[Take], camera: Camera) -> None:
    """Write raw and cropped frames of one camera (HS, VIS or NIR)."""
    for take in takes:
        where = Path(kind, f"s{take.person}", "micro", take.emotion, take.name)
        numbers = [n + 26000 for n in take.frames]
        if take.name == "s3_po_01":
            del numbers[4]  # a frame was lost; numbering has gaps in the release too
        fast = kind == "HS"
        raw = (((n, f"image{n:06d}.bmp") if fast else (n, f"{n:05d}.bmp")) for n in numbers)
        camera.write(root / "SMIC_all_raw" / where, take, raw)
        cropped = ((n, f"reg_image{n:06d}.bmp") for n in numbers)
        camera.write(root / "SMIC_all_cropped" / where, take, cropped)
    for person in {take.person for take in takes}:
        take = next(take for take in takes if take.person == person)
        still = Path(kind, f"s{person}", "non_micro", f"s{person}_non_01")
        names = ((n, f"image{n:06d}.bmp") for n in take.frames)
        camera.write(root / "SMIC_all_raw" / still, take, names)
