"""The files of an analysis: for programs, for coders, for statistics, for people."""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from smastn import __version__
from smastn.analysis.analysis_html import render_report
from smastn.analysis.analysis_records import Analysis, Candidate
from smastn.analysis.annotated_film import AnnotatedFrames, shown_frames
from smastn.analysis.coding import coding_of
from smastn.analysis.formats import ExportFormat, find_formats
from smastn.analysis.magnified_face import SIDE, film_pairs
from smastn.analysis.summary_figure import write_picture
from smastn.analysis.wording import (
    NO_LIE_DETECTOR,
    TRAIN_YOUR_OWN,
    calibration_text,
    trained_text,
)
from smastn.files import atomic_folder
from smastn.media.encoding import FASTEST, film_writer
from smastn.media.prefetch import read_ahead
from smastn.methods.calibration import Calibration, Measured
from smastn.spotting.action_unit_table import UNITS
from smastn.spotting.curve import stretches
from smastn.spotting.regions import REGIONS
from smastn.spotting.speech import LEAST_VOICE
from smastn.spotting.uncodable import reasons_of
from smastn.spotting.unit_events import UnitEvent

FORMAT_VERSION = 3
"""Version of the layout of the folder; see docs/analysis.md."""

MARKER = "analysis.json"
"""Its presence marks a folder of results, which may be replaced."""

INTERVALS, MOVEMENT, PICTURE, REPORT = "intervals", "movement.csv", "analysis.png", "report.html"
ANNOTATED = "annotated.mp4"
"""Names of files in the folder; an export format adds its suffix to that of the intervals."""

ALWAYS = ("csv", "eaf", "vtt")
"""Export formats that are written for every analysis."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Which further files are written.

    Attributes:
        annotated: the annotated film, for people.
        exports: export formats besides `ALWAYS`, by name or reference; see `find_formats`.
    """

    annotated: bool = False
    exports: tuple[str, ...] = ()


def write_analysis(
    analysis: Analysis,
    folder: Path | str,
    outputs: Outputs | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write all files into `folder` atomically; an older analysis is replaced.

    Args:
        analysis: its film is read again for the annotated film.
        folder: new, empty, or of an earlier analysis.
        outputs: what is written besides tables, picture and report.
        progress: called after each frame of the film.

    Raises:
        ConfigError: an export format is unknown or fails.
        InputError: the folder contains something else, or the disk is full.
    """
    folder, outputs = Path(folder), outputs or Outputs()
    formats = find_formats([*ALWAYS, *outputs.exports])
    coding = coding_of(analysis, folder)
    with atomic_folder(folder, MARKER) as partial:
        contents = {name: one.content(coding) for name, one in interval_files(formats).items()}
        film = partial / ANNOTATED
        annotated = outputs.annotated and _write_annotated(analysis, film, progress)
        films = [ANNOTATED] if annotated else []
        contents[MOVEMENT] = movement_csv(analysis).encode()
        report = render_report(analysis, ANNOTATED if annotated else None)
        contents[REPORT] = report.encode()
        plain = analysis_to_dict(analysis) | {"files": sorted([*contents, PICTURE, *films])}
        if annotated:
            parts = shown_frames(analysis)
            plain["annotated_frames"] = [[part.start, part.stop - 1] for part in parts]
        contents[MARKER] = (json.dumps(plain, indent=1, allow_nan=False) + "\n").encode()
        for name, content in contents.items():
            (partial / name).write_bytes(content)
        write_picture(analysis, partial / PICTURE)


def interval_files(formats: list[ExportFormat]) -> dict[str, ExportFormat]:
    """File name of each format; of two with one suffix the second carries its name, too."""
    files: dict[str, ExportFormat] = {}
    for one in formats:
        name = f"{INTERVALS}{one.suffix}"
        files[f"{INTERVALS}-{one.name}{one.suffix}" if name in files else name] = one
    return files


def analysis_to_dict(analysis: Analysis) -> dict[str, Any]:
    """The content of analysis.json; every number's unit is in its name."""
    video, curve, spotting = analysis.video, analysis.curve, analysis.spotting
    return {
        "format": FORMAT_VERSION,
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
        "calibration": _calibration_to_dict(analysis.calibration),
        "warnings": analysis.warnings,
        "intervals": [
            candidate_to_dict(number, one, analysis)
            for number, one in enumerate(analysis.candidates, start=1)
        ],
        "not_taken": [
            {
                "frame": one.frame,
                "seconds": round(float(curve.times[one.frame]), 4),
                "strength_times_noise": round(one.strength, 3),
                "reason": one.reason,
            }
            for one in spotting.not_taken
        ],
        "neutral_frames": spotting.units.neutral,
        "blinks_frames": spotting.blinks,
        "speech_frames": spotting.speech,
        "uncodable_frames": [[one.first, one.last, one.why] for one in spotting.uncodable],
        "voice_frames": None
        if np.isnan(curve.voice).all()
        else stretches(curve.voice >= LEAST_VOICE),
        "threshold_times_noise": round(spotting.threshold, 4),
        "noise_pixels_of_224": {name: round(value, 4) for name, value in spotting.noise_px.items()},
    }


def candidate_to_dict(number: int, candidate: Candidate, analysis: Analysis) -> dict[str, Any]:
    """One candidate as values that JSON knows."""
    one, times, seen = candidate.interval, analysis.curve.times, candidate.recognition
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
        "action_units": one.action_units,
        "action_units_from": "face model" if one.events else "movement of the skin",
        "units": [_unit_to_dict(event, times) for event in one.events],
        "regions": one.regions,
        "onset_seen": one.has_onset,
        "offset_seen": one.has_offset,
        "emotion": candidate.name,
        "likeliest_emotion": candidate.likeliest,
        "doubt": candidate.doubt or None,
        "predictions_this_sure": _measured_to_dict(None if seen is None else seen.measured),
        "probabilities": {name: round(p, 6) for name, p in candidate.probabilities.items()},
        "network_action_units": None
        if seen is None or not seen.action_units
        else [
            {"code": one.code, "probability": round(one.probability, 4)}
            for one in seen.action_units
            if one.shown
        ],
        "segment_weights": None
        if seen is None or seen.segment_weights is None
        else [round(float(weight), 4) for weight in seen.segment_weights],
    }


def _measured_to_dict(measured: Measured | None) -> dict[str, int] | None:
    """Counts of right and of all predictions at least this sure; None where they are not known."""
    return measured and {"right": measured.right, "predictions": measured.predictions}


def _unit_to_dict(event: UnitEvent, times: Float64[ndarray, " frames"]) -> dict[str, Any]:
    """One action unit of a candidate, with its own onset, plateau and offset."""
    frames = {
        "onset": event.onset,
        "apex": event.apex,
        "apex_end": event.plateau_end,
        "offset": event.offset,
    }
    return {
        "code": event.code,
        **{f"{name}_frame": frame for name, frame in frames.items()},
        **{f"{name}_seconds": round(float(times[frame]), 4) for name, frame in frames.items()},
        "intensity_left": round(event.left, 3),
        "intensity_right": round(event.right, 3),
        "uncertainty": round(event.uncertainty, 3),
    }


def movement_csv(analysis: Analysis) -> str:
    """The content of movement.csv: one row a frame; cells are empty where nothing is known."""
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
        "voice_probability": (curve.voice, 3),
        "movement_times_noise": (spotting.movement, 3),
        **{f"{n}_pixels_of_224": (spotting.regions_px[:, at], 3) for at, n in enumerate(names)},
        **{f"{n}_times_noise": (spotting.regions_noise[:, at], 3) for at, n in enumerate(names)},
        **{
            f"AU{unit.name}_{side}": (getattr(spotting.units, side)[:, at], 3)
            for at, unit in enumerate(UNITS)
            for side in ("left", "right")
        },
    }
    cells = [np.char.mod(f"%.{digits}f", values) for values, digits in columns.values()]
    known = [np.isfinite(values) for values, _ in columns.values()]
    table = np.where(np.stack(known, axis=1), np.stack(cells, axis=1), "")
    lines = [",".join(["frame", "face", *columns, "uncodable", "not_taken"])]
    why_not = {one.frame: f'"{one.reason}"' for one in spotting.not_taken}
    why = reasons_of(spotting.uncodable, len(curve.times))
    for frame, (face, row) in enumerate(zip(curve.face, table, strict=True)):
        cells = f"{frame},{int(face)},{','.join(row)},{why[frame]},{why_not.get(frame, '')}"
        lines.append(cells)
    return "\n".join(lines) + "\n"


def _calibration_to_dict(calibration: Calibration) -> dict[str, Any]:
    """Values are null for a network that is not calibrated."""
    fitted = bool(calibration.fitted_on)
    return {
        "temperature": calibration.temperature if fitted else None,
        "least_probability": calibration.least_probability if fitted else None,
        "farthest_from_class_centres": calibration.farthest,
        "measured_on": calibration.measured_on or None,
        "measured": [asdict(one) for one in calibration.measured],
        "in_words": calibration_text(calibration),
    }


def _write_annotated(
    analysis: Analysis, path: Path, progress: Callable[[int, int], None] | None
) -> bool:
    """The annotated film, if there is something to show: a long film may have no intervals."""
    parts = shown_frames(analysis)
    if not parts:
        return False
    total, done = sum(map(len, parts)), 0
    draw = AnnotatedFrames(analysis)
    with film_writer(path, analysis.curve.rate, 22, FASTEST) as add:  # large, but never long
        for part in parts:
            with closing(read_ahead(film_pairs(analysis, part, SIDE))) as pairs:
                for number, original, magnified in pairs:
                    add(draw.planes(number, original, magnified))
                    done += 1
                    if progress is not None:
                        progress(done, total)
    return True
