"""When a frame is shown, in seconds, in milliseconds, on a clock."""

import math

from jaxtyping import Float64
from numpy import ndarray

Timing = float | Float64[ndarray, " frames"]
"""Frames a second; or, where the rate varies, the seconds at which each frame is shown."""


def shown_at(frame: int, rate: Timing) -> float:
    """Seconds at which a frame appears; past the last one, as long as the film's frames last."""
    if isinstance(rate, float | int):
        return frame / rate
    if frame < len(rate):
        return float(rate[frame])
    step = float(rate[-1] - rate[0]) / (len(rate) - 1) if len(rate) > 1 else 0.0
    return float(rate[-1]) + step * (frame - len(rate) + 1)


def milliseconds(frame: int, rate: Timing) -> int:
    """The first whole millisecond at which the frame is shown.

    Rounded up, so that a player sent there does not show the frame before it.
    """
    return math.ceil(shown_at(frame, rate) * 1000 - 1e-6)


def clock(after: int) -> str:
    """Milliseconds as hours:minutes:seconds.milliseconds."""
    seconds, rest = divmod(after, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"
