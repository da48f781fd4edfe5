"""Held-out clips to look at: what the network saw, and where it looked.

Which clips are shown follows a rule that is printed beside them, so that nobody
picks the pretty ones: for each class the correct clip of median probability, and
the wrong one that was answered with the greatest.
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
from smastn.inputs.dynamic_image import describe
from smastn.inputs.rendering import seen_images

RULE = (
    "Chosen by rule, not by eye: for each class, the correct clip of median probability, and the "
    "wrong one answered with the greatest probability."
)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One held-out clip, opened up.

    Attributes:
        prediction: the one answer about it.
        moments: prepared frames at onset, apex (the middle where nobody marked it), offset.
        dynamic_images: what the network saw, -1 to 1; of movement its vertical part, down positive.
        image_names: what part of the clip each is of.
        attention: where it looked in each; each map sums to 1.
        segment_weights: how much each counted, summing to 1.
    """

    prediction: Prediction
    moments: UInt8[ndarray, "3 size size 3"]
    dynamic_images: Float[ndarray, "images 3 size size"]
    image_names: tuple[str, ...]
    attention: Float[ndarray, "images rows columns"]
    segment_weights: Float[ndarray, " images"]


def exhibits(study: Study, results: Results, seed: int | None = None) -> list[Exhibit]:
    """The clips that the rule chooses: right ones first, then wrong ones, class by class.

    Args:
        study: whose frames are shown.
        results: its finished run.
        seed: whose answers; the first of the experiment's where none is given.
    """
    seed = study.experiment.seeds[0] if seed is None else seed
    rows = [row for row in results.predictions if row.seed == seed]
    clips = {clip.key: clip for clip in study.clips}
    evidence = {
        (record.fold, one.clip): one
        for record in results.folds
        if record.seed == seed
        for one in record.evidence
    }
    return [
        _exhibit(study, clips[row.key], row, evidence[row.fold, row.key]) for row in chosen(rows)
    ]


def chosen(rows: Sequence[Prediction]) -> list[Prediction]:
    """The rows that the rule chooses; ties go to the first in the order given."""
    picked: list[Prediction] = []
    for correct in (True, False):
        for emotion in sorted({row.truth for row in rows}):
            group = [row for row in rows if row.truth == emotion and row.correct == correct]
            group.sort(key=lambda row: -row.probabilities.get(row.predicted, 0.0))
            if group:
                picked.append(group[len(group) // 2 if correct else 0])
    return picked


def _exhibit(study: Study, clip: Clip, row: Prediction, evidence: Evidence) -> Exhibit:
    frames = study.frames(clip)
    middle = clip.length // 2 if clip.apex is None else clip.apex - clip.onset
    last = len(frames) - 1
    moments = np.stack([frames[0], frames[min(middle, last)], frames[last]])
    descriptor = study.experiment.descriptor
    images = seen_images(describe(frames, descriptor).numpy(), descriptor.shows_movement)
    return Exhibit(
        prediction=row,
        moments=moments,
        dynamic_images=images,
        image_names=descriptor.image_names,
        attention=np.array(evidence.attention),
        segment_weights=np.array(evidence.segment_weights),
    )
