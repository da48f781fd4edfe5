"""``make weights``: the weights that come with smastn, from people who do not exist alone.

Some made-up people are trained on, others are asked about once at the end; what
they give goes into the model card. Nothing is chosen on the second group.
"""

from pathlib import Path

import cv2

import smastn.model
from smastn.apps.console import say
from smastn.apps.progress import progress
from smastn.assets import cache_folder
from smastn.config import settings_to_dict
from smastn.data.clip import Clip
from smastn.evaluation.metrics import class_scores, pooled_scores
from smastn.evaluation.predictions import Prediction
from smastn.evaluation.uncertainty import Interval, bootstrap_subjects
from smastn.imaging.prepared_clips import PreparedClips, prepare_clips
from smastn.model.predictor import Predictor
from smastn.synthesis.corpus import CorpusConfig, make_corpus
from smastn.training.fit import Settings, TrainConfig, TrainingClip, fit

TRAINING_PEOPLE = CorpusConfig(subjects=100, clips_per_subject=12, seed=2010)
HELD_OUT_PEOPLE = CorpusConfig(subjects=25, clips_per_subject=12, seed=9342)
SETTINGS = Settings(training=TrainConfig(epochs=40))
SEED = 0

_WORKERS = 2
_CARD = "MODEL_CARD.md"


def main() -> None:
    """Make the people, train, ask about the held-out ones, write weights and card."""
    cv2.setNumThreads(1)
    work = cache_folder().parent / "weights"
    training, prepared = _people("People to train on", TRAINING_PEOPLE, work / "training")
    clips = [TrainingClip(prepared[clip.key], clip.emotion) for clip in training]
    with progress("Training") as advance:
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
    with progress(f"{text}: filming") as advance:
        clips = make_corpus(folder / "frames", config, _WORKERS, advance)
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
    emotions = predictor.emotions
    scores = pooled_scores(predictions, emotions)
    rows = "\n".join(
        f"| {emotion} | {one.clips} | {one.recall:.3f} | {one.precision:.3f} | {one.f1:.3f} |"
        for emotion, one in class_scores(predictions, emotions).items()
    )
    uf1, uar = intervals["uf1"], intervals["uar"]
    low, high = TRAINING_PEOPLE.amplitude
    return f"""# Model card: the weights that come with smastn

**What it is.** SMA-STN, light backbone, {predictor.parameters:,} parameters. It names the movement in
a clip that goes from onset to offset as one of: {", ".join(emotions)}.

**What it was trained on.** {TRAINING_PEOPLE.subjects} people who do not exist, 12 clips each: faces
made up from two public-domain photographs (NASA; US Navy), moved by facial action units of {low} to
{high} px at 224 px, with blinks, gaze, head drift, flicker, noise and JPEG on top. No real
micro-expression, and nobody's face but those two, was ever seen. `make weights` makes it anew.

**How well it does.** On {HELD_OUT_PEOPLE.subjects} *other made-up* people, {len(predictions)} clips,
asked once after training (95 % intervals by bootstrap over people):

| UF1 | UAR | accuracy |
| --- | --- | --- |
| {uf1.value:.3f} ({uf1.low:.3f} to {uf1.high:.3f}) | {uar.value:.3f} ({uar.low:.3f} to {uar.high:.3f}) | {scores.accuracy:.3f} |

| class | clips | recall | precision | F1 |
| --- | --- | --- | --- | --- |
{rows}

These scores say that the method learns such movement and carries it to faces it has not seen, made
from the same two photographs. They do **not** say how well it does on real people: that is unknown,
and will be lower. Train on a licensed corpus with `smastn train` before you use it for research.

**What it is not.** A micro-expression is a brief facial movement. It is not a lie detector, it does
not show what somebody feels, thinks or hides, and must not be used to judge people.
"""


if __name__ == "__main__":
    main()
