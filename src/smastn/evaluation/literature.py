"""Published results over the same corpora and number of classes, with their caveats."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from smastn.config import read_settings

Origin = Literal["measured", "claimed", "second hand"]


@dataclass(frozen=True, slots=True)
class PublishedResult:
    """One row of a published table. What was not published is None.

    Attributes:
        method: as published.
        input: the method's input.
        corpora: short names, alphabetical.
        classes: how many.
        clips: how many were scored.
        origin: ``measured`` by the authors of this package from published files, ``claimed`` by
            its own authors, or ``second hand``: published by others.
        source: where the numbers were published.
        caveat: what to know before comparing.
        uf1: unweighted F1, 0 to 1; where the source says F1 only, the caveat says so.
        uar: unweighted average recall.
        accuracy: share of clips.
    """

    method: str
    input: str
    corpora: tuple[str, ...]
    classes: int
    clips: int
    origin: Origin
    source: str
    caveat: str
    uf1: float | None = None
    uar: float | None = None
    accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    """All of literature.toml."""

    results: tuple[PublishedResult, ...]


@cache
def published_results() -> tuple[PublishedResult, ...]:
    """All results in literature.toml."""
    return read_settings(Path(__file__).with_name("literature.toml"), _Table).results


def published_beside(corpora: Collection[str], classes: int) -> tuple[PublishedResult, ...]:
    """The published results over exactly these corpora with this number of classes."""
    return tuple(
        one
        for one in published_results()
        if set(one.corpora) == set(corpora) and one.classes == classes
    )


def full_caveat(result: PublishedResult, scheme: str, clips: int) -> str:
    """What to know before comparing that result with a run of this protocol and so many clips."""
    sentences = [result.caveat]
    if result.clips != clips:
        sentences.append(f"It is over {result.clips} clips, this run over {clips}.")
    if scheme not in ("leave-one-subject-out", "composite"):
        sentences.append(f"It held out one subject at a time; this run is {scheme}.")
    return " ".join(sentences)
