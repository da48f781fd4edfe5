"""From made-up movement to real movement, in pictures of flow.

python experiments/made_up_flow.py FOLDER OUT [--workers N]

1. Pictures of flow of made-up people are made, and a network is trained on them alone.
2. It is asked once about every real clip in FOLDER; nothing of these was seen.
3. By ``subject-pairs``, as settings are chosen, it is trained further on real people. The run of
   ``flow-choice/k2-mix.toml`` is of the same settings and folds, begun from nothing.

Writes the predictions into OUT, so that `smastn compare` can read them.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from smastn.data.clip import Clip
from smastn.data.flow_images import flow_clips
from smastn.evaluation.choosing import inner_uf1
from smastn.evaluation.fold import mixed_seed
from smastn.evaluation.leak import prediction
from smastn.evaluation.predictions import Prediction, predictions_csv
from smastn.evaluation.protocol import subject_pairs
from smastn.evaluation.store import write_whole
from smastn.evaluation.uncertainty import bootstrap_subjects
from smastn.imaging.dynamic_image import DescriptorConfig
from smastn.imaging.flow_pictures import flow_pictures, scaled
from smastn.imaging.preparation import PreparationConfig
from smastn.model.network import NetworkConfig
from smastn.model.predictor import AskConfig, Predictor
from smastn.synthesis.flow_pictures import FlowConfig, made_up_flow
from smastn.training.augmentation import AugmentConfig
from smastn.training.batches import TrainingClip
from smastn.training.fit import Training, fit, fit_together
from smastn.training.settings import Settings, TrainConfig
from smastn.workers import one_thread

MADE_UP = FlowConfig(seed=1)
SETTINGS = Settings(
    preparation=PreparationConfig(size=28),
    descriptor=DescriptorConfig(flow=("onset-apex", "ststnet")),
    network=NetworkConfig(pool=2),
    augmentation=AugmentConfig(mix=0.5),
    training=TrainConfig(epochs=15),
    asking=AskConfig(mirrored=True),
)
"""As in experiments/flow-choice/k2-mix.toml."""

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
    real = Real(given.folder)
    made = made_up_flow(MADE_UP, given.workers)
    clips = [TrainingClip(enlarged(one.pictures), one.emotion) for one in made]
    with one_thread():
        networks = [fit(clips, BEFORE, seed) for seed in range(given.seeds)]
        for seed, network in enumerate(networks):
            network.save(given.out / f"made-up-seed{seed}")
        tell("made-up people alone", given.out, asked(networks, real))
        rows = trained(networks, real)
        tell("trained further", given.out, rows)
        shown = " ".join(f"{inner_uf1(rows, group):.3f}" for group in range(1, 6))
        print(f"trained further: inner UF1 without each group {shown}", flush=True)


class Real:
    """The real clips of a folder, and their pictures."""

    def __init__(self, folder: Path) -> None:
        self.clips = flow_clips(folder)
        self._pictures = flow_pictures(folder, SETTINGS.descriptor.flow, SETTINGS.preparation.size)

    def __getitem__(self, clip: Clip) -> np.ndarray:
        return self._pictures[clip.key]


def enlarged(pictures: np.ndarray) -> np.ndarray:
    """As large as the network wants them."""
    return np.stack([scaled(one, SETTINGS.preparation.size) for one in pictures])


def asked(networks: Sequence[Predictor], real: Real) -> list[Prediction]:
    """What each network says about every real clip."""
    return [
        prediction("made-up people", seed, clip, network.recognise_prepared(real[clip]))
        for seed, network in enumerate(networks)
        for clip in real.clips
    ]


def trained(starts: Sequence[Predictor], real: Real) -> list[Prediction]:
    """The answers of every seed about each two groups held out."""
    rows = []
    for seed, start in enumerate(starts):
        for fold in subject_pairs(real.clips, 5, 0):
            clips = [TrainingClip(real[clip], clip.emotion) for clip in fold.train]
            training = Training(clips, mixed_seed(fold.name, seed), start=start)
            (network,) = fit_together([training], FURTHER)
            if not isinstance(network, Predictor):
                raise network
            rows += [
                prediction(fold.name, seed, clip, network.recognise_prepared(real[clip]))
                for clip in fold.test
            ]
    return rows


def tell(name: str, out: Path, rows: list[Prediction]) -> None:
    """Print UF1 and UAR with their intervals; write the predictions."""
    found = bootstrap_subjects(rows).intervals
    scores = [
        f"{one.upper()} {found[one].value:.3f} ({found[one].low:.3f} to {found[one].high:.3f})"
        for one in ("uf1", "uar")
    ]
    print(f"{name}: {', '.join(scores)}", flush=True)
    write_whole(out / name.replace(" ", "-") / "predictions.csv", predictions_csv(rows))


if __name__ == "__main__":
    main()
