"""Blendshapes over time made of known events, without any picture."""

import numpy as np

from smastn.faces.blendshapes import BLENDSHAPES
from smastn.spotting.unit_curves import UnitCurves, unit_curves

RATE = 30.0
PLACES = {name: place for place, name in enumerate(BLENDSHAPES)}


def ramp(seconds: float, onset: float, full: float, falling: float, offset: float) -> np.ndarray:
    """0 until the onset, 1 from `full` to `falling`, 0 from the offset on; times in seconds."""
    times = np.arange(round(seconds * RATE)) / RATE
    return np.interp(times, [onset, full, falling, offset], [0.0, 1.0, 1.0, 0.0])


def coefficients(seconds: float, rest: float = 0.05, noise: float = 0.01) -> np.ndarray:
    """A face at rest, whose coefficients are not zero and a little noisy."""
    frames = round(seconds * RATE)
    generator = np.random.default_rng(0)
    return np.abs(rest + generator.normal(0, noise, (frames, len(BLENDSHAPES)))).astype(np.float32)


def add(values: np.ndarray, name: str, course: np.ndarray, sides: str = "LR") -> np.ndarray:
    """The coefficients with a blendshape that follows a course, on one side or both."""
    changed = values.copy()
    names = [name] if name in PLACES else [name + {"L": "Left", "R": "Right"}[s] for s in sides]
    for one in names:
        changed[:, PLACES[one]] += course.astype(np.float32)
    return changed


def curves_of(values: np.ndarray, turn: np.ndarray | None = None) -> UnitCurves:
    """Action units of these coefficients, the head turned by so many degrees of yaw."""
    pose = np.zeros((len(values), 3), np.float32)
    pose[:, 0] = 0 if turn is None else turn
    return unit_curves(np.arange(len(values)) / RATE, values, pose)
