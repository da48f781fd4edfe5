"""The movement curves of a result, reduced to the points that a screen can show."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray

from smastn.analysis.analysis_records import Analysis
from smastn.spotting.regions import REGIONS

_EVEN = 5e-4  # s; frame times that differ less from a constant rate count as constant


@dataclass(frozen=True, slots=True)
class Curves:
    """Movement by frame.

    Attributes:
        times: seconds from the start of the film.
        rate: frames a second of the films for the viewer.
        movement: of the strongest region, in multiples of its noise; NaN where unknown.
        units: of the strongest action unit, on the same scale.
        regions: of each region, same unit.
    """

    times: Float64[ndarray, " frames"]
    rate: float
    movement: Float32[ndarray, " frames"]
    units: Float32[ndarray, " frames"]
    regions: dict[str, Float32[ndarray, " frames"]]

    @property
    def variable_times(self) -> list[float] | None:
        """Time of each frame in seconds, or None if the frame rate is constant."""
        even = np.arange(len(self.times)) / self.rate
        if np.abs(self.times - even).max() < _EVEN:
            return None
        return [round(float(time), 4) for time in self.times]


def write_curves(analysis: Analysis, path: Path) -> None:
    """Write the curves of an analysis in a format that is quick to read."""
    spotting = analysis.spotting
    np.savez(
        path,
        times=analysis.curve.times,
        rate=analysis.video.rate,
        movement=spotting.movement.astype(np.float32),
        units=spotting.unit_strength,
        regions=spotting.regions_noise.astype(np.float32),
    )


@lru_cache(maxsize=4)
def read_curves(path: Path) -> Curves:
    """The curves that `write_curves` wrote; the last four are kept in memory."""
    with np.load(path, allow_pickle=False) as saved:
        regions = dict(zip(REGIONS, saved["regions"].T.copy(), strict=True))
        units = saved["units"] if "units" in saved else np.full_like(saved["movement"], np.nan)
        return Curves(saved["times"], float(saved["rate"]), saved["movement"], units, regions)


def thinned(curves: Curves, first: int, last: int, points: int) -> dict[str, Any]:
    """Frames `first` to `last`, inclusive, as at most `points` points.

    A point stands for a run of frames and has their highest value, so that no peak is lost. A
    `last` after the film's last frame stands for that.
    """
    last = min(last, len(curves.times) - 1)
    first = min(first, last)
    starts = np.unique(np.linspace(first, last + 1, points + 1).astype(int)[:-1])
    middles = (starts + np.append(starts[1:], last + 1) - 1) // 2

    def highest(values: Float32[ndarray, " frames"]) -> list[float | None]:
        known = np.where(np.isfinite(values[: last + 1]), values[: last + 1], -1)
        return [
            round(float(value), 2) if value >= 0 else None
            for value in np.maximum.reduceat(known, starts)
        ]

    return {
        "frames": middles.tolist(),
        "movement": highest(curves.movement),
        "units": highest(curves.units),
        "regions": {name: highest(values) for name, values in curves.regions.items()},
    }
