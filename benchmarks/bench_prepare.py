"""Preparation of clips like those of CASME II: 60 frames of 640 x 480, stored as JPEG.

Target: at least 150 frames a second with two processes. The corpus has 246 clips; 24 are made
here, so starting the processes weighs ten times as much. Processor time is reported as well,
for machines that are not idle.
"""

import os
import resource
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import skimage.data

from smastn.corpora.clip import Clip
from smastn.faces.preparation import PreparationConfig
from smastn.faces.prepared_clips import prepare_clips

CLIPS, FRAMES, WORKERS = 246, 60, 2


def write_clips(root: Path, count: int) -> list[Clip]:
    """Clips of one photograph whose head drifts, 280 pixels of face as in the corpus."""
    face = cv2.resize(skimage.data.astronaut()[:300, 80:380], (480, 480))
    photo = cv2.copyMakeBorder(face, 0, 0, 80, 80, cv2.BORDER_REPLICATE)[..., ::-1]
    clips = []
    for number in range(count):
        folder = root / f"{number:03d}"
        folder.mkdir(parents=True)
        for frame in range(FRAMES):
            shift = np.array([[1, 0, 3 * np.sin((frame + number) / 9)], [0, 1, 0.05 * frame]])
            moved = cv2.warpAffine(photo, shift, (640, 480), borderMode=cv2.BORDER_REPLICATE)
            cv2.imwrite(str(folder / f"img{frame + 1}.jpg"), moved)
        clips.append(Clip("made/01", folder.name, "fear", folder, 0, FRAMES - 1))
    return clips


def processor_seconds() -> float:
    """Processor time of the processes that have ended, seconds."""
    times = os.times()
    return times.children_user + times.children_system


def peak_memory() -> float:
    """The most memory any process that has ended held, MiB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        clips = write_clips(Path(scratch) / "clips", CLIPS)
        cache = Path(scratch) / "cache"
        prepare_clips(clips[:4], Path(scratch) / "few", PreparationConfig(), WORKERS)
        few = peak_memory()
        start, used = time.perf_counter(), processor_seconds()
        prepared = prepare_clips(clips, cache, PreparationConfig(), WORKERS)
        seconds, used = time.perf_counter() - start, processor_seconds() - used
        assert not prepared.failed
        start = time.perf_counter()
        prepare_clips(clips, cache, PreparationConfig(), WORKERS)
        again = time.perf_counter() - start
    frames = CLIPS * FRAMES
    print(f"{CLIPS} clips of {FRAMES} frames of 640 x 480, {WORKERS} processes, start included")
    print(f"  prepared            {frames / seconds:8.0f} frames a second (target >= 150)")
    print(f"  on {WORKERS} idle cores     {WORKERS * frames / used:8.0f} by processor time")
    print(f"  most memory         {peak_memory():8.0f} MiB a process, {few:.0f} with 4 clips")
    print(f"  nothing to do       {1000 * again / CLIPS:8.2f} ms a clip")


if __name__ == "__main__":
    main()
