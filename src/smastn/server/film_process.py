"""What is done with a film in a separate process: the check of an upload, and the analysis.

The viewer can be opened as soon as the result is written; the magnified film comes later.
"""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from smastn.analysis.analyse import AnalysisConfig, analyse
from smastn.analysis.analysis_records import Analysis
from smastn.analysis.annotated_film import no_face
from smastn.analysis.coding import coding_of, intervals_to_plain
from smastn.analysis.export import write_analysis
from smastn.analysis.magnified_face import film_pairs, magnified_side, reduced
from smastn.errors import InputError
from smastn.files import write_atomic
from smastn.media.container import read_header
from smastn.media.encoding import film_writer
from smastn.media.frames import open_frames
from smastn.media.prefetch import read_ahead
from smastn.methods.predictor import Predictor
from smastn.server.bounded_process import Notify
from smastn.server.curve_data import write_curves
from smastn.server.job_store import CODING, CURVES, MAGNIFIED, ORIGINAL, RESULT, UPLOAD, Job
from smastn.server.limits import Limits
from smastn.spotting.intervals import SpottingConfig

_EVERY = 5  # frames between two progress values
_ENCODING = 21, "superfast"  # quality and preset of the films for the viewer


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
    """Analyse a film; write it as browsers play it, curves, the first coding, results.

    The results come last: once they are there, the film can be viewed. Then the magnified
    film is written.

    Raises:
        SmastnError: see `analyse`; or the film is longer than its header says and than allowed.
    """
    path, seconds = task.folder / UPLOAD, task.limits.film_seconds
    with open_frames(path) as stream:
        rate = stream.rate
    most = round(seconds * rate) + 1
    tracking, rendering = _progress(notify, "tracking"), _progress(notify, "rendering")

    def advance(done: int, total: int) -> None:
        if done > most:
            raise InputError(f"{path} is longer than {seconds:.0f} s; cut it into parts")
        tracking(done, total)

    config = AnalysisConfig(spotting=SpottingConfig(sensitivity=task.job.sensitivity))
    with film_writer(task.folder / ORIGINAL, rate, *_ENCODING) as add:
        predictor = task.load()
        analysis = analyse(
            path, predictor, config, advance, lambda frame: add(reduced(frame.image))
        )
    write_curves(analysis, task.folder / CURVES)
    coding = {"revision": 0, "intervals": intervals_to_plain(coding_of(analysis).intervals)}
    write_atomic(task.folder / CODING, json.dumps(coding))
    named = replace(analysis, video=replace(analysis.video, name=task.job.name))
    write_analysis(named, task.folder / RESULT)
    write_magnified(analysis, task.folder / MAGNIFIED, rendering)


def write_magnified(analysis: Analysis, path: Path, progress: Callable[[int, int], None]) -> None:
    """Write the film of the stabilised, magnified face; as many frames as its film has."""
    frames = analysis.video.frames
    none = no_face(magnified_side(analysis))
    with (
        film_writer(path, analysis.video.rate, *_ENCODING) as add,
        closing(read_ahead(film_pairs(analysis, range(frames)))) as pairs,
    ):
        for number, _, face in pairs:
            add(none if face is None else face)
            progress(number + 1, frames)


def _progress(notify: Notify, step: str) -> Callable[[int, int], None]:
    """Sends how many frames of a step are done, every few frames."""

    def advance(done: int, total: int) -> None:
        if done % _EVERY == 0 or done == total:
            notify(step=step, done=done, total=total)

    return advance
