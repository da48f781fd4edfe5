"""An analysis as files: for programs, for coders, for statistics, for people."""

import csv
import io
import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from smastn import __version__
from smastn.analysis.analysis_html import render_report
from smastn.analysis.analysis_records import Analysis, Candidate
from smastn.analysis.annotated_film import (
    SIDE,
    AnnotatedFrames,
    films,
    fitted,
    no_face,
    shown_frames,
)
from smastn.analysis.coding import coding_eaf, coding_of, coding_webvtt
from smastn.analysis.elan import Media
from smastn.analysis.summary_figure import write_picture
from smastn.analysis.wording import (
    NO_LIE_DETECTOR,
    TRAIN_YOUR_OWN,
    calibration_text,
    trained_text,
)
from smastn.files import atomic_folder
from smastn.media.encoding import film_writer
from smastn.spotting.regions import REGIONS

FORMAT = 2
"""Version of the layout of the folder; see docs/analysis.md."""

_COLUMNS = (
    *("number", "onset_frame", "apex_frame", "offset_frame"),
    *("onset_seconds", "apex_seconds", "offset_seconds", "duration_seconds", "kind"),
    *("strength_pixels_of_224", "strength_times_noise", "confidence", "regions"),
    *("emotion", "likeliest_emotion", "doubt"),
)

MARKER = "analysis.json"
"""Its presence tells that a folder was written here and may be replaced."""

INTERVALS, MOVEMENT, PICTURE, REPORT = "intervals", "movement.csv", "analysis.png", "report.html"
ANNOTATED, ORIGINAL, MAGNIFIED = "annotated.mp4", "original.mp4", "magnified.mp4"
"""Names of files in the folder; of the intervals there are three: .csv, .eaf, .vtt."""

_VIEWER_WIDTH, _VIEWER_HEIGHT = 960, 720  # pixels at most, of the original in a viewer


def write_analysis(
    analysis: Analysis,
    folder: Path,
    annotated: bool = False,
    films: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write all files into `folder`, whole or not at all; an older analysis is replaced.

    Args:
        analysis: what was found; its film is read again for films.
        folder: where to.
        annotated: also the annotated film, for people.
        films: also the original and the magnified face, frame by frame, for a viewer.
        progress: told of each frame of the films.

    Raises:
        InputError: the folder holds something else, or there is no room.
    """
    with atomic_folder(folder, MARKER) as partial:
        names = _write_films(analysis, partial, (annotated, films), progress)
        texts = {
            f"{INTERVALS}.csv": intervals_csv(analysis),
            f"{INTERVALS}.eaf": _eaf(analysis, folder),
            f"{INTERVALS}.vtt": coding_webvtt(coding_of(analysis), analysis.curve.times),
            MOVEMENT: movement_csv(analysis),
            REPORT: render_report(analysis, ANNOTATED if annotated else None),
        }
        files = [*texts, PICTURE, *names]
        plain = analysis_to_dict(analysis) | {"files": sorted(files)}
        if annotated:
            plain["annotated_frames"] = [
                [part.start, part.stop - 1] for part in shown_frames(analysis)
            ]
        texts[MARKER] = json.dumps(plain, indent=1, allow_nan=False) + "\n"
        for name, text in texts.items():
            (partial / name).write_text(text, encoding="utf-8", newline="")
        write_picture(analysis, partial / PICTURE)


def analysis_to_dict(analysis: Analysis) -> dict[str, Any]:
    """What analysis.json holds; every number's unit is in its name."""
    video, curve, spotting = analysis.video, analysis.curve, analysis.spotting
    return {
        "format": FORMAT,
        "smastn": __version__,
        "caution": NO_LIE_DETECTOR,
        "video": {
            "name": video.name,
            "bytes": video.bytes,
            "frames": video.frames,
            "seconds": round(video.seconds, 4),
            "frames_per_second": round(video.rate, 4),
            "width_pixels": video.size[0],
            "height_pixels": video.size[1],
            "damaged_after_seconds": video.damaged,
        },
        "face": {
            "followed": analysis.face,
            "most_seen_at_once": analysis.faces_seen,
            "frames_with_face": int(curve.face.sum()),
            "gaps_frames": curve.gaps,
        },
        "weights": {
            "emotions": analysis.emotions,
            "trained_on": analysis.trained_on,
            "in_words": trained_text(analysis.trained_on),
            "to_train_your_own": TRAIN_YOUR_OWN,
        },
        "calibration": {
            "temperature": analysis.calibration.temperature,
            "least_probability": analysis.calibration.least_probability,
            "farthest_from_class_centres": analysis.calibration.farthest,
            "in_words": calibration_text(analysis.calibration),
        },
        "warnings": analysis.warnings,
        "intervals": [
            candidate_to_dict(number, one, analysis)
            for number, one in enumerate(analysis.candidates, start=1)
        ],
        "blinks_frames": spotting.blinks,
        "speech_frames": spotting.speech,
        "threshold_times_noise": round(spotting.threshold, 4),
        "noise_pixels_of_224": {name: round(value, 4) for name, value in spotting.noise_px.items()},
    }


def candidate_to_dict(number: int, candidate: Candidate, analysis: Analysis) -> dict[str, Any]:
    """One candidate as plain values."""
    one, times, look = candidate.interval, analysis.curve.times, candidate.look
    return {
        "number": number,
        "onset_frame": one.onset,
        "apex_frame": one.apex,
        "offset_frame": one.offset,
        "onset_seconds": round(float(times[one.onset]), 4),
        "apex_seconds": round(float(times[one.apex]), 4),
        "offset_seconds": round(float(times[one.offset]), 4),
        "duration_seconds": round(one.seconds, 4),
        "kind": candidate.kind,
        "strength_pixels_of_224": round(one.strength_px, 3),
        "strength_times_noise": round(one.strength_noise, 3),
        "confidence": round(one.confidence, 4),
        "regions": one.regions,
        "emotion": candidate.name,
        "likeliest_emotion": candidate.likeliest,
        "doubt": candidate.doubt or None,
        "probabilities": {name: _rounded(value) for name, value in candidate.probabilities.items()},
        "segment_weights": None if look is None else _numbers(look.segment_weights, 4),
    }


def intervals_csv(analysis: Analysis) -> str:
    """What intervals.csv holds: one line a candidate, the same names as in analysis.json."""
    chances = {f"probability_{name}": name for name in analysis.emotions}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_COLUMNS, *chances])
    for number, candidate in enumerate(analysis.candidates, start=1):
        row = candidate_to_dict(number, candidate, analysis) | {
            "regions": "+".join(candidate.interval.regions)
        }
        probabilities = [_rounded(candidate.probabilities.get(name)) for name in chances.values()]
        writer.writerow([*(row[name] for name in _COLUMNS), *probabilities])
    return text.getvalue()


def movement_csv(analysis: Analysis) -> str:
    """What movement.csv holds: one line a frame; empty cells where nothing is known."""
    curve, spotting = analysis.curve, analysis.spotting
    names = [name.replace(" ", "_") for name in REGIONS]
    columns = {
        "time_seconds": (curve.times, 4),
        **{
            f"{angle}_degrees": (curve.pose_degrees[:, at], 2)
            for at, angle in enumerate(("yaw", "pitch", "roll"))
        },
        **{
            f"gaze_{way}_pixels_of_224": (curve.gaze_px[:, at], 3)
            for at, way in enumerate(("right", "down"))
        },
        "movement_times_noise": (spotting.movement, 3),
        **{f"{n}_pixels_of_224": (spotting.regions_px[:, at], 3) for at, n in enumerate(names)},
        **{f"{n}_times_noise": (spotting.regions_noise[:, at], 3) for at, n in enumerate(names)},
    }
    cells = [np.char.mod(f"%.{digits}f", values) for values, digits in columns.values()]
    known = [np.isfinite(values) for values, _ in columns.values()]
    table = np.where(np.stack(known, axis=1), np.stack(cells, axis=1), "")
    lines = [",".join(["frame", "face", *columns])]
    for frame, (face, row) in enumerate(zip(curve.face, table, strict=True)):
        lines.append(f"{frame},{int(face)},{','.join(row)}")
    return "\n".join(lines) + "\n"


def _eaf(analysis: Analysis, folder: Path) -> str:
    """The ELAN document, linked to the film where that is a file."""
    video = analysis.video
    media = Media(Path(video.name))
    if video.name == video.path.name:
        media = Media(video.path.absolute(), folder.absolute()) if video.path.is_file() else None
    return coding_eaf(coding_of(analysis), analysis.curve.times, media)


def _write_films(
    analysis: Analysis,
    folder: Path,
    wanted: tuple[bool, bool],
    progress: Callable[[int, int], None] | None,
) -> list[str]:
    """The films that are wanted (annotated, those of a viewer), in one pass; their names."""
    annotated, viewer = wanted
    parts = shown_frames(analysis) if annotated else []
    annotated = bool(parts)  # a long film without intervals has nothing to show
    names = [*([ANNOTATED] if annotated else []), *([ORIGINAL, MAGNIFIED] if viewer else [])]
    if not names:
        return []
    shown = {frame for part in parts for frame in part}
    passes = [range(analysis.video.frames)] if viewer else parts
    total, done = sum(map(len, passes)), 0
    draw, empty = AnnotatedFrames(analysis) if annotated else None, no_face(SIDE)
    with ExitStack() as stack:
        rate = analysis.curve.rate
        add = {name: stack.enter_context(film_writer(folder / name, rate, 21)) for name in names}
        for part in passes:
            for number, original, magnified in films(analysis, part):
                if draw is not None and number in shown:
                    add[ANNOTATED](draw(number, original, magnified))
                if viewer:
                    add[ORIGINAL](_for_viewer(original))
                    add[MAGNIFIED](empty if magnified is None else magnified)
                done += 1
                if progress is not None:
                    progress(done, total)
    return names


def _for_viewer(image: ndarray) -> ndarray:
    """The picture, smaller where it is very large."""
    height, width = image.shape[:2]
    scale = min(1.0, _VIEWER_WIDTH / width, _VIEWER_HEIGHT / height)
    return image if scale == 1 else fitted(image, round(width * scale), round(height * scale))


def _numbers(values: Float[ndarray, " frames"], digits: int) -> list[float | None]:
    """Rounded; null where nothing is known, since JSON has no NaN."""
    return [round(float(value), digits) if np.isfinite(value) else None for value in values]


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(probability, 6)
