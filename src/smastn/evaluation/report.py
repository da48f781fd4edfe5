"""The results of a run as data, and as JSON.

Terminal, HTML report and tests read the same `Report`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
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
from smastn.evaluation.predictions import Prediction, grouped
from smastn.evaluation.run_records import FoldRecord, Results
from smastn.evaluation.unit_baselines import ALWAYS, RIDGE
from smastn.evaluation.unit_report import UnitReport, summarise_units
from smastn.methods.network_interface import network_title

FORMAT = 2
"""Version of metrics.json."""


@dataclass(frozen=True, slots=True)
class Method:
    """The scores of the network or of a baseline.

    Attributes:
        name: of the network, such as ``SMA-STN``, or of the baseline.
        bootstrap: pooled scores with their intervals, averaged over seeds.
        seeds: pooled scores of each seed.
        fold_averaged_f1: of the same predictions, to compare with papers that average over
            folds; not comparable with UF1.
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
        interval: the number, with its confidence interval.
        majority: of the majority-class baseline.
        meaning: what it says, one sentence.
        limits: what it does not say, one sentence.
    """

    name: str
    interval: Interval
    majority: float
    meaning: str
    limits: str


@dataclass(frozen=True, slots=True)
class Leak:
    """Scores of best-epoch selection on test data. Not a result.

    Attributes:
        method: the scores.
        inflation: difference to each score of the network.
    """

    method: Method
    inflation: dict[str, float]


@dataclass(frozen=True, slots=True)
class Report:
    """The results of a finished run, as `metrics.json` holds them.

    Attributes:
        format: version of this layout.
        smastn: version that made it.
        name: of the experiment.
        citation: what it reproduces, or follows.
        scheme: the protocol.
        emotions: the classes, alphabetical, in the order of `confusion`.
        corpora: names.
        clips: predicted, each counted once.
        headline: the three numbers to read first.
        warnings: what makes the scores worthless, one sentence each; see `_warnings`.
        methods: the network first, then the baselines.
        confusion: clips by truth (rows) and prediction (columns), all seeds together.
        classes: scores of each class, all seeds together.
        subjects: every held-out subject, all seeds together.
        by_corpus: pooled scores; None where a corpus lacks a class.
        folds: the record of each, without attention.
        left_out: why a clip is in no score, by its key.
        samples_sha256: of samples.csv, the exact list of clips.
        settings: of the experiment.
        versions: software and hardware of all folds.
        published: published results over the same corpora and classes, with caveats.
        leak: inflated scores of best-epoch selection on test data; None unless requested.
        units: how well action units are predicted; None where none can be scored.
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
    warnings: tuple[str, ...]
    methods: tuple[Method, ...]
    confusion: tuple[tuple[int, ...], ...]
    classes: dict[str, ClassScores]
    subjects: tuple[SubjectScore, ...]
    by_corpus: dict[str, Scores | None]
    folds: tuple[FoldRecord, ...]
    left_out: dict[str, str]
    samples_sha256: str
    settings: dict[str, Any]
    versions: tuple[str, ...]
    published: tuple[PublishedResult, ...] = ()
    leak: Leak | None = None
    units: UnitReport | None = None


def summarise(
    results: Results,
    baselines: Mapping[str, Sequence[Prediction]],
    left_out: Mapping[str, str] | None = None,
) -> Report:
    """The report, derived from the stored predictions alone.

    Args:
        results: a finished run.
        baselines: predictions by name, as `baseline_predictions` gives them.
        left_out: why clips could not be prepared, by key; they are in no score.

    Raises:
        MetricError: no clip has a prediction, or a class has no clip.
    """
    rows = results.predictions
    if not rows:
        raise MetricError(
            f"no fold has a prediction that could be scored: {results.failed[0].failure}; then "
            "run into a new folder"
        )
    emotions = emotions_in(rows)
    experiment, scheme = results.experiment, results.experiment.protocol.scheme
    methods = [_method(network_title(experiment.network.module), rows)]
    methods += [_method(name, predicted) for name, predicted in baselines.items()]
    corpora = tuple(sorted({row.corpus for row in rows}))
    clips = len({row.key for row in rows})
    return Report(
        format=FORMAT,
        smastn=__version__,
        name=experiment.name,
        citation=experiment.citation,
        scheme=scheme,
        emotions=emotions,
        corpora=corpora,
        clips=clips,
        headline=_headline(methods, emotions),
        warnings=tuple(_warnings(rows, methods)),
        methods=tuple(methods),
        confusion=tuple(tuple(row) for row in confusion_matrix(rows, emotions).tolist()),
        classes=class_scores(rows, emotions),
        subjects=tuple(subject_scores(rows)),
        by_corpus=corpus_scores(rows),
        folds=tuple(replace(record, evidence=()) for record in results.folds),
        left_out=dict(left_out or {}),
        samples_sha256=results.samples_sha256,
        settings=settings_to_dict(experiment),
        versions=tuple(dict.fromkeys(v for record in results.folds for v in record.versions)),
        published=tuple(
            replace(one, caveat=full_caveat(one, scheme, clips))
            for one in published_beside(corpora, len(emotions))
        ),
        leak=_leak(methods[0], results.leak) if results.leak else None,
        units=summarise_units(methods[0].name, rows, _named_for_units(baselines)),
    )


def _named_for_units(
    baselines: Mapping[str, Sequence[Prediction]],
) -> dict[str, Sequence[Prediction]]:
    """The baselines by what answers units in them, see `smastn.evaluation.baselines`."""
    names = {"linear SVC": RIDGE, "majority class": ALWAYS}
    return {names.get(name, name): rows for name, rows in baselines.items()}


def metrics_json(report: Report) -> str:
    """The text of metrics.json; its keys are the attributes of `Report`."""
    return json.dumps(settings_to_dict(report), indent=2, allow_nan=False) + "\n"


def _method(name: str, rows: Sequence[Prediction]) -> Method:
    seeds = {str(seed): scores for seed, scores in seed_scores(rows).items()}
    return Method(name, bootstrap_subjects(rows), seeds, fold_averaged_f1(rows))


def _leak(network: Method, rows: Sequence[Prediction]) -> Leak:
    method = _method(f"{network.name}, {LEAK}", rows)
    fixed, selected = network.bootstrap.intervals, method.bootstrap.intervals
    return Leak(method, {name: selected[name].value - fixed[name].value for name in fixed})


def _warnings(rows: Sequence[Prediction], methods: Sequence[Method]) -> Iterator[str]:
    """A sentence for each seed of one predicted class, and for each baseline not surpassed."""
    seeds = grouped(rows, lambda row: row.seed)
    for seed, own in seeds.items():
        names = {row.predicted for row in own}
        if len(names) == 1:
            where = f"With seed {seed} the" if len(seeds) > 1 else "The"
            yield (
                f"{where} network predicts {names.pop()} for every clip: it has not learnt to "
                "separate the classes."
            )
    uf1, *others = (one.bootstrap.intervals["uf1"].value for one in methods)
    for method, other in zip(methods[1:], others, strict=True):
        if uf1 <= other:
            yield (
                f"The network is not better than the baseline {method.name}: UF1 {uf1:.3f}, "
                f"{method.name} {other:.3f}."
            )


def _headline(methods: Sequence[Method], emotions: Sequence[str]) -> tuple[Headline, ...]:
    """UF1, UAR and accuracy, in this order: in the first two all classes have equal weight."""
    network = methods[0].bootstrap
    majority = next((one for one in methods if one.name == "majority class"), None)
    texts = {
        "uf1": (
            "UF1",
            "The F1 score, averaged over the classes: all classes have equal weight, "
            "however rare they are.",
            f"It holds for people like these {network.subjects}, recorded like these; it does not "
            "say how often a prediction for your own video is correct.",
        ),
        "uar": (
            "UAR",
            "The recall, averaged over the classes: "
            f"random guessing reaches {1 / len(emotions):.3f}.",
            "It does not say how often a predicted class is correct; that is precision, given by "
            "class in the report.",
        ),
        "accuracy": (
            "Accuracy",
            "The share of all held-out clips that were predicted correctly.",
            "It is high for a method that predicts the most frequent class; compare it with the "
            "majority-class baseline.",
        ),
    }
    usual = {name: 1 / len(emotions) for name in texts}
    if majority is not None:
        usual = {name: majority.bootstrap.intervals[name].value for name in texts}
    return tuple(
        Headline(title, network.intervals[name], usual[name], meaning, limits)
        for name, (title, meaning, limits) in texts.items()
    )
