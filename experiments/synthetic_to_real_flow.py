"""Transfer from synthetic to real movement, in flow images.

python experiments/synthetic_to_real_flow.py FOLDER OUT [--workers N] [--action-units TABLE]

1. A network is trained on flow images of synthetic faces only.
2. It predicts every real clip in FOLDER; none was used for training.
3. It is fine-tuned on real subjects, evaluated by ``subject-pairs``. The run of
   ``flow-choice/k2-mix`` has the same settings and folds, without pre-training.

Writes the predictions into OUT, where `smastn compare` can read them.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from choose import inner_uf1
from fine_tuning import fine_tune, predict_clips, report
from synthetic_flow import SyntheticFlowConfig, make_synthetic_flow

from smastn.corpora.coding_table import read_coding
from smastn.corpora.flow_images import flow_clips
from smastn.evaluation.experiment_files import read_experiment
from smastn.evaluation.protocol import subject_pairs
from smastn.inputs.optical_flow import flow_frames, scaled
from smastn.training.batches import TrainingClip
from smastn.training.fit import fit
from smastn.training.training_settings import TrainConfig
from smastn.workers import one_thread

SYNTHETIC = SyntheticFlowConfig(seed=1)
SETTINGS = read_experiment("flow-choice/k2-mix")
PRE_TRAINING = replace(SETTINGS, training=TrainConfig(epochs=6, batch=32, learning_rate=3e-3))
FINE_TUNING = replace(SETTINGS, training=TrainConfig(epochs=15, learning_rate=1e-3))


def main() -> None:
    """Train on synthetic images, predict, fine-tune; print every score with its interval."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--action-units", type=Path, help="table of coded action units")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    real = flow_clips(given.folder)
    if given.action_units:
        real = read_coding(given.action_units).of(real)
    pictures = flow_frames(given.folder, SETTINGS.input.image_names, SETTINGS.preparation.size)
    made = make_synthetic_flow(SYNTHETIC, given.workers)
    clips = [
        TrainingClip(enlarged(one.images), one.emotion, action_units=one.action_units)
        for one in made
    ]
    with one_thread():
        networks = [fit(clips, PRE_TRAINING, seed) for seed in range(given.seeds)]
        for seed, network in enumerate(networks):
            network.save(given.out / f"synthetic-seed{seed}")
        report("synthetic only", given.out, predict_clips(networks, real, pictures))
        rows = fine_tune(networks, subject_pairs(real, 5, 0), pictures, FINE_TUNING)
        report("fine-tuned", given.out, rows)
        shown = " ".join(f"{inner_uf1(rows, group):.3f}" for group in range(1, 6))
        print(f"fine-tuned: inner UF1 without each group {shown}", flush=True)


def enlarged(images: np.ndarray) -> np.ndarray:
    """Flow images in the input size of the network."""
    return np.stack([scaled(one, SETTINGS.preparation.size) for one in images])


if __name__ == "__main__":
    main()
