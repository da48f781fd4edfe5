"""The movement curves of a result, thinned to what a screen can show."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray

from smastn.analysis.analysis_records import Analysis
from smastn.spotting.regions import REGIONS

_EVEN = 5e-4  # s; times that differ less from a fixed rate are told by the rate alone


@dataclass(frozen=True, slots=True)
class Curves:
    """What was measured in a film, by frame.

    Attributes:
        times: seconds from its start.
        movement: of the strongest region, in units of its noise; NaN where unknown.
        regions: of each region, same unit.
    """

    times: Float64[ndarray, " frames"]
    movement: Float32[ndarray, " frames"]
    regions: dict[str, Float32[ndarray, " frames"]]

    @property
    def rate(self) -> float:
        """Frames a second, as the films for a viewer are written."""
        return 1 / float(np.median(np.diff(self.times)))

    @property
    def uneven_times(self) -> list[float] | None:
        """Seconds of each frame, or None where `rate` says the same."""
        even = np.arange(len(self.times)) / self.rate
        if np.abs(self.times - even).max() < _EVEN:
            return None
        return [round(float(time), 4) for time in self.times]


def write_curves(analysis: Analysis, path: Path) -> None:
    """Keep the curves where they can be read quickly, whatever the length of the film."""
    spotting = analysis.spotting
    np.savez(
        path,
        times=analysis.curve.times,
        movement=spotting.movement.astype(np.float32),
        regions=spotting.regions_noise.astype(np.float32),
    )


def read_curves(path: Path) -> Curves:
    """The curves that `write_curves` wrote; kept in memory for a while."""
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, modified: int) -> Curves:
    del modified
    with np.load(path, allow_pickle=False) as saved:
        regions = dict(zip(REGIONS, saved["regions"].T.copy(), strict=True))
        return Curves(saved["times"], saved["movement"], regions)


def stretch(curves: Curves, first: int, last: int, most: int) -> dict[str, Any]:
    """Frames `first` to `last` as at most `most` points.

    Of each run of frames that become one point the highest value is shown, so that no
    peak is lost however short it is.

    Args:
        curves: of a film.
        first: from which frame on.
        last: to which frame, inclusive.
        most: points; 1 or more.
    """
    last = min(last, len(curves.times) - 1)
    first = min(first, last)
    starts = np.unique(np.linspace(first, last + 1, most + 1).astype(int)[:-1])
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
        "regions": {name: highest(values) for name, values in curves.regions.items()},
    }
