"""What a network answers, as plain values for machines and as bars for people."""

from pathlib import Path
from typing import Any

from jaxtyping import UInt8
from numpy import ndarray
from rich.table import Table

from smastn.methods.predictor import load_predictor
from smastn.terminal.console import output, say

CAUTION = (
    "A name for a brief facial movement; it does not tell what somebody feels, thinks or hides."
)
"""Said wherever a person's film was named."""

BUNDLED = "bundled weights, learnt from people who do not exist"

_BAR = 28


def clip_answer(
    frames: UInt8[ndarray, "time height width 3"], checkpoint: Path | None, face: int
) -> dict[str, Any]:
    """What one clip shows, ready for JSON.

    Raises:
        FaceError: no face in the first frames.
        CheckpointError: the checkpoint cannot be used.
    """
    seen = load_predictor(checkpoint).predict(frames, face)
    return {
        "frames": len(frames),
        "faces_seen": seen.faces_seen,
        "answer": seen.answer,
        "doubt": seen.doubt or None,
        "emotion": seen.emotion,
        "probabilities": {name: round(value, 4) for name, value in seen.probabilities.items()},
        "segment_weights": [round(float(weight), 4) for weight in seen.segment_weights],
        "weights": str(checkpoint) if checkpoint else BUNDLED,
        "caution": CAUTION,
    }


def show_clip_answer(answer: dict[str, Any]) -> None:
    """Print a result of `clip_answer` for people."""
    if answer["faces_seen"] > 1:
        say(f"{answer['faces_seen']} faces are seen; one was followed, choose with --face")
    if answer["doubt"]:
        output.print(f"{answer['answer']}: {answer['doubt']}", style="bold")
    output.print(probability_bars(answer["probabilities"]))
    weights = ", ".join(f"{weight:.0%}" for weight in answer["segment_weights"])
    output.print(f"{answer['frames']} frames; its dynamic images counted {weights}", style="dim")
    say(f"{answer['weights']}. {CAUTION}")


def probability_bars(probabilities: dict[str, float]) -> Table:
    """One bar a class, the likeliest first."""
    table = Table.grid(padding=(0, 2))
    ranked = sorted(probabilities.items(), key=lambda item: -item[1])
    for rank, (name, value) in enumerate(ranked):
        style = "bold" if rank == 0 else "default"
        bar = "█" * round(value * _BAR) or "▏"
        table.add_row(f"[{style}]{name}", f"[{style}]{value:.2f}", f"[cyan]{bar}")
    return table
