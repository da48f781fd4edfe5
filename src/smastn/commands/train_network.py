"""``smastn train``: all clips of a corpus -> a checkpoint."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from smastn.commands.load_study import read_experiment, read_study
from smastn.errors import InputError
from smastn.evaluation.predictions import read_predictions
from smastn.files import refuse_to_overwrite
from smastn.methods.calibration import Calibration
from smastn.methods.checkpoint import CARD
from smastn.terminal.progress import progress
from smastn.training.batches import TrainingClip
from smastn.training.fit import fit
from smastn.training.fit_calibration import CalibrationClip, fit_calibration

_PREDICTIONS = "predictions.csv"


def train_on(  # noqa: PLR0913
    data: Path,
    out: Path,
    config: Path | None,
    seed: int,
    workers: int,
    evaluated: Path | None = None,
) -> dict[str, Any]:
    """Train on every clip of the corpus in `data` and save the network into `out`.

    Args:
        data: the corpus.
        out: folder for the checkpoint.
        config: experiment in TOML, None for our settings.
        seed: of the training.
        workers: processes that prepare clips.
        evaluated: folder of an evaluation of the same experiment, whose answers about held-out
            people calibrate the network.

    Returns:
        What it was trained on, ready for JSON.

    Raises:
        SmastnError: the corpus, the settings or the place to save cannot be used.
    """
    refuse_to_overwrite(out, CARD)  # before the work, not after it
    study, _ = read_study(data, read_experiment(config, seed), workers)
    emotions = sorted({clip.emotion for clip in study.clips})
    calibration = _calibration(evaluated, emotions) if evaluated else Calibration()
    clips = [TrainingClip(study.frames(clip), clip.emotion) for clip in study.clips]
    losses: list[float] = []
    with progress("Training") as advance:
        predictor = fit(
            clips, study.experiment, seed, advance, lambda epoch: losses.append(epoch.loss)
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
    predictor.calibration = calibration
    predictor.save(out)
    return {"checkpoint": str(out), **predictor.trained_on}


def _calibration(evaluated: Path, emotions: Sequence[str]) -> Calibration:
    """From what an evaluation answered about people that each fold had not seen."""
    path = evaluated / _PREDICTIONS if evaluated.is_dir() else evaluated
    predictions = read_predictions(path)
    for one in predictions:
        if set(one.probabilities) != set(emotions):
            raise InputError(
                f"{path} has probabilities of {', '.join(one.probabilities) or 'nothing'}, and the "
                f"clips show {', '.join(emotions)}; wanted an evaluation of the same experiment on "
                "the same corpus; run smastn evaluate first"
            )
    people = len({one.subject for one in predictions})
    return fit_calibration(
        [CalibrationClip(one.subject, one.truth, one.probabilities) for one in predictions],
        fitted_on=f"{people} held-out people of {evaluated.resolve().name}, in folds",
    )
