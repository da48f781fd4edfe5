"""Readers of published prediction logs and ground truths.

Three layouts of logs: the text log of STSTNet's MATLAB code, that of its Python port, and a
table such as predictions.csv.
"""

import ast
import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from smastn.errors import InputError
from smastn.files import read_text

_SCORE_LINE = re.compile(r"UF1:\s*(?P<uf1>[\d.]+|nan)\s*\|\s*UAR:\s*(?P<uar>[\d.]+|nan)")


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One clip of a log or of a ground truth; what a layout does not contain is empty."""

    corpus: str
    subject: str
    clip: str
    truth: str
    predicted: str = ""

    @property
    def person(self) -> str:
        """The subject without leading zeros, in which tables and logs differ: 026 is 26."""
        return self.subject.lstrip("0") or "0" if self.subject.isdigit() else self.subject


@dataclass(frozen=True, slots=True)
class PublishedLog:
    """A prediction log.

    Attributes:
        entries: one a clip, in the log's order.
        printed: scores that the log itself states, by the names of `Scores`.
    """

    entries: tuple[LogEntry, ...]
    printed: dict[str, float] = field(default_factory=dict)


def read_log(path: Path) -> PublishedLog:
    """A prediction log in any of the three layouts, recognised by its first line.

    Raises:
        InputError: it cannot be read, or a line belongs to none of them.
    """
    lines = [
        line.rstrip() for line in read_text(path, "a log or a table").splitlines() if line.strip()
    ]
    if not lines:
        raise InputError(f"{path} is empty; wanted a prediction log or a predictions.csv")
    if lines[0].startswith("Subject:"):
        return _python_log(lines, path.name)
    if "," in lines[0]:
        return PublishedLog(tuple(_table(lines, path.name)))
    return _matlab_log(lines, path.name)


def read_truth(path: Path) -> tuple[LogEntry, ...]:
    """A ground truth as MEGC2019 gives it: corpus, subject, clip, label; no header.

    Raises:
        InputError: it cannot be read, or a row has fewer than four values.
    """
    entries, text = [], read_text(path, "a table")
    for number, row in enumerate(csv.reader(text.splitlines()), 1):
        if len(row) < 4:
            raise InputError(
                f"{path.name}, line {number}: {len(row)} values; wanted corpus, subject, clip "
                "and label"
            )
        corpus, subject, clip, truth = (value.strip() for value in row[:4])
        entries.append(LogEntry(corpus, subject, clip, truth))
    return tuple(entries)


def _matlab_log(lines: Sequence[str], name: str) -> PublishedLog:
    """A line `corpus subject` a subject, then a line `clip truth predicted` a clip."""
    entries, corpus, subject = [], "", ""
    for number, line in enumerate(lines, 1):
        parts = line.split()
        if len(parts) == 2:
            corpus, subject = parts
        elif len(parts) == 3 and subject:
            entries.append(LogEntry(corpus, subject, *parts))
        else:
            raise InputError(
                f"{name}, line {number}: {line!r} is neither `corpus subject` nor "
                "`clip truth predicted`; is this a prediction log?"
            )
    return PublishedLog(tuple(entries))


def _python_log(lines: Sequence[str], name: str) -> PublishedLog:
    """Four lines a subject: its name, predictions, truth, and scores of all so far."""
    entries: list[LogEntry] = []
    subject, predicted, printed = "", [], {}
    for number, line in enumerate(lines, 1):
        head, _, rest = (part.strip() for part in line.partition(":"))
        if head == "Subject":
            subject = rest
        elif head == "Predicted":
            predicted = _labels(rest, f"{name}, line {number}")
        elif head == "Ground Truth":
            truth = _labels(rest, f"{name}, line {number}")
            if len(truth) != len(predicted):
                raise InputError(
                    f"{name}, line {number}: {len(predicted)} predictions for {len(truth)} clips "
                    f"of {subject}; wanted one a clip: is the log complete?"
                )
            entries += [
                LogEntry("", subject, "", t, p) for t, p in zip(truth, predicted, strict=True)
            ]
        elif match := _SCORE_LINE.match(line):
            printed = {score: float(text) for score, text in match.groupdict().items()}
        elif head != "Final Evaluation":
            raise InputError(f"{name}, line {number}: {line!r} is no line of a prediction log")
    return PublishedLog(tuple(entries), printed)


def _labels(text: str, where: str) -> list[str]:
    try:
        return [str(label) for label in ast.literal_eval(text)]
    except (ValueError, SyntaxError, TypeError) as error:
        raise InputError(f"{where}: {text!r} is no list of labels; wanted [0, 1, 2]") from error


def _table(lines: Sequence[str], name: str) -> list[LogEntry]:
    """A table with a header: subject, clip, truth, predicted, and corpus where there is one."""
    reader = csv.DictReader(lines)
    wanted = ("subject", "clip", "truth", "predicted")
    if missing := [column for column in wanted if column not in (reader.fieldnames or ())]:
        raise InputError(f"{name}: no column {', '.join(missing)}; wanted {', '.join(wanted)}")
    entries = []
    for row in reader:
        corpus, _, person = row["subject"].rpartition("/")
        corpus = row.get("corpus") or corpus
        entries.append(LogEntry(corpus, person, row["clip"], row["truth"], row["predicted"]))
    return entries
