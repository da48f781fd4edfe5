"""Folds trained together on one GPU against the same folds one after another.

Both are `fit_together`, over the same made-up clips, in one run: all folds in one stack, then
each in a stack of one. Wanted: at least 5 times faster with the light preset. Without a GPU
there is nothing to measure: a processor is busy with one network.
"""

import argparse
import time
from collections.abc import Sequence

import numpy as np
import torch

from smastn.methods.sma_stn.network import PRESETS
from smastn.training.batches import TrainingClip
from smastn.training.fit import Training, fit_together
from smastn.training.stack import fit_in_memory
from smastn.training.training_settings import Settings, TrainConfig

EMOTIONS = ("negative", "positive", "surprise")
SIZE, FRAMES = 112, 30


def make_trainings(folds: int, clips: int) -> list[Training]:
    """Folds that each miss other clips; noise, since what is on the pictures costs nothing."""
    generator = np.random.default_rng(0)
    made = [
        TrainingClip(
            generator.integers(0, 255, (FRAMES, SIZE, SIZE, 3), dtype=np.uint8),
            EMOTIONS[number % len(EMOTIONS)],
        )
        for number in range(clips)
    ]
    held = max(1, clips // folds)
    return [Training(made[: at * held] + made[(at + 1) * held :], seed=at) for at in range(folds)]


def seconds(groups: Sequence[Sequence[Training]], settings: Settings) -> float:
    """Of training these groups one after another; every step reads its losses, so waits."""
    began = time.perf_counter()
    for group in groups:
        fit_together(group, settings)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=26)
    parser.add_argument("--clips", type=int, default=246)
    parser.add_argument("--epochs", type=int, default=3)
    wanted = parser.parse_args()
    if not torch.cuda.is_available():
        print("no GPU here: folds trained together are measured on one, wanted 5 times as fast")
        return
    settings = Settings(network=PRESETS["light"], training=TrainConfig(epochs=wanted.epochs))
    trainings = make_trainings(wanted.folds, wanted.clips)
    count = min(len(trainings), fit_in_memory(settings, len(EMOTIONS)))
    groups = [trainings[at : at + count] for at in range(0, len(trainings), count)]
    seconds([trainings[:2], trainings[:1]], settings)  # kernels are chosen at first use
    together = seconds(groups, settings)
    apart = seconds([[one] for one in trainings], settings)
    print(f"{wanted.folds} folds, {wanted.clips} clips, {wanted.epochs} epochs, light preset")
    print(f"  on {torch.cuda.get_device_name()}, {count} at once")
    print(f"  together              {together:8.1f} s")
    print(f"  one after another     {apart:8.1f} s")
    print(f"  faster                {apart / together:8.2f} times   (wanted 5)")


if __name__ == "__main__":
    main()
