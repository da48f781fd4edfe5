"""Spotted intervals scored against true ones, from tables: spotting, analysis, and STRS.

As in the MEGC challenges: a hit shares at least half of the union with a true interval, each
true interval is hit at most once, and counts of all videos are added. STRS
(spot-then-recognise score) is the F1 of spotting times the F1 of analysis, which is computed
over the hits: the unweighted mean over the emotions that occur among them. Recall is recall;
public scripts have printed macro precision in its place.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import confusion_matrix

from smastn.corpora.clip import MICRO_SECONDS
from smastn.corpora.tables import Column, Row, read_table
from smastn.errors import InputError, MetricError
from smastn.spotting.scores import SpottingScore, matches, pooled, score_spotting

_COLUMNS = (
    Column("video", ("video", "video_name", "file", "filename", "vid"), needed=False),
    Column("onset", ("onset_frame", "onset", "start", "pred_onset")),
    Column("offset", ("offset_frame", "offset", "end", "pred_offset")),
    Column("kind", ("kind", "type", "expression_type"), needed=False),
    Column("seconds", ("duration_seconds", "duration"), needed=False),
    Column("emotion", ("emotion", "pred_emotion", "label"), needed=False),
)
_MICRO = ("micro", "microexpression", "me")
_MACRO = ("macro", "macroexpression", "mae", "longer")


@dataclass(frozen=True, slots=True)
class CodedRow:
    """One interval of a table; frames are inclusive.

    Attributes:
        video: which video, "" in a table of one.
        onset, offset: first and last frame.
        micro: whether it is a micro-expression; None where the table does not say.
        emotion: its name, "" where none is given.
    """

    video: str
    onset: int
    offset: int
    micro: bool | None
    emotion: str


@dataclass(frozen=True, slots=True)
class AnalysisScore:
    """Scores of the emotions of the hits.

    Attributes:
        hits: with an emotion in both tables.
        f1: unweighted mean over the true emotions of 2 TP / (2 TP + FP + FN).
        recall: the same of TP / (TP + FN).
        precision: the same of TP / (TP + FP), 0 where an emotion was never predicted.
        strs: F1 of spotting times `f1`.
    """

    hits: int
    f1: float
    recall: float
    precision: float
    strs: float


@dataclass(frozen=True, slots=True)
class SpottingReport:
    """Scores of a table; micro and macro are None where the tables do not separate them."""

    videos: int
    micro: SpottingScore | None
    macro: SpottingScore | None
    overall: SpottingScore
    analysis: AnalysisScore | None


def read_intervals(path: Path, rate: float | None = None) -> list[CodedRow]:
    """The intervals of a CSV or spreadsheet, intervals.csv of `smastn analyze` included.

    Args:
        path: columns ``onset_frame`` and ``offset_frame`` (or onset, offset), and if there
            are several videos ``video``; ``kind`` (micro or macro) or ``duration_seconds``
            and ``emotion`` if known.
        rate: frames a second, which separates micro from macro where the table does not.

    Raises:
        InputError: a column is missing, or a row has values out of range.
    """
    return [_coded(path, row, rate) for row in read_table(path, _COLUMNS)]


def score_intervals(spotted: Sequence[CodedRow], true: Sequence[CodedRow]) -> SpottingReport:
    """Score one table against another, video by video, counts pooled.

    Raises:
        MetricError: there is no true interval, or only one of the tables names its videos.
    """
    if not true:
        raise MetricError("there is no true interval, so nothing can be scored; wanted one or more")
    videos = {row.video for row in true}
    unknown = {row.video for row in spotted} - videos
    if unknown and "" in videos | unknown:
        raise MetricError(
            "one table names its videos and the other does not, so intervals cannot be matched; "
            "give both a column video with the same names"
        )
    known = all(row.micro is not None for row in (*spotted, *true))
    micro, macro = (_scored(spotted, true, kind) if known else None for kind in (True, False))
    overall = _scored(spotted, true, None)
    analysis = _analysis(spotted, true, overall)
    return SpottingReport(len(videos | unknown), micro, macro, overall, analysis)


def _coded(path: Path, row: Row, rate: float | None) -> CodedRow:
    onset, offset = row.whole("onset"), row.whole("offset")
    if onset is None or offset is None:
        raise InputError(
            f"{path}, row {row.number}: onset is {row.text('onset')!r} and offset "
            f"{row.text('offset')!r}; wanted whole frame numbers; correct the row"
        )
    if not 0 <= onset <= offset:
        raise InputError(
            f"{path}, row {row.number}: it lasts from frame {onset} to {offset}; wanted "
            "0 <= onset <= offset; correct the row"
        )
    micro = _is_micro(path, row, (offset - onset) / rate if rate else None)
    return CodedRow(row.text("video"), onset, offset, micro, row.text("emotion").lower())


def _is_micro(path: Path, row: Row, seconds: float | None) -> bool | None:
    kind = re.sub(r"[^a-z]", "", row.text("kind").lower())
    if kind in _MICRO or kind in _MACRO:
        return kind in _MICRO
    if kind:
        raise InputError(
            f"{path}, row {row.number}: kind is {row.text('kind')!r}; wanted micro or macro"
        )
    written = row.text("seconds")
    if written:
        try:
            seconds = float(written)
        except ValueError as error:
            raise InputError(
                f"{path}, row {row.number}: duration is {written!r}; wanted seconds, such as 0.4"
            ) from error
    return None if seconds is None else seconds <= MICRO_SECONDS


def _scored(
    spotted: Sequence[CodedRow], true: Sequence[CodedRow], micro: bool | None
) -> SpottingScore:
    """Pooled counts of one kind, or of all where `micro` is None."""

    def frames(rows: Sequence[CodedRow], video: str) -> list[tuple[int, int]]:
        return [
            (row.onset, row.offset)
            for row in rows
            if row.video == video and micro in (None, row.micro)
        ]

    videos = {row.video for row in (*spotted, *true)}
    return pooled(score_spotting(frames(spotted, one), frames(true, one)) for one in videos)


def _analysis(
    spotted: Sequence[CodedRow], true: Sequence[CodedRow], overall: SpottingScore
) -> AnalysisScore | None:
    """Scores of the emotions of all hits, or None where either table has none."""
    named = _hits(spotted, true)
    if not named:
        return None
    predicted, truth = zip(*named, strict=True)
    counts = confusion_matrix(truth, predicted)
    there = counts.sum(1) > 0  # emotions that are only predicted are in no mean
    hits, true, found = np.diagonal(counts)[there], counts.sum(1)[there], counts.sum(0)[there]
    f1 = float(np.mean(2 * hits / (true + found)))
    recall, precision = float(np.mean(hits / true)), float(np.mean(hits / np.maximum(found, 1)))
    return AnalysisScore(len(named), f1, recall, precision, overall.f1 * f1)


def _hits(spotted: Sequence[CodedRow], true: Sequence[CodedRow]) -> list[tuple[str, str]]:
    """Predicted and true emotion of each hit that has both."""
    pairs = []
    for video in sorted({row.video for row in true}):
        ours = [row for row in spotted if row.video == video]
        theirs = [row for row in true if row.video == video]
        found = matches(
            [(row.onset, row.offset) for row in ours], [(row.onset, row.offset) for row in theirs]
        )
        pairs += [(ours[i].emotion, theirs[j].emotion) for i, j in found]
    return [(predicted, truth) for predicted, truth in pairs if predicted and truth]
