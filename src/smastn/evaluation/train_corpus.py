"""All clips of a corpus -> a checkpoint."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from smastn.corpora.clip import Clip
from smastn.corpora.facs import by_number, units_of
from smastn.errors import InputError
from smastn.evaluation.evaluate import Progress, stage
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.experiment_files import read_experiment
from smastn.evaluation.predictions import read_predictions
from smastn.evaluation.study import read_study
from smastn.files import refuse_to_overwrite
from smastn.methods.calibration import Calibration
from smastn.methods.checkpoint import CARD
from smastn.methods.predictor import Predictor
from smastn.training.batches import TrainingClip
from smastn.training.fit import Epoch, fit
from smastn.training.fit_calibration import CalibrationClip, fit_calibration
from smastn.training.sureness import measure_sureness


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """How a network is trained on a corpus, beside the settings of its experiment.

    Attributes:
        seed: of the training.
        workers: processes that prepare clips.
        prepared: folder for prepared clips; the user's cache where none is given.
        calibrate: run folder of an evaluation with the same settings, whose predictions of
            held-out subjects calibrate the network.
    """

    seed: int = 0
    workers: int = 1
    prepared: str | Path | None = None
    calibrate: str | Path | None = None


def train(
    data: str | Path,
    out: str | Path,
    experiment: Experiment | str | Path | None = None,
    options: TrainOptions | None = None,
    progress: Progress | None = None,
) -> Predictor:
    """Train on every clip of a corpus and save the network as a checkpoint.

    Args:
        data: folder of the corpus; with several corpora, one that holds a folder for each.
        out: folder for the checkpoint.
        experiment: settings; or an experiment that ships with smastn, or a TOML file, see
            `read_experiment`. Where there is none, the recommended preset.
        options: seed, processes, and what the network is calibrated with.
        progress: called during the work.

    Raises:
        SmastnError: the settings, the corpus or the place to save cannot be used.
    """
    data, out, options = Path(data), Path(out), options or TrainOptions()
    refuse_to_overwrite(out, CARD)  # before the work, not after it
    experiment = read_experiment(experiment)
    preparing = stage(progress, "Preparing clips")
    study = read_study(data, experiment, options.workers, options.prepared, preparing)
    emotions = sorted({clip.emotion for clip in study.clips})
    calibration = _calibration(Path(options.calibrate), emotions) if options.calibrate else None
    clips = [
        TrainingClip(study.frames(clip), clip.emotion, action_units=clip.action_units)
        for clip in study.clips
    ]
    losses: list[float] = []
    advance = stage(progress, "Training") or (lambda done, total: None)

    def watch(epoch: Epoch) -> None:
        losses.append(epoch.loss)
        advance(epoch.number, experiment.training.epochs)

    predictor = fit(clips, experiment, options.seed, watch)
    predictor.trained_on = {
        "experiment": experiment.name,
        "data": data.resolve().name,
        "clips": len(clips),
        "subjects": len({clip.subject for clip in study.clips}),
        "emotions": dict(sorted(Counter(clip.emotion for clip in clips).items())),
        **_coded(study.clips),
        "seed": options.seed,
        "last_loss": round(losses[-1], 4),
    }
    predictor.calibration = calibration or Calibration()
    predictor.save(out)
    return predictor


def _coded(clips: Sequence[Clip]) -> dict[str, dict[str, int]]:
    """How many clips show each action unit; nothing where none was coded."""
    counts = Counter(unit for clip in clips for unit in units_of(clip.action_units or ()))
    ordered = {unit: counts[unit] for unit in sorted(counts, key=by_number)}
    return {"action_units": ordered} if ordered else {}


def _calibration(evaluated: Path, emotions: Sequence[str]) -> Calibration:
    """Fitted to the predictions that an evaluation made of held-out subjects."""
    predictions = read_predictions(evaluated)
    for one in predictions:
        if set(one.probabilities) != set(emotions):
            raise InputError(
                f"{evaluated} has probabilities of {', '.join(one.probabilities) or 'nothing'}, "
                f"and the clips show {', '.join(emotions)}; wanted an evaluation of the same "
                "experiment on the same corpus; run smastn evaluate first"
            )
    people = sorted({one.subject for one in predictions})
    clips = [
        CalibrationClip(
            one.subject,
            one.truth,
            one.probabilities,
            action_units=one.action_units,
            units=one.units,
        )
        for one in predictions
    ]
    subjects = f"{len(people)} held-out subjects of {evaluated.resolve().name}"
    fitted = fit_calibration(clips, fitted_on=f"{subjects}, in folds")
    halves = {person: str(place % 2) for place, person in enumerate(people)}
    measured = measure_sureness(clips, lambda clip: halves[clip.subject])
    return replace(fitted, measured=measured, measured_on=subjects if measured else "")
