"""Published scores, recomputed from their published prediction logs.

`verify` reports what does not agree: precision published as recall, scores averaged over
folds, missing clips, wrong counts.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from smastn.errors import InputError
from smastn.evaluation.metrics import Scores, emotions_in, fold_averaged_f1, pooled_scores
from smastn.evaluation.prediction_logs import LogEntry, PublishedLog
from smastn.evaluation.predictions import Prediction

NAMES = {
    "accuracy": "accuracy",
    "uf1": "UF1",
    "uar": "UAR",
    "macro_precision": "macro precision",
    "weighted_f1": "weighted F1",
    "fold_averaged_f1": "F1 averaged over folds",
    "clips": "the number of clips",
}
"""Scores that can be claimed of a log, and their names in sentences."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Recomputed scores of a log.

    Attributes:
        clips: in the log.
        clips_wanted: in the ground truth.
        scores: recomputed from the log's predictions, against the log's own truth.
        fold_averaged_f1: of the same predictions, averaged over subjects instead of pooled.
        findings: what does not agree, one sentence each; empty where everything agrees.
    """

    clips: int
    clips_wanted: int
    scores: Scores
    fold_averaged_f1: float
    findings: tuple[str, ...]


def verify(
    log: PublishedLog,
    truth: Sequence[LogEntry],
    claims: Mapping[str, float | int] | None = None,
) -> Verification:
    """Recompute the scores of a log and report what does not agree.

    Args:
        log: the predictions.
        truth: every clip that should be in the log, with its label.
        claims: scores stated elsewhere, such as in the paper, by the names of `Scores`
            and ``fold_averaged_f1`` and ``clips``; those the log prints are always checked.

    Raises:
        MetricError: the log lacks a whole class.
        InputError: a claim of an unknown name.
    """
    predictions = _predictions(log.entries, truth)
    scores = pooled_scores(predictions, emotions_in(predictions))
    averaged = fold_averaged_f1(predictions)
    values = {name: getattr(scores, name) for name in Scores.__dataclass_fields__}
    values |= {"fold_averaged_f1": averaged, "clips": float(len(predictions))}
    findings = _missing(log.entries, truth)
    for name, claim in {**log.printed, **(claims or {})}.items():
        findings += _judge(name, claim, values)
    return Verification(len(predictions), len(truth), scores, averaged, tuple(findings))


def _judge(name: str, claim: float | int, values: Mapping[str, float]) -> list[str]:
    """A sentence where a claim is not what the predictions give, with the likely error."""
    if name not in values:
        raise InputError(f"a claim of {name} is unknown; known are {', '.join(values)}")
    if _agrees(claim, values[name]):
        return []
    if name == "clips":
        return [f"{claim:.0f} clips are stated; the log has {values[name]:.0f}"]
    sentence = f"{NAMES[name]} is stated as {claim:g}; the predictions give {values[name]:.4f}"
    same = [other for other, value in values.items() if _agrees(claim, value)]
    if name == "uar" and "macro_precision" in same:
        return [f"{sentence}; what is stated is macro precision: precision published as recall"]
    if "fold_averaged_f1" in same:
        return [f"{sentence}; what is stated is F1 averaged over folds, not pooled"]
    return [sentence + (f"; what is stated is {NAMES[same[0]]}" if same else "")]


def _agrees(claim: float | int, value: float) -> bool:
    """Whether the claim is the value, rounded or cut to the digits it was printed with."""
    exponent = Decimal(repr(claim)).as_tuple().exponent
    return abs(claim - value) < 10.0 ** min(int(exponent), -2) * 0.75


def _missing(entries: Sequence[LogEntry], truth: Sequence[LogEntry]) -> list[str]:
    """Sentences on clips that are missing, too many or labelled otherwise.

    A layout without clip names can be compared by subject and label only.
    """
    named = all(entry.clip for entry in entries)
    has_corpus = all(entry.corpus for entry in entries)

    def identity(entry: LogEntry) -> tuple[str, ...]:
        who = (entry.corpus if has_corpus else "", entry.person)
        return (*who, entry.clip) if named else (*who, entry.truth)

    seen, wanted = Counter(map(identity, entries)), Counter(map(identity, truth))
    findings = []
    for left, text in (
        (wanted - seen, "of the ground truth missing from the log"),
        (seen - wanted, "in the log beyond the ground truth"),
    ):
        if left:
            names = [" ".join(filter(None, parts)) for parts in left]
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            findings.append(f"{left.total()} clips {text}: {', '.join(names[:5])}{more}")
    if named:
        labels = {identity(entry): entry.truth for entry in truth}
        other = [e for e in entries if labels.get(identity(e), e.truth) != e.truth]
        if other:
            findings.append(f"{len(other)} clips labelled otherwise, first {other[0].clip}")
    return findings


def _predictions(entries: Sequence[LogEntry], truth: Sequence[LogEntry]) -> list[Prediction]:
    """The entries as predictions of one seed, a fold a subject."""
    corpora: dict[str, set[str]] = {}
    for known in truth:
        corpora.setdefault(known.person, set()).add(known.corpus)
    counts: Counter[str] = Counter()
    rows = []
    for entry in entries:
        # where a log names no corpus, that of the ground truth is used if only one fits
        fitting = corpora.get(entry.person, set())
        corpus = entry.corpus or (next(iter(fitting)) if len(fitting) == 1 else "log")
        subject = f"{corpus}/{entry.person}"
        counts[subject] += 1
        clip = entry.clip or f"{counts[subject]}"
        rows.append(Prediction(subject, clip, 0, subject, entry.truth, entry.predicted))
    return rows
