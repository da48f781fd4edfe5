"""Transfer from synthetic to re-enacted real movement: frames, dynamic images, SMA-STN.

smastn synth SYNTHETIC --subjects 100 --clips 12 --seed 2010
smastn synth REAL --movement megc2019_flow
python experiments/synthetic_to_real_movement.py SYNTHETIC REAL OUT [--workers N] [--seeds N]

1. A network is trained on the clips of SYNTHETIC only.
2. It and the bundled weights predict every clip of REAL; none was used for training.
3. It is fine-tuned on REAL, evaluated by ten ``subject-folds``. Another network is trained on
   the same folds with the same settings, without pre-training.

Writes the predictions into OUT, where `smastn compare` can read them.
"""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from fine_tuning import fine_tune, predict_clips, report

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
PRE_TRAINING = replace(
    SETTINGS,
    augmentation=replace(SETTINGS.augmentation, random_displacement=STRENGTH),
    training=replace(SETTINGS.training, epochs=10, batch=32),
)
FINE_TUNING = replace(SETTINGS, training=replace(SETTINGS.training, learning_rate=1e-3))
"""Fixed beforehand: the learning rate chosen on flow images by synthetic_to_real_flow.py."""


def main() -> None:
    """Train, predict, fine-tune; print every score with its interval."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("synthetic", "real", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    made, frames = prepared(given.synthetic, given.out, given.workers)
    real, real_frames = prepared(given.real, given.out, given.workers)
    folds = subject_folds(real, 10, 0)
    with one_thread():
        clips = [TrainingClip(frames[clip.key], clip.emotion) for clip in made]
        networks = [fit(clips, PRE_TRAINING, seed) for seed in range(given.seeds)]
        report(
            "bundled weights", given.out, predict_clips([Predictor.bundled()], real, real_frames)
        )
        report("synthetic only", given.out, predict_clips(networks, real, real_frames))
        report("fine-tuned", given.out, fine_tune(networks, folds, real_frames, FINE_TUNING))
        untrained = [None] * given.seeds
        report("not pre-trained", given.out, fine_tune(untrained, folds, real_frames, SETTINGS))


def prepared(root: Path, out: Path, workers: int) -> tuple[list[Clip], Mapping[str, np.ndarray]]:
    """The clips of a corpus whose faces were found, and their prepared frames by key."""
    clips = read_manifest(root)
    ready = prepare_clips(clips, out / "prepared", SETTINGS.preparation, workers)
    kept = [clip for clip in clips if clip.key in ready.files]
    return kept, {clip.key: ready[clip.key] for clip in kept}


if __name__ == "__main__":
    main()
