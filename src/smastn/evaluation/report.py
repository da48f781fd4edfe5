"""A run summed up as data, and that data as JSON.

The command line, the page and the tests read the same `Report`; the page is
drawn from it in `smastn.evaluation.report_html`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from smastn import __version__
from smastn.config import settings_to_dict
from smastn.errors import MetricError
from smastn.evaluation.bootstrap import Bootstrap, Interval, bootstrap_subjects
from smastn.evaluation.leak import LEAK
from smastn.evaluation.literature import PublishedResult, full_caveat, published_beside
from smastn.evaluation.metrics import (
    ClassScores,
    Scores,
    SubjectScore,
    class_scores,
    confusion_matrix,
    corpus_scores,
    emotions_in,
    fold_averaged_f1,
    seed_scores,
    subject_scores,
)
from smastn.evaluation.predictions import Prediction
from smastn.evaluation.run_records import FoldRecord, Results

FORMAT = 1
"""Version of metrics.json."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way of answering, scored.

    Attributes:
        name: ``SMA-STN``, or a baseline's.
        bootstrap: pooled scores with their intervals, averaged over seeds.
        seeds: pooled scores of each seed.
        fold_averaged_f1: the same answers averaged over folds, to compare with papers
            that do so; not comparable with UF1.
    """

    name: str
    bootstrap: Bootstrap
    seeds: dict[str, Scores]
    fold_averaged_f1: float


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the three numbers to read first.

    Attributes:
        name: as papers write it.
        interval: the number, and how far it would move with other people.
        chance: what always answering the commonest class reaches.
        meaning: what it says, one sentence.
        limits: what it does not say, one sentence.
    """

    name: str
    interval: Interval
    chance: float
    meaning: str
    limits: str


@dataclass(frozen=True, slots=True)
class Leak:
    """What choosing the epoch on the held-out clips gives. No result.

    Attributes:
        method: its scores, by the name of what was done.
        illusion: what it adds to each score of the network, out of nothing.
    """

    method: Method
    illusion: dict[str, float]


@dataclass(frozen=True, slots=True)
class Report:
    """All that is known of a finished run, as `metrics.json` holds it.

    Attributes:
        format: version of this layout.
        smastn: version that summed it up.
        name: of the experiment.
        citation: what it reproduces, or follows.
        scheme: the protocol.
        emotions: the classes, alphabetical, in the order of `confusion`.
        corpora: names.
        clips: answered, each counted once.
        headline: the three numbers to read first.
        methods: the network first, then the baselines.
        confusion: clips by truth (rows) and answer (columns), all seeds together.
        classes: scores of each class, all seeds together.
        people: every held-out person, all seeds together.
        by_corpus: pooled scores; None where a corpus lacks a class.
        folds: how each went, without what the network looked at.
        left_out: why a clip is in no score, by its key.
        samples_sha256: of samples.csv, the exact list of clips.
        settings: of the experiment.
        versions: all that folds were computed with.
        published: results of others over the same corpora and classes, caveats completed.
        leak: what choosing the epoch on the held-out clips gives; None unless asked for.
    """

    format: int
    smastn: str
    name: str
    citation: str
    scheme: str
    emotions: tuple[str, ...]
    corpora: tuple[str, ...]
    clips: int
    headline: tuple[Headline, ...]
    methods: tuple[Method, ...]
    confusion: tuple[tuple[int, ...], ...]
    classes: dict[str, ClassScores]
    people: tuple[SubjectScore, ...]
    by_corpus: dict[str, Scores | None]
    folds: tuple[FoldRecord, ...]
    left_out: dict[str, str]
    samples_sha256: str
    settings: dict[str, Any]
    versions: tuple[str, ...]
    published: tuple[PublishedResult, ...] = ()
    leak: Leak | None = None


def summarise(
    results: Results,
    baselines: Mapping[str, Sequence[Prediction]],
    left_out: Mapping[str, str] | None = None,
) -> Report:
    """Everything the report says, derived from the stored predictions alone.

    Args:
        results: a finished run.
        baselines: what is printed beside it, by name, as `baseline_predictions` gives.
        left_out: why clips could not be prepared, by key; they are in no score.

    Raises:
        MetricError: no clip has an answer, or a class has none.
    """
    rows = results.predictions
    if not rows:
        raise MetricError(
            f"no fold has an answer that could be scored: {results.failed[0].failure}; then run "
            "into a new folder"
        )
    emotions = emotions_in(rows)
    methods = [_method("SMA-STN", rows)]
    methods += [_method(name, answers) for name, answers in baselines.items()]
    settings = dict(results.settings)
    scheme = str(settings.get("protocol", {}).get("scheme", ""))
    corpora = tuple(sorted({row.corpus for row in rows}))
    clips = len({row.key for row in rows})
    return Report(
        format=FORMAT,
        smastn=__version__,
        name=str(settings.get("name", "")),
        citation=str(settings.get("citation", "")),
        scheme=scheme,
        emotions=emotions,
        corpora=corpora,
        clips=clips,
        headline=_headline(methods, emotions),
        methods=tuple(methods),
        confusion=tuple(tuple(row) for row in confusion_matrix(rows, emotions).tolist()),
        classes=class_scores(rows, emotions),
        people=tuple(subject_scores(rows)),
        by_corpus=corpus_scores(rows),
        folds=tuple(replace(record, evidence=()) for record in results.folds),
        left_out=dict(left_out or {}),
        samples_sha256=results.samples_sha256,
        settings=settings,
        versions=tuple(dict.fromkeys(v for record in results.folds for v in record.versions)),
        published=tuple(
            replace(one, caveat=full_caveat(one, scheme, clips))
            for one in published_beside(corpora, len(emotions))
        ),
        leak=_leak(methods[0], results.leak) if results.leak else None,
    )


def metrics_json(report: Report) -> str:
    """The text of metrics.json; its keys are the attributes of `Report`."""
    return json.dumps(settings_to_dict(report), indent=2, allow_nan=False) + "\n"


def _method(name: str, rows: Sequence[Prediction]) -> Method:
    seeds = {str(seed): scores for seed, scores in seed_scores(rows).items()}
    return Method(name, bootstrap_subjects(rows), seeds, fold_averaged_f1(rows))


def _leak(network: Method, rows: Sequence[Prediction]) -> Leak:
    method = _method(f"{network.name}, {LEAK}", rows)
    honest = network.bootstrap.intervals
    chosen = method.bootstrap.intervals
    return Leak(method, {name: chosen[name].value - honest[name].value for name in honest})


def _headline(methods: Sequence[Method], emotions: Sequence[str]) -> tuple[Headline, ...]:
    """UF1, UAR and accuracy, in this order: the first two treat rare classes as equals."""
    network = methods[0].bootstrap
    common = next((one for one in methods if one.name == "majority class"), None)
    people = network.subjects
    texts = {
        "uf1": (
            "UF1",
            "How well every class is found without being answered too often, "
            "each class counting alike however rare it is.",
            f"It holds for people like these {people}, filmed like these; it does not say how "
            "often an answer about your own video is right.",
        ),
        "uar": (
            "UAR",
            "The share of clips recognised, averaged over the classes: "
            f"guessing reaches {1 / len(emotions):.3f}.",
            "It is recall. It does not say how far an answer can be trusted once given; "
            "that is precision, per class below.",
        ),
        "accuracy": (
            "Accuracy",
            "The share of all held-out clips that were answered correctly.",
            "It flatters whoever answers the commonest class; read it beside the majority class.",
        ),
    }
    chance = {name: 1 / len(emotions) for name in texts}
    if common is not None:
        chance = {name: common.bootstrap.intervals[name].value for name in texts}
    return tuple(
        Headline(title, network.intervals[name], chance[name], meaning, limits)
        for name, (title, meaning, limits) in texts.items()
    )
