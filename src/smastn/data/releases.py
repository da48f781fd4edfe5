"""Checks that every reader makes on a release as a whole."""

from collections.abc import Iterable
from pathlib import Path

from smastn.data.placing import Annotation, Defect


def unlabelled(
    folders: Iterable[Path], annotations: Iterable[Annotation], root: Path
) -> list[Defect]:
    """A defect for each clip folder that no annotation names."""
    named = {annotation.folder for annotation in annotations}
    return [
        Defect("unlabelled folder", str(folder.relative_to(root)), "no row of the sheet names it")
        for folder in folders
        if folder not in named
    ]


def other_sheets(sheet: Path, others: Iterable[Path]) -> list[Defect]:
    """A defect for each further sheet of the same kind, which was not used."""
    return [
        Defect("sheet", other.name, f"not used; the labels come from {sheet.name}")
        for other in others
    ]
