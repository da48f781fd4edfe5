"""A study that runs in seconds: drifting gratings; each subject has other stripes."""

from pathlib import Path

import numpy as np
from numpy import ndarray

from smastn.corpora.clip import Clip
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.study import Study

SIZE, FRAMES = 32, 12
DRIFTS = {"negative": (1.2, 0.0), "surprise": (0.0, 1.2)}


def drifting(subject: int, emotion: str, take: int) -> ndarray:
    """Stripes that drift across or down; each subject has its own."""
    generator = np.random.default_rng([subject, take, len(emotion)])
    rows, columns = np.mgrid[:SIZE, :SIZE] / SIZE * 2 * np.pi
    across, down = 3 + subject, 4 + subject
    frames = []
    for time in range(FRAMES):
        right, below = (drift * time / FRAMES for drift in DRIFTS[emotion])
        grey = np.sin(across * columns - right) + np.sin(down * rows - below)
        noisy = 128 + 45 * grey + generator.normal(0, 2, grey.shape)
        frames.append(np.repeat(noisy[..., None], 3, axis=-1))
    return np.clip(np.rint(frames), 0, 255).astype(np.uint8)


def make_study(experiment: Experiment, subjects: int = 3, takes: int = 2) -> Study:
    clips, prepared = [], {}
    for subject in range(subjects):
        for emotion in DRIFTS:
            for take in range(takes):
                name = f"{emotion}{take}"
                clip = Clip(f"gratings/{subject:02d}", name, emotion, Path("none"), 0, FRAMES - 1)
                clips.append(clip)
                prepared[clip.key] = drifting(subject, emotion, take)
    return Study(experiment, tuple(clips), prepared)
