"""Whether people are learnt worse when a clip is sampled a few times only, not anew every epoch.

python experiments/shared_drawings.py CORPUS OUT --sampled_views 8 16 20 --seeds 0 1 2 3

CORPUS is the one kept for choosing: ``smastn synth CORPUS --subjects 16 --clips 9 --seed 101``.
Settings of docs/log.md, 2026-11-23: 80 pixels, 20 epochs, 8 groups of people. One process; about
40 s of a processor a run. As many sampled_views as epochs is what was done before they were shared.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from smastn.commands.load_study import read_study
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.metrics import seed_scores
from smastn.evaluation.protocol import ProtocolConfig
from smastn.evaluation.run import run
from smastn.faces.preparation import PreparationConfig
from smastn.training.augmentation import AugmentConfig
from smastn.training.training_settings import TrainConfig


def main() -> None:
    """Print UF1 of every number of sampled_views and seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--sampled_views", type=int, nargs="+", default=[8, 16, 20])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3])
    wanted = parser.parse_args()
    base = Experiment(
        "sampled_views",
        seeds=tuple(wanted.seeds),
        preparation=PreparationConfig(size=80),
        protocol=ProtocolConfig("subject-folds", folds=8),
        training=TrainConfig(epochs=20),
    )
    study, _ = read_study(wanted.corpus, base, workers=1)
    for count in wanted.sampled_views:
        experiment = replace(base, augmentation=AugmentConfig(sampled_views=count))
        results = run(replace(study, experiment=experiment), wanted.out / str(count))
        found = [scores.uf1 for scores in seed_scores(results.predictions).values()]
        shown = ", ".join(f"{value:.3f}" for value in found)
        print(f"{count} sampled_views: UF1 {np.mean(found):.3f} ({shown})", flush=True)


if __name__ == "__main__":
    main()
