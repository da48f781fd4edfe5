"""An analysis as files: analysis.json, intervals.csv, analysis.png, report.html."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from smastn import __version__
from smastn.analysis.picture import write_picture
from smastn.analysis.records import Analysis, Candidate
from smastn.analysis.report import render_report
from smastn.analysis.wording import NO_LIE_DETECTOR
from smastn.data.writing import folder_when_whole

FORMAT = 1
"""Version of the layout of analysis.json; see docs/analysis.md."""

_COLUMNS = (
    *("number", "onset_frame", "apex_frame", "offset_frame"),
    *("onset_seconds", "apex_seconds", "offset_seconds", "duration_seconds", "kind"),
    *("strength_pixels_of_224", "strength_times_noise", "confidence", "regions", "emotion"),
)

MARKER = "analysis.json"
"""Its presence tells that a folder was written here and may be replaced."""


def write_analysis(analysis: Analysis, folder: Path) -> None:
    """Write all four files into `folder`, whole or not at all; an older analysis is replaced.

    Raises:
        InputError: the folder holds something else, or there is no room.
    """
    with folder_when_whole(folder, MARKER) as partial:
        text = json.dumps(analysis_to_dict(analysis), indent=1, allow_nan=False)
        (partial / MARKER).write_text(text + "\n", encoding="utf-8")
        (partial / "intervals.csv").write_text(
            intervals_csv(analysis), encoding="utf-8", newline=""
        )
        write_picture(analysis, partial / "analysis.png")
        (partial / "report.html").write_text(render_report(analysis), encoding="utf-8")


def analysis_to_dict(analysis: Analysis) -> dict[str, Any]:
    """What analysis.json holds; every number's unit is in its name."""
    video, curve, spotting = analysis.video, analysis.curve, analysis.spotting
    return {
        "format": FORMAT,
        "smastn": __version__,
        "caution": NO_LIE_DETECTOR,
        "video": {
            "name": video.path.name,
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
        "weights": {"emotions": analysis.emotions, "trained_on": analysis.trained_on},
        "warnings": analysis.warnings,
        "intervals": [
            candidate_to_dict(number, one, analysis)
            for number, one in enumerate(analysis.candidates, start=1)
        ],
        "blinks_frames": spotting.blinks,
        "movement": {
            "threshold_times_noise": spotting.threshold,
            "noise_pixels_of_224": {
                name: round(value, 4) for name, value in spotting.noise_px.items()
            },
            "times_seconds": _numbers(curve.times, 4),
            "movement_times_noise": _numbers(spotting.movement, 3),
        },
    }


def candidate_to_dict(number: int, candidate: Candidate, analysis: Analysis) -> dict[str, Any]:
    """One candidate as plain values."""
    one, times = candidate.interval, analysis.curve.times
    weights = candidate.evidence.recognition.segment_weights if candidate.evidence else None
    return {
        "number": number,
        "onset_frame": one.onset,
        "apex_frame": one.apex,
        "offset_frame": one.offset,
        "onset_seconds": round(float(times[one.onset]), 4),
        "apex_seconds": round(float(times[one.apex]), 4),
        "offset_seconds": round(float(times[one.offset]), 4),
        "duration_seconds": round(one.seconds, 4),
        "kind": "micro" if one.micro else "longer",
        "strength_pixels_of_224": round(one.strength_px, 3),
        "strength_times_noise": round(one.strength_noise, 3),
        "confidence": round(one.confidence, 4),
        "regions": one.regions,
        "emotion": candidate.emotion,
        "probabilities": {name: _rounded(value) for name, value in candidate.probabilities.items()},
        "segment_weights": None if weights is None else _numbers(weights, 4),
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


def _numbers(values: Float[ndarray, " frames"], digits: int) -> list[float | None]:
    """Rounded; null where nothing is known, since JSON has no NaN."""
    return [round(float(value), digits) if np.isfinite(value) else None for value in values]


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(probability, 6)
