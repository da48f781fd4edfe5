"""``make weights``: the weights that come with smastn, from people who do not exist alone.

Some made-up people are trained on, others show how far the answers can be believed, and
a third group is asked about once at the end; what they give goes into the model card.
Nothing is chosen on the third group.
"""

import sys
from dataclasses import replace
from importlib import resources
from pathlib import Path
from zlib import crc32

import cv2
from jinja2 import Environment, StrictUndefined

import smastn.methods
from smastn.assets import cache_folder
from smastn.config import settings_to_dict
from smastn.corpora.clip import Clip
from smastn.corpora.manifest import MANIFEST, read_manifest
from smastn.evaluation.bootstrap import bootstrap_subjects
from smastn.evaluation.calibration_error import class_calibration_errors, expected_calibration_error
from smastn.evaluation.experiment_files import read_experiment
from smastn.evaluation.metrics import class_scores
from smastn.evaluation.predictions import Prediction
from smastn.faces.prepared_clips import PreparedClips, prepare_clips
from smastn.methods.calibration import Calibration
from smastn.methods.predictor import Predictor, Recognition
from smastn.synthesis.synthetic_corpus import SyntheticCorpusConfig, make_synthetic_corpus
from smastn.terminal.console import say
from smastn.terminal.progress import progress
from smastn.training.batches import TrainingClip
from smastn.training.fit import fit
from smastn.training.fit_calibration import CalibrationClip, fit_calibration
from smastn.training.training_settings import TrainConfig
from smastn.workers import one_thread

TRAINING_PEOPLE = SyntheticCorpusConfig(subjects=100, clips_per_subject=12, seed=2010)
CALIBRATION_PEOPLE = SyntheticCorpusConfig(subjects=25, clips_per_subject=12, seed=4599)
HELD_OUT_PEOPLE = SyntheticCorpusConfig(subjects=25, clips_per_subject=12, neutral=4, seed=9342)
SETTINGS = replace(read_experiment(preset="synthetic"), training=TrainConfig(epochs=10, batch=32))
SEED = 0

_WORKERS = 2
_CARD = "MODEL_CARD.md"
_CALIBRATED_ON = f"{CALIBRATION_PEOPLE.subjects} other people who do not exist"


def main() -> None:
    """Train or, with ``--keep``, take what is there; calibrate, score, write weights and card."""
    cv2.setNumThreads(1)
    work = cache_folder().parent / "weights"
    predictor = Predictor.bundled() if "--keep" in sys.argv[1:] else _trained(work)
    predictor.calibration = Calibration()
    others, prepared = _people("People to ask", CALIBRATION_PEOPLE, work / "calibration")
    moving = [
        CalibrationClip(clip.subject, clip.emotion, seen.probabilities, seen.features)
        for clip, seen in _ask(predictor, others, prepared)
    ]
    held_out, prepared = _people("People held out", HELD_OUT_PEOPLE, work / "held_out")
    raw = _predictions(_ask(predictor, held_out, prepared))
    predictor.calibration = fit_calibration(moving, fitted_on=_CALIBRATED_ON)
    scored = _Scored(raw, _ask(predictor, held_out, prepared))
    predictor.trained_on |= scored.summary()
    folder = Path(smastn.methods.__path__[0]) / "bundled"
    predictor.save(folder)
    (folder / _CARD).write_text(_card(predictor, scored), encoding="utf-8")
    say(f"UF1 {scored.scores['uf1'].value:.3f} on {len(raw)} held-out clips; wrote {folder}")


def _trained(work: Path) -> Predictor:
    """The network, not yet calibrated."""
    training, prepared = _people("People to train on", TRAINING_PEOPLE, work / "training")
    clips = [TrainingClip(prepared[clip.key], clip.emotion) for clip in training]
    with progress("Training") as advance, one_thread():  # the same weights on any such machine
        epochs = SETTINGS.training.epochs
        predictor = fit(clips, SETTINGS, SEED, lambda epoch: advance(epoch.number, epochs))
    predictor.trained_on = {
        "people": "made up from two public-domain photographs; no real micro-expression was seen",
        "subjects": TRAINING_PEOPLE.subjects,
        "clips": len(training),
        "corpus": settings_to_dict(TRAINING_PEOPLE),
        "training": settings_to_dict(SETTINGS.training),
        "seed": SEED,
    }
    return predictor


def _people(
    text: str, config: SyntheticCorpusConfig, folder: Path
) -> tuple[list[Clip], PreparedClips]:
    frames = folder / f"{crc32(repr(config).encode()):08x}"
    if (frames / MANIFEST).is_file():  # an interrupted run goes on here
        clips = read_manifest(frames)
    else:
        with progress(f"{text}: filming") as advance:
            clips = make_synthetic_corpus(frames, config, _WORKERS, advance)
    with progress(f"{text}: preparing") as advance:
        prepared = prepare_clips(
            clips, folder / "prepared", SETTINGS.preparation, _WORKERS, advance
        )
    for key, reason in prepared.failed.items():
        say(f"left out {key}: {reason}")
    return [clip for clip in clips if clip.key not in prepared.failed], prepared


def _ask(
    predictor: Predictor, clips: list[Clip], prepared: PreparedClips
) -> list[tuple[Clip, Recognition]]:
    return [(clip, predictor.predict_prepared(prepared[clip.key])) for clip in clips]


def _predictions(answers: list[tuple[Clip, Recognition]]) -> list[Prediction]:
    """The answers about movements that have a name."""
    return [
        Prediction(
            subject=clip.subject,
            clip=clip.name,
            seed=SEED,
            fold="held-out people",
            truth=clip.emotion,
            predicted=seen.emotion,
            probabilities=seen.probabilities,
        )
        for clip, seen in answers
        if clip.emotion in seen.probabilities
    ]


class _Scored:
    """What the held-out people say about the network, for checkpoint and card.

    Attributes:
        predictions: calibrated.
        scores: with intervals.
        errors: expected calibration error, all and by class, each before and after.
        sure: of right, wrong and unnamed clips, how many and for how many it was sure.
    """

    def __init__(self, raw: list[Prediction], answers: list[tuple[Clip, Recognition]]) -> None:
        self.predictions = _predictions(answers)
        self.scores = bootstrap_subjects(self.predictions).intervals
        before, after = class_calibration_errors(raw), class_calibration_errors(self.predictions)
        overall = [expected_calibration_error(rows) for rows in (raw, self.predictions)]
        self.errors = {"likeliest emotion": overall} | {
            name: [before[name], after[name]] for name in before
        }
        groups: dict[str, list[bool]] = {
            "named rightly": [],
            "named wrongly": [],
            "no movement": [],
        }
        for clip, seen in answers:
            kind = "named rightly" if clip.emotion == seen.emotion else "named wrongly"
            kind = kind if clip.emotion in seen.probabilities else "no movement"
            groups[kind].append(not seen.doubt)
        self.sure = {kind: (len(group), sum(group)) for kind, group in groups.items()}

    def summary(self) -> dict[str, object]:
        """The part that travels with the weights."""
        before, after = self.errors["likeliest emotion"]
        return {
            "held_out_subjects": HELD_OUT_PEOPLE.subjects,
            "held_out_clips": len(self.predictions),
            "held_out_uf1": round(self.scores["uf1"].value, 4),
            "held_out_uar": round(self.scores["uar"].value, 4),
            "held_out_calibration_error": round(after, 4),
            "held_out_calibration_error_before": round(before, 4),
        }


def _card(predictor: Predictor, scored: _Scored) -> str:
    text = resources.files("smastn.commands").joinpath("model_card.md").read_text(encoding="utf-8")
    template = Environment(keep_trailing_newline=True, undefined=StrictUndefined).from_string(text)
    return template.render(
        parameters=predictor.parameters,
        emotions=predictor.emotions,
        training=TRAINING_PEOPLE,
        calibrating=CALIBRATION_PEOPLE,
        calibration=predictor.calibration,
        held_out=HELD_OUT_PEOPLE,
        scored=scored,
        classes=class_scores(scored.predictions, predictor.emotions),
    )


if __name__ == "__main__":
    main()
