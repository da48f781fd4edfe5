"""A network's prediction, as plain values for JSON and as bars in the terminal."""

from typing import Any

from rich.table import Table

from smastn.media.frame_array import FrameStack
from smastn.methods.predictor import Predictor
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
        "probabilities": {name: round(value, 4) for name, value in seen.probabilities.items()},
        "segment_weights": None
        if counted is None
        else [round(float(weight), 4) for weight in counted],
        "weights": weights,
        "caution": CAUTION,
    }


def show_prediction(values: dict[str, Any]) -> None:
    """Print a result of `prediction_to_dict`."""
    if values["faces_seen"] > 1:
        say(f"{values['faces_seen']} faces were detected; choose another one with --face")
    if values["doubt"]:
        output.print(f"{values['predicted']}: {values['doubt']}", style="bold")
    output.print(probability_bars(values["probabilities"]))
    frames = f"{values['frames']} frames"
    if values["segment_weights"] is not None:
        weights = ", ".join(f"{weight:.0%}" for weight in values["segment_weights"])
        frames += f"; weights of its images: {weights}"
    output.print(frames, style="dim")
    say(f"{values['weights']}. {CAUTION}")


def probability_bars(probabilities: dict[str, float]) -> Table:
    """One bar a class, the most probable first."""
    table = Table.grid(padding=(0, 2))
    ranked = sorted(probabilities.items(), key=lambda item: -item[1])
    for rank, (name, value) in enumerate(ranked):
        style = "bold" if rank == 0 else "default"
        bar = "█" * round(value * _BAR) or "▏"
        table.add_row(f"[{style}]{name}", f"[{style}]{value:.2f}", f"[cyan]{bar}")
    return table
