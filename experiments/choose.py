"""Nested cross-validation: which settings each group of subjects selects, without its own clips.

python experiments/choose.py RUN RUN ...

Each RUN is a folder of ``smastn evaluate`` with protocol.scheme = "subject-pairs": every two of
k groups of subjects are held out together. For group g, the predictions about group h of the
network that was trained on neither are out-of-sample: g may select by them, h by those about g.
Where all groups select the same settings, leave-one-subject-out with these is unbiased.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from smastn.errors import InputError
from smastn.evaluation.metrics import pooled_scores
from smastn.evaluation.predictions import Prediction, read_predictions


@dataclass(frozen=True, slots=True)
class Choice:
    """What one group of subjects selects.

    Attributes:
        group: its number.
        subjects: in the group; none of their clips were used.
        chosen: name of the candidate.
        uf1: of every candidate, on the other groups' clips, this group unseen.
    """

    group: int
    subjects: tuple[str, ...]
    chosen: str
    uf1: dict[str, float]


def main() -> None:
    """Print inner UF1 of every run and group, and whether all select the same."""
    folders = [Path(name) for name in sys.argv[1:]]
    runs = {folder.name: read_predictions(folder) for folder in folders}
    choices = choose(runs)
    print("| run | " + " | ".join(f"without {one.group}" for one in choices) + " | mean |")
    print("| --- |" + " --- |" * (len(choices) + 1))
    for name in runs:
        values = [one.uf1[name] for one in choices]
        shown = [
            f"**{value:.3f}**" if one.chosen == name else f"{value:.3f}"
            for one, value in zip(choices, values, strict=True)
        ]
        print(f"| {name} | " + " | ".join(shown) + f" | {sum(values) / len(values):.3f} |")
    chosen = {one.chosen for one in choices}
    print("all select " + chosen.pop() if len(chosen) == 1 else "differing: " + ", ".join(chosen))


def choose(candidates: Mapping[str, Sequence[Prediction]]) -> list[Choice]:
    """What each group selects; of equals the candidate that was named first.

    Args:
        candidates: predictions of ``subject-pairs`` runs over the same clips, by name.

    Raises:
        InputError: a run is of another protocol, or the groups differ.
        MetricError: the other groups lack a class.
    """
    groups = {name: _groups(rows) for name, rows in candidates.items()}
    first = next(iter(groups.values()))
    if odd := [name for name, own in groups.items() if own != first]:
        raise InputError(
            f"{odd[0]} has other groups of subjects than the first run; wanted one protocol.seed "
            "and one sample list: run it again"
        )
    choices = []
    for group in sorted(set(first.values())):
        uf1 = {name: inner_uf1(rows, group) for name, rows in candidates.items()}
        subjects = tuple(sorted(name for name, number in first.items() if number == group))
        choices.append(Choice(group, subjects, max(uf1, key=lambda name: uf1[name]), uf1))
    return choices


def inner_uf1(predictions: Sequence[Prediction], group: int) -> float:
    """UF1 of the predictions about all other groups, of networks not trained on `group`.

    Seeds are averaged.
    """
    groups = _groups(predictions)
    rows = [row for row in predictions if group in _pair(row.fold) and groups[row.subject] != group]
    seeds = sorted({row.seed for row in rows})
    scores = [pooled_scores([row for row in rows if row.seed == seed]) for seed in seeds]
    return float(np.mean([score.uf1 for score in scores]))


def _groups(predictions: Sequence[Prediction]) -> dict[str, int]:
    """The group of each subject: the one that all folds have in common that hold it out."""
    found: dict[str, set[int]] = {}
    for row in predictions:
        pair = _pair(row.fold)
        found[row.subject] = found.get(row.subject, pair) & pair
    odd = [subject for subject, common in found.items() if len(common) != 1]
    if odd or not found:
        raise InputError(
            f"{odd[0] if odd else 'no subject'} is not held out with every other group in turn; "
            'wanted a finished run with protocol.scheme = "subject-pairs" of three groups or more'
        )
    return {subject: common.pop() for subject, common in found.items()}


def _pair(fold: str) -> set[int]:
    numbers = re.fullmatch(r"(\d+) and (\d+) of \d+", fold)
    if numbers is None:
        raise InputError(
            f'fold {fold} is no pair of groups; wanted a run with protocol.scheme = "subject-pairs"'
        )
    return {int(number) for number in numbers.groups()}


if __name__ == "__main__":
    main()
