"""From made-up movement to real movement, in pictures of flow.

python experiments/made_up_flow.py FOLDER OUT [--workers N]

1. Pictures of flow of made-up people are made, and a network is trained on them alone.
2. It is asked once about every real clip in FOLDER; nothing of these was seen.
3. By ``subject-pairs``, as settings are chosen, it is trained further on real people. The run of
   ``flow-choice/k2-mix.toml`` is of the same settings and folds, begun from nothing.

Writes the predictions into OUT, so that `smastn compare` can read them.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from further import asked, tell, trained

from smastn.corpora.flow_images import flow_clips
from smastn.evaluation.experiment_files import read_experiment
from smastn.evaluation.nested_selection import inner_uf1
from smastn.evaluation.protocol import subject_pairs
from smastn.inputs.optical_flow import flow_pictures, scaled
from smastn.synthesis.synthetic_flow import FlowConfig, made_up_flow
from smastn.training.batches import TrainingClip
from smastn.training.fit import fit
from smastn.training.training_settings import TrainConfig
from smastn.workers import one_thread

MADE_UP = FlowConfig(seed=1)
SETTINGS = read_experiment("flow-choice/k2-mix")
BEFORE = replace(SETTINGS, training=TrainConfig(epochs=6, batch=32, learning_rate=3e-3))
FURTHER = replace(SETTINGS, training=TrainConfig(epochs=15, learning_rate=1e-3))


def main() -> None:
    """Make, train, ask, train further; print every score with its interval."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("out", type=Path)
    words.add_argument("--workers", type=int, default=1)
    words.add_argument("--seeds", type=int, default=3)
    given = words.parse_args()
    real = flow_clips(given.folder)
    pictures = flow_pictures(given.folder, SETTINGS.descriptor.flow, SETTINGS.preparation.size)
    made = made_up_flow(MADE_UP, given.workers)
    clips = [TrainingClip(enlarged(one.pictures), one.emotion) for one in made]
    with one_thread():
        networks = [fit(clips, BEFORE, seed) for seed in range(given.seeds)]
        for seed, network in enumerate(networks):
            network.save(given.out / f"made-up-seed{seed}")
        tell("made-up people alone", given.out, asked(networks, real, pictures))
        rows = trained(networks, subject_pairs(real, 5, 0), pictures, FURTHER)
        tell("trained further", given.out, rows)
        shown = " ".join(f"{inner_uf1(rows, group):.3f}" for group in range(1, 6))
        print(f"trained further: inner UF1 without each group {shown}", flush=True)


def enlarged(pictures: np.ndarray) -> np.ndarray:
    """As large as the network wants them."""
    return np.stack([scaled(one, SETTINGS.preparation.size) for one in pictures])


if __name__ == "__main__":
    main()
