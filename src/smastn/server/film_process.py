"""What is done with a film inside a bounded process: checked first, analysed later."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from smastn.analysis.analyse import AnalysisConfig, analyse
from smastn.analysis.coding import coding_of, intervals_to_plain
from smastn.analysis.export import Outputs, write_analysis
from smastn.errors import InputError
from smastn.files import write_atomic
from smastn.media.container import announced
from smastn.media.frames import open_frames
from smastn.methods.predictor import load_predictor
from smastn.server.bounded_process import Tell
from smastn.server.curve_data import write_curves
from smastn.server.limits import Limits
from smastn.spotting.intervals import SpottingConfig

_OFTEN = 5  # frames between two words on how far the work is

CHECK_SECONDS = 20.0
"""A file that cannot be opened in this time is refused."""


@dataclass(frozen=True, slots=True)
class FilmTask:
    """A film to work on.

    Attributes:
        path: where it lies.
        name: what its user calls it.
        limits: how long and large it may be.
        sensitivity: see `SpottingConfig`.
        checkpoint: folder of weights, or None for those that come with smastn.
        result: folder for what is found.
        coding: file for the intervals that a person will correct.
        curves: file for the movement curves.
    """

    path: Path
    name: str
    limits: Limits
    sensitivity: float = 0.5
    checkpoint: Path | None = None
    result: Path | None = None
    coding: Path | None = None
    curves: Path | None = None


def check_film(task: FilmTask, tell: Tell) -> dict[str, Any]:
    """Facts about a film that may be analysed; little of it is decoded.

    Raises:
        InputError: it is no video, or longer or larger than allowed.
    """
    del tell
    says, limits = announced(task.path), task.limits
    width, height = says.size
    if width * height > limits.film_pixels:
        raise InputError(
            f"{task.path} is {width}x{height} pixels; wanted at most "
            f"{limits.film_pixels / 1e6:.1f} million pixels a frame; scale it down"
        )
    if says.seconds is not None and says.seconds > limits.film_seconds:
        raise InputError(
            f"{task.path} lasts {says.seconds:.0f} s; wanted at most {limits.film_seconds:.0f} s; "
            "cut it into parts"
        )
    with open_frames(task.path) as stream:
        return {
            "frames": stream.length,
            "seconds": says.seconds,
            "rate": stream.rate,
            "width": stream.size[0],
            "height": stream.size[1],
        }


def analyse_film(task: FilmTask, tell: Tell) -> dict[str, Any]:
    """Find what moved in a film, and write it down.

    Raises:
        SmastnError: as `analyse`; or it goes on for longer than it says and than allowed.
    """
    if task.result is None or task.coding is None or task.curves is None:
        raise ValueError("an analysis needs places for its results")
    with open_frames(task.path) as stream:
        most = round(task.limits.film_seconds * stream.rate) + 1

    def advance(done: int, total: int) -> None:
        if done > most:
            raise InputError(
                f"{task.path} goes on for more than {task.limits.film_seconds:.0f} s; cut it "
                "into parts"
            )
        if done % _OFTEN == 0 or done == total:
            tell(step="watching", done=done, total=total)

    config = AnalysisConfig(spotting=SpottingConfig(sensitivity=task.sensitivity))
    analysis = analyse(task.path, load_predictor(task.checkpoint), config, advance)

    def filmed(done: int, total: int) -> None:
        if done % _OFTEN == 0 or done == total:
            tell(step="filming", done=done, total=total)

    filmed(0, 1)
    named = replace(analysis, video=replace(analysis.video, name=task.name))
    write_analysis(named, task.result, Outputs(viewer=True), filmed)
    write_curves(analysis, task.curves)
    coding = {"revision": 0, "intervals": intervals_to_plain(coding_of(analysis).intervals)}
    write_atomic(task.coding, json.dumps(coding))
    return {"intervals": len(analysis.candidates)}
