"""``smastn compare``: two runs over the same clips, seed by seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from smastn.errors import InputError
from smastn.evaluation.compare import Comparison, compare
from smastn.evaluation.metrics import Scores, pooled_scores
from smastn.evaluation.predictions import Prediction, read_predictions
from smastn.terminal.console import output, say

_NAMES = {"uf1": "UF1", "uar": "UAR", "accuracy": "Accuracy"}


@dataclass(frozen=True, slots=True)
class Pairing:
    """One seed of the first run against one of the second.

    Attributes:
        seeds: of the first and of the second.
        first: pooled scores.
        second: pooled scores.
        comparison: how they differ, and how likely that is chance.
    """

    seeds: tuple[int, int]
    first: Scores
    second: Scores
    comparison: Comparison


def compare_runs(first: Path, second: Path, swaps: int) -> list[Pairing]:
    """Each seed that both have, against itself; one seed alone, against all of the other.

    Raises:
        InputError: a run is not finished, clips or truths differ, or no seed is in both.
    """
    one, two = _by_seed(first), _by_seed(second)
    if len(one) == 1 or len(two) == 1:
        seeds = [(a, b) for a in one for b in two]
    else:
        seeds = [(seed, seed) for seed in one if seed in two]
    if not seeds:
        raise InputError(
            f"{first} has the seeds {', '.join(map(str, one))} and {second} "
            f"{', '.join(map(str, two))}; wanted one in both: run one of them with the other's"
        )
    return [
        Pairing(
            (a, b),
            pooled_scores(one[a]),
            pooled_scores(two[b]),
            compare(one[a], two[b], swaps),
        )
        for a, b in seeds
    ]


def show_pairings(pairings: Sequence[Pairing], first: Path, second: Path) -> None:
    """Print the scores side by side, with what chance would do."""
    for pairing in pairings:
        output.print(_table(pairing, (first.name, second.name), len(pairings) > 1))
        output.print(_counts(pairing.comparison))
        output.print()
    say(
        "p: how often a gain as large comes about where neither is better. People are swapped "
        "whole; McNemar takes clips of one person for independent, so believe the former."
    )


def _table(pairing: Pairing, names: tuple[str, str], several: bool) -> Table:
    told = "seeds {} and {}".format(*pairing.seeds) if several else ""
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for place, heading in enumerate((told, *names, "gain", "p")):
        table.add_column(heading, justify="right" if place else "left")
    for score, title in _NAMES.items():
        table.add_row(
            f"[bold]{title}",
            f"{getattr(pairing.first, score):.3f}",
            f"{getattr(pairing.second, score):.3f}",
            f"[bold cyan]{pairing.comparison.gain[score]:+.3f}",
            f"{pairing.comparison.permutation[score]:.3f}",
        )
    return table


def _counts(found: Comparison) -> str:
    tried = "all" if found.exact else "drawn"
    return (
        f"{found.clips} clips of {found.people} people: {found.only_first} only the first got "
        f"right, {found.only_second} only the second (McNemar p {found.mcnemar:.3f}); "
        f"{found.swaps} arrangements of people, {tried}"
    )


def _by_seed(place: Path) -> dict[int, list[Prediction]]:
    """The answers of each seed, in a run's folder or in a file."""
    path = place / "predictions.csv" if place.is_dir() else place
    if place.is_dir() and not path.is_file():
        raise InputError(
            f"{place} holds no finished run; wanted predictions.csv: start the run again, "
            "finished folds are kept"
        )
    found: dict[int, list[Prediction]] = {}
    for row in read_predictions(path):
        found.setdefault(row.seed, []).append(row)
    if not found:
        raise InputError(f"{path} holds no answer; wanted one row a clip: did every fold fail?")
    return found
