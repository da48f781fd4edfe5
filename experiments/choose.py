"""Which settings each group of subjects chooses, by people it does not hold.

python experiments/choose.py RUN RUN ...

Each RUN is a folder of ``smastn evaluate`` with protocol.scheme = "subject-pairs".
"""

import sys
from pathlib import Path

from smastn.evaluation.nested_selection import choose
from smastn.evaluation.predictions import read_predictions


def main() -> None:
    """Print inner UF1 of every run and group, and whether all choose the same."""
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
    print("all choose " + chosen.pop() if len(chosen) == 1 else "they differ: " + ", ".join(chosen))


if __name__ == "__main__":
    main()
