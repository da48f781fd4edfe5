"""Example clips for the report: the network's input and its attention.

Which clips are shown follows a rule that is printed beside them: for each class the correct
clip of median probability, and the wrong one that was predicted with the greatest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8
from numpy import ndarray

from smastn.corpora.clip import Clip
from smastn.evaluation.predictions import Prediction
from smastn.evaluation.run_records import Evidence, Results
from smastn.evaluation.study import Study

RULE = (
    "Selected by rule: for each class, the correct clip of median probability, and the wrong one "
    "predicted with the greatest probability."
)


@dataclass(frozen=True, slots=True)
class Example:
    """One held-out clip.

    Attributes:
        prediction: of the clip.
        key_frames: prepared frames at onset, apex (the middle where none is annotated), offset.
        pictures: the network's input, drawn.
        image_names: what part of the clip each is of.
        attention: one map an image, each summing to 1; None for a network without attention.
        segment_weights: one an image, summing to 1; None likewise.
    """

    prediction: Prediction
    key_frames: UInt8[ndarray, "3 size size 3"]
    pictures: UInt8[ndarray, "images side side 3"]
    image_names: tuple[str, ...]
    attention: Float[ndarray, "images rows columns"] | None
    segment_weights: Float[ndarray, " images"] | None


def select_examples(study: Study, results: Results) -> list[Example]:
    """The clips that the rule selects, of the first seed: correct ones first, each by class."""
    seed = study.experiment.seeds[0]
    rows = [row for row in results.predictions if row.seed == seed]
    clips = {clip.key: clip for clip in study.clips}
    evidence = {
        (record.fold, one.clip): one
        for record in results.folds
        if record.seed == seed
        for one in record.evidence
    }
    return [
        _example(study, clips[row.key], row, evidence.get((row.fold, row.key)))
        for row in selected(rows)
    ]


def selected(rows: Sequence[Prediction]) -> list[Prediction]:
    """The rows that the rule selects; of equals the first."""
    picked: list[Prediction] = []
    for correct in (True, False):
        for emotion in sorted({row.truth for row in rows}):
            group = [row for row in rows if row.truth == emotion and row.correct == correct]
            group.sort(key=lambda row: -row.probabilities.get(row.predicted, 0.0))
            if group:
                picked.append(group[len(group) // 2 if correct else 0])
    return picked


def _example(study: Study, clip: Clip, row: Prediction, evidence: Evidence | None) -> Example:
    frames = study.frames(clip)
    middle = clip.length // 2 if clip.apex is None else clip.apex - clip.onset
    last = len(frames) - 1
    key_frames = np.stack([frames[0], frames[min(middle, last)], frames[last]])
    source = study.experiment.input
    return Example(
        prediction=row,
        key_frames=key_frames,
        pictures=source.draw(source.describe(frames).numpy()),
        image_names=source.image_names,
        attention=None if evidence is None else np.array(evidence.attention),
        segment_weights=None if evidence is None else np.array(evidence.segment_weights),
    )
