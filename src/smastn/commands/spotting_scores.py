"""``smastn score-spotting``: spotted intervals compared with true ones."""

from typing import Any

from smastn.evaluation.spotting_tables import SpottingReport
from smastn.spotting.scores import SpottingScore
from smastn.terminal.console import output, say, table


def report_to_dict(report: SpottingReport) -> dict[str, Any]:
    """All scores as plain values; null where a score is undefined or was not computed."""
    one = report.analysis
    return {
        "videos": report.videos,
        "spotting": {name: score and _scores(score) for name, score in _kinds(report).items()},
        "analysis": one
        and {
            "hits_named": one.hits,
            "f1": one.f1,
            "recall": one.recall,
            "precision": one.precision,
        },
        "strs": one and one.strs,
    }


def show_spotting(report: SpottingReport) -> None:
    """Print the scores, and which are missing."""
    headings = ("", "true", "spotted", "hits", "precision", "recall", "F1")
    shown = table(headings, left=("",), style="dim")
    for name, score in _kinds(report).items():
        if score is not None:
            shown.add_row(name, *_cells(score))
    output.print(shown)
    one = report.analysis
    if one is not None:
        output.print(
            f"analysis of {one.hits} hits: F1 {one.f1:.4f}, recall {one.recall:.4f}, precision "
            f"{one.precision:.4f}\nSTRS {one.strs:.4f} = {report.overall.f1:.4f} x {one.f1:.4f}"
        )
    if report.micro is None:
        say("micro and macro are not separated: give both tables a column kind, or use --rate")
    if one is None:
        say("no STRS: it needs a column emotion in both tables, and at least one hit")


def _kinds(report: SpottingReport) -> dict[str, SpottingScore | None]:
    return {"micro": report.micro, "macro": report.macro, "overall": report.overall}


def _scores(score: SpottingScore) -> dict[str, float | int | None]:
    counts = {"hits": score.hits, "false_alarms": score.false_alarms, "misses": score.misses}
    return counts | dict(zip(("precision", "recall", "f1"), _values(score), strict=True))


def _values(score: SpottingScore) -> list[float | None]:
    spotted, true = score.hits + score.false_alarms, score.hits + score.misses
    return [
        score.precision if spotted else None,
        score.recall if true else None,
        score.f1 if spotted or true else None,
    ]


def _cells(score: SpottingScore) -> list[str]:
    counts = (score.hits + score.misses, score.hits + score.false_alarms, score.hits)
    values = ["-" if value is None else f"{value:.4f}" for value in _values(score)]
    return [*map(str, counts), *values]
