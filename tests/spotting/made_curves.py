"""Movement curves made of known positions, without any picture."""

import numpy as np
from numpy import ndarray

from smastn.faces.blendshapes import BLENDSHAPES
from smastn.spotting.curve import MovementCurve
from smastn.spotting.face_parts import FACE_PARTS
from smastn.spotting.regions import REGIONS

SPAN = 0.3
NAMES = list(REGIONS)


def positions(seconds: float, rate: float, noise: float = 0.05, seed: int = 0) -> ndarray:
    """Where each region is in each frame when nothing happens: noise alone, pixels."""
    generator = np.random.default_rng(seed)
    return generator.normal(0, noise, (round(seconds * rate), len(REGIONS), 2))


def pulse(frames: int, onset: int, apex: int, offset: int) -> ndarray:
    """0 until the onset, 1 at the apex, 0 from the offset on, smooth."""
    phase = np.interp(np.arange(frames), [onset, apex, offset], [0, np.pi, 2 * np.pi], 0, 0)
    return (1 - np.cos(phase)) / 2


def curve_of(
    where: ndarray, rate: float, face: ndarray | None = None, head_speed: float = 0.0
) -> MovementCurve:
    """The curve that a film with these positions would give."""
    frames = len(where)
    face = np.ones(frames, bool) if face is None else face
    known = np.where(face, 1.0, np.nan).astype(np.float32)
    times = np.arange(frames) / rate
    return MovementCurve(
        times=times,
        face=face,
        positions=(where * known[:, None, None]).astype(np.float32),
        eye_change=known * np.float32(0.001),
        pose_degrees=np.zeros((frames, 3), np.float32) * known[:, None],
        turned_degrees=np.zeros((frames, 2), np.float32) * known[:, None],
        gaze_px=np.zeros((frames, 2), np.float32) * known[:, None],
        head_px=np.outer(known * times, [head_speed, 0]).astype(np.float32),
        blendshapes=np.full((frames, len(BLENDSHAPES)), np.nan, np.float32),
        voice=np.full(frames, np.nan, np.float32),
        apart=np.zeros((frames, len(FACE_PARTS), 2), np.float32),
        presence=np.full(frames, 20, np.float32) * known,
        sharpness=known,
        cut=np.zeros(frames, bool),
        boxes=np.where(face[:, None], [100, 100, 250, 260], np.nan).astype(np.float32),
        places=np.full((len(REGIONS), 2), 112, np.float32),
        span=SPAN,
    )
