"""Leave-one-subject-out by `smastn evaluate` against a plain sequential PyTorch loop.

Same folds, network, losses, epochs, steps, augmentation and data on the same machine. The loop
is the usual one of public code: one fold after another, with a `DataLoader` that reads a clip's
frames whenever it is sampled. It is timed twice: reading image files, and, in its favour, with
all prepared frames in memory.

Target on 2 cores: at least 1.6 times faster than the loop; less than 10 % of the time outside
forward, backward and optimiser. Use an idle machine. The defaults train 1,600 steps four times,
about five minutes; LOSO over CASME II with our settings has 11,700 steps. Work done once per run
or per fold weighs less the longer the training is.

The share outside is measured within the run, by one process: `fit` times forward, backward and
optimiser of every step, and each fold's record keeps the sum. The share is the rest of the time
from the start of `run` to its end: checksums of all clips, sampled views, augmentation, batches,
predictions on held-out clips, files, and modules imported during the run. Modules imported
before and the preparation of clips are not included. With several processes it is the rest of
their summed time, which includes their start, imports, and waiting for the last one.
`--alone` measures this only.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy import ndarray
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, RandomSampler

from smastn.corpora.clip import Clip
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.protocol import Fold
from smastn.evaluation.run import run
from smastn.evaluation.run_records import Results
from smastn.evaluation.study import Study
from smastn.faces.prepared_clips import PreparedClips
from smastn.faces.prepared_file import SUFFIX, open_prepared, write_prepared
from smastn.inputs.brightness_images import BrightnessImages, symmetric_scale
from smastn.inputs.chance import Chance
from smastn.inputs.dynamic_image import dynamic_images
from smastn.methods.sma_stn.deviation_loss import DeviationLoss
from smastn.methods.sma_stn.network import SmaStn
from smastn.training.augmentation import Variation, draw_variation
from smastn.training.training_settings import TrainConfig
from smastn.workers import Processes

EMOTIONS = ("negative", "positive", "surprise")
SIZE, FRAMES = 112, 60

Read = Callable[[Clip, ndarray], ndarray]
"""Some prepared frames of a clip, by their numbers."""


@dataclass(frozen=True, slots=True)
class Place:
    """Synthetic prepared clips, as prepared files and as image files."""

    clips: tuple[Clip, ...]
    arrays: Mapping[str, Path]
    pictures: Mapping[str, Path]


def make_clips(root: Path, subjects: int, takes: int) -> Place:
    """Drifting texture; the content of the images does not change the timings."""
    clips, arrays, pictures = [], {}, {}
    for person in range(subjects):
        generator = np.random.default_rng(person)
        texture = cv2.GaussianBlur(generator.random((SIZE, 2 * SIZE, 3)), (0, 0), 3)
        texture = (255 * (texture - texture.min()) / np.ptp(texture)).astype(np.uint8)
        for take in range(takes):
            emotion = EMOTIONS[take % len(EMOTIONS)]
            clip = Clip(f"bench/{person:02d}", f"c{take}", emotion, root, 0, FRAMES - 1)
            shift = np.linspace(0, 4 + take % len(EMOTIONS), FRAMES).astype(int)
            frames = np.stack([texture[:, at : at + SIZE] for at in shift])
            folder = root / f"{person:02d}-{take}"
            folder.mkdir(parents=True)
            for number, frame in enumerate(frames):
                cv2.imwrite(str(folder / f"{number:03d}.jpg"), frame[..., ::-1])
            arrays[clip.key], pictures[clip.key] = folder.with_suffix(SUFFIX), folder
            write_prepared(arrays[clip.key], frames, {})
            clips.append(clip)
    return Place(tuple(clips), arrays, pictures)


class Sampled(Dataset[tuple[Tensor, int]]):
    """The training clips of a fold; each is read and described whenever it is sampled."""

    def __init__(self, clips: Sequence[Clip], read: Read) -> None:
        self._clips, self._read = clips, read
        self.emotions = sorted({clip.emotion for clip in clips})

    def __len__(self) -> int:
        return len(self._clips)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        clip, generator = self._clips[index], np.random.default_rng(torch.initial_seed() + index)
        images = described(clip, self._read, Chance(generator))
        return images, self.emotions.index(clip.emotion)


def described(clip: Clip, read: Read, chance: Chance | None = None) -> Tensor:
    """The dynamic images of a clip, of which only the frames that are needed are read."""
    weights = BrightnessImages().weights(FRAMES, chance)
    wanted = np.flatnonzero(weights.any(axis=0))
    whole = np.zeros((FRAMES, SIZE, SIZE, 3), np.uint8)
    whole[wanted] = read(clip, wanted)
    return symmetric_scale(dynamic_images(whole, weights))


def plain_loop(folds: Sequence[Fold], experiment: Experiment, read: Read) -> int:
    """Run every fold, one after another; the number of clips classified correctly."""
    right = 0
    for fold in folds:
        network, emotions = plain_fit(fold, experiment, read)
        network.eval()
        with torch.inference_mode():
            for clip in fold.test:
                images = described(clip, read)
                right += emotions[int(network(images[None]).logits.argmax())] == clip.emotion
    return right


def plain_fit(fold: Fold, experiment: Experiment, read: Read) -> tuple[SmaStn, list[str]]:
    """One fold, as one would write it down."""
    config = experiment.training
    data = Sampled(fold.train, read)
    steps = max(1, round(len(data) / config.batch))
    sampler = RandomSampler(data, num_samples=steps * config.batch)
    loader = DataLoader(data, config.batch, sampler=sampler)
    step, network = stepper(experiment, len(data.emotions))
    generator = torch.Generator().manual_seed(0)
    for _ in range(config.epochs):
        for images, labels in loader:
            chance = draw_variation(len(images), experiment.augmentation, generator)
            varied = plain_vary(images, chance)
            noise = experiment.augmentation.noise * torch.randn(varied.shape)
            step(varied + noise, labels)
    return network, data.emotions


def plain_vary(images: Tensor, chance: Variation) -> Tensor:
    """A batch moved, mirrored and tinted, as one would write it down."""
    batch, count, *picture = images.shape
    cos, sin = chance.angle.cos() * chance.size, chance.angle.sin() * chance.size
    flip = torch.where(chance.mirrored, -1.0, 1.0)
    across = torch.stack([cos * flip, -sin, chance.shift[:, 0]], dim=1)
    down = torch.stack([sin * flip, cos, chance.shift[:, 1]], dim=1)
    rows = torch.stack([across, down], dim=1)
    grid = nn.functional.affine_grid(rows, [batch, 1, *picture[1:]], align_corners=False)
    moved = nn.functional.grid_sample(images.flatten(1, 2), grid, align_corners=False)
    return moved.view(batch, count, *picture) * chance.colour[:, None, :, None, None]


def stepper(
    experiment: Experiment, classes: int
) -> tuple[Callable[[Tensor, Tensor], float], SmaStn]:
    """Forward, backward and optimiser of one batch, and the network they train."""
    network = SmaStn(experiment.network, experiment.model.shape(classes)).train()
    deviation = DeviationLoss(experiment.deviation, classes, experiment.network.features)
    entropy = nn.CrossEntropyLoss(label_smoothing=experiment.training.label_smoothing)
    values = [*network.parameters(), *deviation.parameters()]
    optimiser = torch.optim.AdamW(values, lr=experiment.training.learning_rate)

    def step(images: Tensor, labels: Tensor) -> float:
        every = torch.ones(len(images), experiment.network.features)
        kept = nn.functional.dropout(every, experiment.network.dropout)
        output = network(images, kept=kept)
        loss = entropy(output.logits, labels)
        loss = loss + deviation(output.features, labels, output.segment_features)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        return loss.item()

    return step, network


def outside(results: Results, seconds: float, workers: int) -> float:
    """Share of the time of all processes of a run of `seconds` that lies outside the steps."""
    return 1 - sum(record.step_seconds for record in results.folds) / (seconds * workers)


def seconds_of(work: Callable[[], Results]) -> tuple[Results, float]:
    """A run, and how long it took."""
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run; each takes minutes, so it is not repeated."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=16)
    parser.add_argument("--takes", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--alone", action="store_true", help="one process, no plain loop")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = make_clips(Path(folder) / "clips", wanted.subjects, wanted.takes)
        experiment = Experiment(name="bench", training=TrainConfig(epochs=wanted.epochs))
        study = Study(experiment, place.clips, PreparedClips(place.arrays))
        folds = study.folds()
        print(f"{len(folds)} folds, {len(place.clips)} clips, {wanted.epochs} epochs")
        if not wanted.alone:
            compare(study, place, Path(folder) / "run", wanted.workers)
        one, single = seconds_of(lambda: run(study, Path(folder) / "alone"))
    print(f"  smastn, 1 process         {single:8.1f} s")
    print(f"  outside the steps, 1      {100 * outside(one, single, 1):8.1f} %       (target < 10)")


def compare(study: Study, place: Place, folder: Path, workers: int) -> None:
    """The loop, from image files and from memory, and a run."""
    memory = {key: np.array(open_prepared(path)) for key, path in place.arrays.items()}

    def from_pictures(clip: Clip, numbers: ndarray) -> ndarray:
        names = [place.pictures[clip.key] / f"{number:03d}.jpg" for number in numbers]
        return np.stack([np.asarray(cv2.imread(str(name)))[..., ::-1] for name in names])

    def from_memory(clip: Clip, numbers: ndarray) -> ndarray:
        return memory[clip.key][numbers]

    torch.set_num_threads(workers)
    folds = study.folds()
    pictures, in_memory = (
        timed(partial(plain_loop, folds, study.experiment, read))
        for read in (from_pictures, from_memory)
    )
    both, ours = seconds_of(lambda: run(study, folder, Processes(workers)))
    print(f"  plain loop, image files   {pictures:8.1f} s")
    print(f"  plain loop, in memory     {in_memory:8.1f} s")
    print(f"  smastn, {workers} processes       {ours:8.1f} s")
    print(f"  faster than the loop      {pictures / ours:8.2f} times   (target 1.6)")
    print(f"  than the loop in memory   {in_memory / ours:8.2f} times")
    print(f"  outside the steps, {workers}      {100 * outside(both, ours, workers):8.1f} %")


if __name__ == "__main__":
    main()
