"""A network's prediction, as plain values for JSON and as bars in the terminal."""

from dataclasses import asdict
from typing import Any

from rich.table import Table

from smastn.media.frame_array import FrameStack
from smastn.methods.predictor import Predictor
from smastn.methods.recognised_units import RecognisedUnit
from smastn.terminal.console import output, say

CAUTION = (
    "A class of brief facial movements; it does not show what a person feels, thinks or hides."
)
"""Printed with every prediction for a film of a person."""

BUNDLED = "bundled weights, trained on synthetic faces only"

_BAR = 28


def prediction_to_dict(
    frames: FrameStack, predictor: Predictor, face: int, weights: str
) -> dict[str, Any]:
    """The prediction for one clip, ready for JSON.

    Args:
        frames: from onset to offset.
        predictor: predicts the clip.
        face: which face, 0 for the largest.
        weights: where the predictor comes from, for people to read.

    Raises:
        FaceError: no face in the first frames.
    """
    seen = predictor.predict(frames, face)
    counted = seen.segment_weights
    return {
        "frames": len(frames),
        "faces_seen": seen.faces_seen,
        "predicted": seen.predicted,
        "doubt": seen.doubt or None,
        "emotion": seen.emotion,
        "predictions_this_sure": None if seen.measured is None else asdict(seen.measured),
        "measured_on": predictor.calibration.measured_on or None,
        "probabilities": {name: round(value, 4) for name, value in seen.probabilities.items()},
        "segment_weights": None
        if counted is None
        else [round(float(weight), 4) for weight in counted],
        "action_units": [_unit_to_dict(one) for one in seen.action_units],
        "unit_emotions": list(seen.unit_emotions),
        "weights": weights,
        "caution": CAUTION,
    }


def show_prediction(values: dict[str, Any]) -> None:
    """Print a result of `prediction_to_dict`."""
    if values["faces_seen"] > 1:
        say(f"{values['faces_seen']} faces were detected; choose another one with --face")
    if values["doubt"]:
        output.print(f"{values['predicted']}: {values['doubt']}", style="bold")
    elif known := values["predictions_this_sure"]:
        count = f"{known['right']} of {known['predictions']}"
        output.print(
            f"Of predictions at least this sure on {values['measured_on']}, {count} were right"
        )
    output.print(probability_bars(values["probabilities"]))
    if values["action_units"]:
        _show_units(values["action_units"], values["unit_emotions"])
    frames = f"{values['frames']} frames"
    if values["segment_weights"] is not None:
        weights = ", ".join(f"{weight:.0%}" for weight in values["segment_weights"])
        frames += f"; weights of its images: {weights}"
    output.print(frames, style="dim")
    say(f"{values['weights']}. {CAUTION}")


def _unit_to_dict(unit: RecognisedUnit) -> dict[str, Any]:
    """An action unit; `where` is x and y in the prepared crop, 0 to 1 from its upper left."""
    return {
        "unit": unit.unit,
        "code": unit.code,
        "shown": unit.shown,
        "probability": round(unit.probability, 4),
        "left": round(unit.sides[0], 4),
        "right": round(unit.sides[1], 4),
        "where": None if unit.where is None else [round(place, 3) for place in unit.where],
    }


def _show_units(units: list[dict[str, Any]], emotions: list[str]) -> None:
    """Print the action units that are shown, the most probable first, and what they go with."""
    shown = sorted((one for one in units if one["shown"]), key=lambda one: -one["probability"])
    codes = ", ".join(f"{one['code']} ({one['probability']:.2f})" for one in shown)
    output.print(f"action units: {codes or 'none is probable enough'}")
    if shown:
        named = " or ".join(emotions) or "no emotion in particular"
        output.print(f"emotion by its action units: {named}")


def probability_bars(probabilities: dict[str, float]) -> Table:
    """One bar a class, the most probable first."""
    table = Table.grid(padding=(0, 2))
    ranked = sorted(probabilities.items(), key=lambda item: -item[1])
    for rank, (name, value) in enumerate(ranked):
        style = "bold" if rank == 0 else "default"
        bar = "█" * round(value * _BAR) or "▏"
        table.add_row(f"[{style}]{name}", f"[{style}]{value:.2f}", f"[cyan]{bar}")
    return table
