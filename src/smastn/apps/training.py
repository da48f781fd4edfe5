"""``smastn train``: all clips of a corpus -> a checkpoint."""

from collections import Counter
from pathlib import Path
from typing import Any

from smastn.apps.progress import progress
from smastn.apps.studies import read_experiment, read_study
from smastn.data.writing import refuse_to_overwrite
from smastn.model.checkpoint import CARD
from smastn.training.batches import TrainingClip
from smastn.training.fit import fit


def train_on(data: Path, out: Path, config: Path | None, seed: int, workers: int) -> dict[str, Any]:
    """Train on every clip of the corpus in `data` and save the network into `out`.

    Returns:
        What it was trained on, ready for JSON.

    Raises:
        SmastnError: the corpus, the settings or the place to save cannot be used.
    """
    refuse_to_overwrite(out, CARD)  # before the work, not after it
    study, _ = read_study(data, read_experiment(config, seed), workers)
    clips = [TrainingClip(study.frames(clip), clip.emotion) for clip in study.clips]
    losses: list[float] = []
    with progress("Training") as advance:
        predictor = fit(
            clips, study.experiment.settings, seed, advance, lambda epoch: losses.append(epoch.loss)
        )
    predictor.trained_on = {
        "experiment": study.experiment.name,
        "data": data.resolve().name,
        "clips": len(clips),
        "subjects": len({clip.subject for clip in study.clips}),
        "emotions": dict(sorted(Counter(clip.emotion for clip in clips).items())),
        "seed": seed,
        "last_loss": round(losses[-1], 4),
    }
    predictor.save(out)
    return {"checkpoint": str(out), **predictor.trained_on}
