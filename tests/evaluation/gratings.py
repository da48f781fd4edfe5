"""A study that runs in seconds: gratings that drift, people who differ in their stripes."""

from pathlib import Path

import numpy as np
from numpy import ndarray

from smastn.corpora.clip import Clip
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.study import Study

SIZE, FRAMES = 32, 12
DRIFTS = {"negative": (1.2, 0.0), "surprise": (0.0, 1.2)}


def drifting(person: int, emotion: str, take: int) -> ndarray:
    """Stripes that drift across or down; each person has stripes of their own."""
    generator = np.random.default_rng([person, take, len(emotion)])
    rows, columns = np.mgrid[:SIZE, :SIZE] / SIZE * 2 * np.pi
    across, down = 3 + person, 4 + person
    frames = []
    for time in range(FRAMES):
        right, below = (drift * time / FRAMES for drift in DRIFTS[emotion])
        grey = np.sin(across * columns - right) + np.sin(down * rows - below)
        noisy = 128 + 45 * grey + generator.normal(0, 2, grey.shape)
        frames.append(np.repeat(noisy[..., None], 3, axis=-1))
    return np.clip(np.rint(frames), 0, 255).astype(np.uint8)


def make_study(experiment: Experiment, people: int = 3, takes: int = 2) -> Study:
    clips, prepared = [], {}
    for person in range(people):
        for emotion in DRIFTS:
            for take in range(takes):
                name = f"{emotion}{take}"
                clip = Clip(f"gratings/{person:02d}", name, emotion, Path("none"), 0, FRAMES - 1)
                clips.append(clip)
                prepared[clip.key] = drifting(person, emotion, take)
    return Study(experiment, tuple(clips), prepared)
