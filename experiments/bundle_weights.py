"""``make weights``: trains the bundled weights on synthetic faces only.

    python experiments/bundle_weights.py [--keep] [--movement FOLDER]

One group of synthetic subjects is for training, a second for calibration, a third for a single evaluation at the end, which is reported in the model card. No setting is
selected on the third group.

With the public flow images (see docs/corpora/flow_images.md) in FOLDER, synthetic faces re-enact
them, and how often sure predictions are right is counted on this movement of real people. Only
these counts enter the weights; nothing is trained, fitted or selected on them. Without FOLDER,
nothing is said about real movement.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import cv2
from jinja2 import Environment, StrictUndefined

import smastn.methods
from calibration_error import class_calibration_errors, expected_calibration_error

from smastn.assets import cache_folder
from smastn.config import settings_to_dict
from smastn.corpora.clip import Clip
from smastn.corpora.manifest import MANIFEST, read_manifest
from smastn.evaluation.bootstrap import bootstrap_subjects
from smastn.evaluation.experiment_files import read_experiment
from smastn.evaluation.metrics import class_scores
from smastn.evaluation.predictions import Prediction, prediction_of
from smastn.evaluation.unit_report import summarise_units
from smastn.faces.prepared_clips import PreparedClips, prepare_clips
from smastn.methods.calibration import Calibration, Measured
from smastn.methods.predictor import Predictor, Recognition
from smastn.synthesis.reenactment import make_reenacted_corpus
from smastn.synthesis.synthetic_corpus import (
    NEUTRAL,
    SyntheticCorpusConfig,
    make_synthetic_corpus,
)
from smastn.terminal.console import say
from smastn.terminal.progress import progress
from smastn.training.batches import TrainingClip
from smastn.training.fit import fit
from smastn.training.fit_calibration import CalibrationClip, fit_calibration
from smastn.training.sureness import Outcome, counted
from smastn.training.training_settings import TrainConfig
from smastn.workers import one_thread

_KINDS = {"macro": 0.35, "unfinished": 0.2}
TRAINING_SUBJECTS = SyntheticCorpusConfig(
    subjects=100, clips_per_subject=12, neutral=5, distracted=True, seed=2010, **_KINDS
)
CALIBRATION_SUBJECTS = SyntheticCorpusConfig(subjects=15, clips_per_subject=12, seed=4599, **_KINDS)
HELD_OUT_SUBJECTS = SyntheticCorpusConfig(
    subjects=15, clips_per_subject=12, neutral=5, distracted=True, seed=9342, **_KINDS
)
SETTINGS = replace(read_experiment(preset="synthetic"), training=TrainConfig(epochs=10, batch=32))
SEED = 0

_WORKERS = 2
_CARD = "MODEL_CARD.md"
_ACCEPTED = 0.9
"""Share of correct predictions that each limit accepts: more would also name speech and turns."""

_CALIBRATED_ON = f"{CALIBRATION_SUBJECTS.subjects} other synthetic subjects"


def main() -> None:
    """Train, or reuse the weights with ``--keep``; calibrate, score, write weights and card."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--keep", action="store_true", help="Calibrate the weights that are there.")
    parser.add_argument("--movement", type=Path, help="Folder of public flow images.")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    work = cache_folder().parent / "weights"
    predictor = Predictor.bundled() if options.keep else _trained(work)
    predictor.calibration = Calibration()
    others, prepared = _subjects("Calibration subjects", CALIBRATION_SUBJECTS, work / "calibration")
    moving = _calibration_clips(predictor, others, prepared)
    held_out, prepared = _subjects("Held-out subjects", HELD_OUT_SUBJECTS, work / "held_out")
    raw = _predictions(_predict(predictor, held_out, prepared))
    predictor.calibration = fit_calibration(moving, _ACCEPTED, _CALIBRATED_ON)
    if options.movement is not None:
        found, where = _counted_on_real_movement(predictor, work, options.movement)
        predictor.calibration = replace(predictor.calibration, measured=found, measured_on=where)
    scored = _Scored(raw, _predict(predictor, held_out, prepared))
    predictor.trained_on |= scored.summary()
    folder = Path(smastn.methods.__path__[0]) / "bundled"
    predictor.save(folder)
    (folder / _CARD).write_text(_card(predictor, scored), encoding="utf-8")
    say(f"UF1 {scored.scores['uf1'].value:.3f} on {len(raw)} held-out clips; wrote {folder}")


def _counted_on_real_movement(
    predictor: Predictor, work: Path, movement: Path
) -> tuple[tuple[Measured, ...], str]:
    """How often sure predictions are right on re-enacted movement, and whose movement it is.

    Counted are the predictions that users get: of the network as it is calibrated.
    """
    frames = work / "reenacted"
    if (frames / MANIFEST).is_file():
        clips = read_manifest(frames)
    else:
        with progress("Re-enacted movement: rendering") as advance:
            clips = make_reenacted_corpus(frames, movement, None, _WORKERS, advance)
    with progress("Re-enacted movement: preparing") as advance:
        prepared = prepare_clips(clips, work / "prepared", SETTINGS.preparation, _WORKERS, advance)
    clips = [clip for clip in clips if clip.key not in prepared.failed]
    outcomes = [
        Outcome(seen.emotion == clip.emotion, max(seen.probabilities.values()), not seen.doubt)
        for clip, seen in _predict(predictor, clips, prepared)
    ]
    people = len({clip.subject for clip in clips})
    return counted(outcomes), f"{len(clips)} re-enacted movements of {people} real people"


def _calibration_clips(
    predictor: Predictor, clips: list[Clip], prepared: PreparedClips
) -> list[CalibrationClip]:
    return [
        CalibrationClip(
            clip.subject,
            clip.emotion,
            seen.probabilities,
            seen.features,
            clip.action_units,
            {one.unit: one.probability for one in seen.action_units},
        )
        for clip, seen in _predict(predictor, clips, prepared)
    ]


def _trained(work: Path) -> Predictor:
    """The trained network, not calibrated."""
    training, prepared = _subjects("Training subjects", TRAINING_SUBJECTS, work / "training")
    clips = [
        TrainingClip(
            prepared[clip.key],
            None if clip.emotion == NEUTRAL else clip.emotion,
            action_units=clip.action_units or (),
        )
        for clip in training
    ]
    with progress("Training") as advance, one_thread():  # reproducible weights
        epochs = SETTINGS.training.epochs
        predictor = fit(clips, SETTINGS, SEED, lambda epoch: advance(epoch.number, epochs))
    predictor.trained_on = {
        "people": "rendered from two public-domain photographs; no real micro-expression was used",
        "subjects": TRAINING_SUBJECTS.subjects,
        "clips": len(training),
        "corpus": settings_to_dict(TRAINING_SUBJECTS),
        "training": settings_to_dict(SETTINGS.training),
        "seed": SEED,
    }
    return predictor


def _subjects(
    text: str, config: SyntheticCorpusConfig, folder: Path
) -> tuple[list[Clip], PreparedClips]:
    frames = folder / f"{crc32(repr(config).encode()):08x}"
    if (frames / MANIFEST).is_file():  # of an interrupted run
        clips = read_manifest(frames)
    else:
        with progress(f"{text}: rendering") as advance:
            clips = make_synthetic_corpus(frames, config, _WORKERS, advance)
    with progress(f"{text}: preparing") as advance:
        prepared = prepare_clips(
            clips, folder / "prepared", SETTINGS.preparation, _WORKERS, advance
        )
    for key, reason in prepared.failed.items():
        say(f"left out {key}: {reason}")
    return [clip for clip in clips if clip.key not in prepared.failed], prepared


def _predict(
    predictor: Predictor, clips: list[Clip], prepared: PreparedClips
) -> list[tuple[Clip, Recognition]]:
    return [(clip, predictor.predict_prepared(prepared[clip.key])) for clip in clips]


def _predictions(predicted: list[tuple[Clip, Recognition]]) -> list[Prediction]:
    """The predictions for clips whose emotion is one of the classes."""
    return [
        prediction_of(clip, "held-out subjects", SEED, seen.probabilities, seen.action_units)
        for clip, seen in predicted
        if clip.emotion in seen.probabilities
    ]


class _Scored:
    """Scores on the held-out subjects, for checkpoint and card.

    Attributes:
        predictions: with calibrated probabilities.
        scores: with confidence intervals.
        errors: expected calibration error, overall and by class, before and after calibration.
        units: of their action units.
        sure: number of clips and of confident predictions, for correct and wrong predictions
            and for clips without expression.
    """

    def __init__(self, raw: list[Prediction], predicted: list[tuple[Clip, Recognition]]) -> None:
        self.predictions = _predictions(predicted)
        self.scores = bootstrap_subjects(self.predictions).intervals
        self.units = summarise_units("SMA-STN", self.predictions, {})
        before, after = class_calibration_errors(raw), class_calibration_errors(self.predictions)
        overall = [expected_calibration_error(rows) for rows in (raw, self.predictions)]
        self.errors = {"predicted emotion": overall} | {
            name: [before[name], after[name]] for name in before
        }
        groups: dict[str, list[bool]] = {
            "correct": [],
            "wrong": [],
            "no expression": [],
        }
        for clip, seen in predicted:
            kind = "correct" if clip.emotion == seen.emotion else "wrong"
            kind = kind if clip.emotion in seen.probabilities else "no expression"
            groups[kind].append(not seen.doubt)
        self.sure = {kind: (len(group), sum(group)) for kind, group in groups.items()}

    def summary(self) -> dict[str, object]:
        """The scores that are stored with the weights."""
        before, after = self.errors["predicted emotion"]
        return {
            "held_out_subjects": HELD_OUT_SUBJECTS.subjects,
            "held_out_clips": len(self.predictions),
            "held_out_uf1": round(self.scores["uf1"].value, 4),
            "held_out_uar": round(self.scores["uar"].value, 4),
            "held_out_calibration_error": round(after, 4),
            "held_out_calibration_error_before": round(before, 4),
        }


def _card(predictor: Predictor, scored: _Scored) -> str:
    text = Path(__file__).with_name("model_card.md").read_text(encoding="utf-8")
    template = Environment(keep_trailing_newline=True, undefined=StrictUndefined).from_string(text)
    return template.render(
        parameters=predictor.parameters,
        emotions=predictor.emotions,
        training=TRAINING_SUBJECTS,
        calibrating=CALIBRATION_SUBJECTS,
        calibration=predictor.calibration,
        held_out=HELD_OUT_SUBJECTS,
        scored=scored,
        classes=class_scores(scored.predictions, predictor.emotions),
    )


if __name__ == "__main__":
    main()
