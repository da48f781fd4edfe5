"""From made-up people to re-enacted real movement: frames, dynamic images, SMA-STN.

smastn synth MADE_UP --subjects 100 --clips 12 --seed 2010
smastn synth REAL --movement megc2019_flow
python experiments/made_up_movement.py MADE_UP REAL OUT [--workers N] [--seeds N]

1. A network is trained on the made-up people of MADE_UP alone.
2. It, and the bundled weights, are asked about every clip of REAL; nothing of these was seen.
3. By ``subject-folds``, ten of them, it is trained further on the people of REAL, and another
   of the same settings is trained on them from nothing.

Writes predictions into OUT, so that `smastn compare` can read them.
"""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from further import asked, tell, trained

from smastn.corpora.clip import Clip
from smastn.corpora.manifest import read_manifest
from smastn.evaluation.experiment_files import read_experiment
from smastn.evaluation.protocol import subject_folds
from smastn.faces.prepared_clips import prepare_clips
from smastn.methods.predictor import Predictor
from smastn.training.batches import TrainingClip
from smastn.training.fit import fit
from smastn.workers import one_thread

SETTINGS = read_experiment("reenacted-3")
STRENGTH = read_experiment(preset="synthetic").augmentation.random_displacement
BEFORE = replace(
    SETTINGS,
    augmentation=replace(SETTINGS.augmentation, random_displacement=STRENGTH),
    training=replace(SETTINGS.training, epochs=10, batch=32),
)
FURTHER = replace(SETTINGS, training=replace(SETTINGS.training, learning_rate=1e-3))
"""Fixed beforehand: as experiments/made_up_flow.py found for pictures of flow, in nested groups."""


def main() -> None:
    """Train, ask, train further; print every score with its interval."""
    words = argparse.ArgumentParser(description=__doc__)
    for name in ("made_up", "real", "out"):
        words.add_argument(name, type=Path)
    words.add_argument("--workers", type=int, default=1)
    words.add_argument("--seeds", type=int, default=3)
    given = words.parse_args()
    made, frames = prepared(given.made_up, given.out, given.workers)
    real, real_frames = prepared(given.real, given.out, given.workers)
    folds = subject_folds(real, 10, 0)
    with one_thread():
        clips = [TrainingClip(frames[clip.key], clip.emotion) for clip in made]
        networks = [fit(clips, BEFORE, seed) for seed in range(given.seeds)]
        tell("bundled weights", given.out, asked([Predictor.bundled()], real, real_frames))
        tell("made-up people alone", given.out, asked(networks, real, real_frames))
        tell("trained further", given.out, trained(networks, folds, real_frames, FURTHER))
        nothing = [None] * given.seeds
        tell("from nothing", given.out, trained(nothing, folds, real_frames, SETTINGS))


def prepared(root: Path, out: Path, workers: int) -> tuple[list[Clip], Mapping[str, np.ndarray]]:
    """The clips of a corpus whose faces were found, and their prepared frames by key."""
    clips = read_manifest(root)
    ready = prepare_clips(clips, out / "prepared", SETTINGS.preparation, workers)
    kept = [clip for clip in clips if clip.key in ready.files]
    return kept, {clip.key: ready[clip.key] for clip in kept}


if __name__ == "__main__":
    main()
