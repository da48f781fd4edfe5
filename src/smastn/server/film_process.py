"""What is done with a film in a separate process: the check of an upload, and the analysis."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from smastn.analysis.analyse import AnalysisConfig, analyse
from smastn.analysis.coding import coding_of, intervals_to_plain
from smastn.analysis.export import Outputs, write_analysis
from smastn.errors import InputError
from smastn.files import write_atomic
from smastn.media.container import read_header
from smastn.media.frames import open_frames
from smastn.methods.predictor import Predictor
from smastn.server.bounded_process import Notify
from smastn.server.curve_data import write_curves
from smastn.server.job_store import CODING, CURVES, RESULT, UPLOAD, Job
from smastn.server.limits import Limits
from smastn.spotting.intervals import SpottingConfig

_EVERY = 5  # frames between two progress values


@dataclass(frozen=True, slots=True)
class FilmTask:
    """A film to analyse.

    Attributes:
        folder: folder of the job; holds the film and receives the results.
        job: name and settings.
        limits: bounds on the length of the film.
        load: loads the weights.
    """

    folder: Path
    job: Job
    limits: Limits
    load: Callable[[], Predictor]


def check_film(path: Path, limits: Limits, notify: Notify) -> dict[str, Any]:
    """Length and size of a film that may be analysed; decodes one frame at most.

    Raises:
        InputError: the file is not a video, or is longer or larger than allowed.
    """
    del notify
    header = read_header(path)
    width, height = header.size
    if width * height > limits.film_pixels:
        raise InputError(
            f"{path} is {width}x{height} pixels; wanted at most "
            f"{limits.film_pixels / 1e6:.1f} million pixels a frame; scale it down"
        )
    if header.seconds is not None and header.seconds > limits.film_seconds:
        raise InputError(
            f"{path} lasts {header.seconds:.0f} s; wanted at most {limits.film_seconds:.0f} s; "
            "cut it into parts"
        )
    with open_frames(path) as stream:
        return {
            "frames": stream.length,
            "seconds": header.seconds,
            "rate": stream.rate,
            "width": stream.size[0],
            "height": stream.size[1],
        }


def analyse_film(task: FilmTask, notify: Notify) -> None:
    """Analyse a film and write results, curves and the first coding into the job's folder.

    Raises:
        SmastnError: see `analyse`; or the film is longer than its header says and than allowed.
    """
    path, seconds = task.folder / UPLOAD, task.limits.film_seconds
    with open_frames(path) as stream:
        most = round(seconds * stream.rate) + 1
    tracking, rendering = _progress(notify, "tracking"), _progress(notify, "rendering")

    def advance(done: int, total: int) -> None:
        if done > most:
            raise InputError(f"{path} is longer than {seconds:.0f} s; cut it into parts")
        tracking(done, total)

    config = AnalysisConfig(spotting=SpottingConfig(sensitivity=task.job.sensitivity))
    analysis = analyse(path, task.load(), config, advance)
    rendering(0, 1)
    named = replace(analysis, video=replace(analysis.video, name=task.job.name))
    write_analysis(named, task.folder / RESULT, Outputs(viewer=True), rendering)
    write_curves(analysis, task.folder / CURVES)
    coding = {"revision": 0, "intervals": intervals_to_plain(coding_of(analysis).intervals)}
    write_atomic(task.folder / CODING, json.dumps(coding))


def _progress(notify: Notify, step: str) -> Callable[[int, int], None]:
    """Sends how many frames of a step are done, every few frames."""

    def advance(done: int, total: int) -> None:
        if done % _EVERY == 0 or done == total:
            notify(step=step, done=done, total=total)

    return advance
