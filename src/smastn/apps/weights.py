"""``make weights``: the weights that come with smastn, from people who do not exist alone.

Some made-up people are trained on, others are asked about once at the end; what
they give goes into the model card. Nothing is chosen on the second group.
"""

from importlib import resources
from pathlib import Path
from zlib import crc32

import cv2
from jinja2 import Environment, StrictUndefined

import smastn.model
from smastn.apps.console import say
from smastn.apps.progress import progress
from smastn.assets import cache_folder
from smastn.config import settings_to_dict
from smastn.data.clip import Clip
from smastn.data.manifest import MANIFEST, read_manifest
from smastn.evaluation.metrics import class_scores
from smastn.evaluation.predictions import Prediction
from smastn.evaluation.uncertainty import Interval, bootstrap_subjects
from smastn.imaging.prepared_clips import PreparedClips, prepare_clips
from smastn.model.predictor import Predictor
from smastn.synthesis.corpus import CorpusConfig, make_corpus
from smastn.training.batches import TrainingClip
from smastn.training.fit import fit
from smastn.training.settings import Settings, TrainConfig
from smastn.workers import one_thread

TRAINING_PEOPLE = CorpusConfig(subjects=100, clips_per_subject=12, seed=2010)
HELD_OUT_PEOPLE = CorpusConfig(subjects=25, clips_per_subject=12, seed=9342)
SETTINGS = Settings(training=TrainConfig(epochs=20))
SEED = 0

_WORKERS = 2
_CARD = "MODEL_CARD.md"


def main() -> None:
    """Make the people, train, ask about the held-out ones, write weights and card."""
    cv2.setNumThreads(1)
    work = cache_folder().parent / "weights"
    training, prepared = _people("People to train on", TRAINING_PEOPLE, work / "training")
    clips = [TrainingClip(prepared[clip.key], clip.emotion) for clip in training]
    with progress("Training") as advance, one_thread():  # the same weights on any such machine
        predictor = fit(clips, SETTINGS, SEED, advance)
    held_out, prepared = _people("People held out", HELD_OUT_PEOPLE, work / "held_out")
    predictions = _ask(predictor, held_out, prepared)
    intervals = bootstrap_subjects(predictions).intervals
    predictor.trained_on = _trained_on(training, held_out, intervals)
    folder = Path(smastn.model.__path__[0]) / "bundled"
    predictor.save(folder)
    (folder / _CARD).write_text(_card(predictor, predictions, intervals), encoding="utf-8")
    say(f"UF1 {intervals['uf1'].value:.3f} on {len(held_out)} held-out clips; wrote {folder}")


def _people(text: str, config: CorpusConfig, folder: Path) -> tuple[list[Clip], PreparedClips]:
    frames = folder / f"{crc32(repr(config).encode()):08x}"
    if (frames / MANIFEST).is_file():  # an interrupted run goes on here
        clips = read_manifest(frames)
    else:
        with progress(f"{text}: filming") as advance:
            clips = make_corpus(frames, config, _WORKERS, advance)
    with progress(f"{text}: preparing") as advance:
        prepared = prepare_clips(
            clips, folder / "prepared", SETTINGS.preparation, _WORKERS, advance
        )
    for key, reason in prepared.failed.items():
        say(f"left out {key}: {reason}")
    return [clip for clip in clips if clip.key not in prepared.failed], prepared


def _ask(predictor: Predictor, clips: list[Clip], prepared: PreparedClips) -> list[Prediction]:
    predictions = []
    for clip in clips:
        answer = predictor.recognise_prepared(prepared[clip.key])
        predictions.append(
            Prediction(
                subject=clip.subject,
                clip=clip.name,
                seed=SEED,
                fold="held-out people",
                truth=clip.emotion,
                predicted=answer.emotion,
                probabilities=answer.probabilities,
            )
        )
    return predictions


def _trained_on(
    training: list[Clip], held_out: list[Clip], intervals: dict[str, Interval]
) -> dict[str, object]:
    return {
        "people": "made up from two public-domain photographs; no real micro-expression was seen",
        "subjects": TRAINING_PEOPLE.subjects,
        "clips": len(training),
        "corpus": settings_to_dict(TRAINING_PEOPLE),
        "training": settings_to_dict(SETTINGS.training),
        "seed": SEED,
        "held_out_subjects": HELD_OUT_PEOPLE.subjects,
        "held_out_clips": len(held_out),
        "held_out_uf1": round(intervals["uf1"].value, 4),
        "held_out_uar": round(intervals["uar"].value, 4),
    }


def _card(
    predictor: Predictor, predictions: list[Prediction], intervals: dict[str, Interval]
) -> str:
    text = resources.files("smastn.apps").joinpath("model_card.md").read_text(encoding="utf-8")
    template = Environment(keep_trailing_newline=True, undefined=StrictUndefined).from_string(text)
    return template.render(
        parameters=predictor.parameters,
        emotions=predictor.emotions,
        training=TRAINING_PEOPLE,
        held_out=HELD_OUT_PEOPLE,
        clips=len(predictions),
        intervals=intervals,
        classes=class_scores(predictions, predictor.emotions),
    )


if __name__ == "__main__":
    main()
