"""A corpus as a PyTorch data set of the images that a network sees."""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from smastn.evaluation.evaluate import Progress, stage
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.experiment_files import read_experiment
from smastn.evaluation.study import read_study


class ClipDataset(torch.utils.data.Dataset[tuple[Tensor, int]]):
    """The clips of a corpus, each as its images and the number of its class.

    Faces are found and aligned once; prepared clips are kept in the user's cache. Images are
    described when a clip is read, without augmentation.

    Attributes:
        clips: the annotated clips, `smastn.Clip`, in the order of the items; ``subject`` of each
            is what a split must keep together.
        classes: names of the classes, in alphabetical order.
        targets: the class of each clip, as a place in `classes`.

    Args:
        data: folder of the corpus.
        experiment: which corpus, classes and images; see `smastn.evaluate`.
        workers: processes that prepare clips.
        progress: called while clips are prepared.

    Raises:
        SmastnError: the settings or the corpus cannot be used.
    """

    def __init__(
        self,
        data: str | Path,
        experiment: Experiment | str | Path | None = None,
        workers: int = 1,
        progress: Progress | None = None,
    ) -> None:
        experiment = read_experiment(experiment)
        preparing = stage(progress, "Preparing clips")
        self._study = read_study(data, experiment, workers, progress=preparing)
        self.clips = self._study.clips
        self.classes = tuple(sorted({clip.emotion for clip in self.clips}))
        self.targets = [self.classes.index(clip.emotion) for clip in self.clips]

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, index: int) -> tuple[Float[Tensor, "images 3 size size"], int]:
        """The images of a clip, -1 to 1 and 0 where nothing moved, and its class."""
        frames = self._study.frames(self.clips[index])
        return self._study.experiment.input.describe(frames), self.targets[index]
