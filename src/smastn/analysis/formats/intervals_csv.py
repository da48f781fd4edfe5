"""CSV: one row an interval, for statistics and spreadsheets."""

import csv
import io
from typing import Any

from smastn.analysis.coding import Coding
from smastn.analysis.formats import ExportFormat

_EDGES = ("onset", "apex", "offset")
_COLUMNS = (
    *("number", *(f"{edge}_frame" for edge in _EDGES)),
    *(*(f"{edge}_seconds" for edge in _EDGES), "duration_seconds"),
    *("kind", "confidence", "regions", "emotion", "source", "note"),
)


def write(coding: Coding) -> str:
    """The intervals in order of time; regions are joined by ``+``, unknown values are empty."""
    text = io.StringIO()
    further = dict.fromkeys(name for measured in coding.measures for name in measured)
    table = csv.DictWriter(text, [*_COLUMNS, *further], lineterminator="\n")
    table.writeheader()
    for place, _ in enumerate(coding.intervals):
        measured = dict(coding.measures[place]) if coding.measures else {}
        table.writerow(_row(coding, place) | measured)
    return text.getvalue()


def _row(coding: Coding, place: int) -> dict[str, Any]:
    one = coding.intervals[place]
    seconds = {edge: coding.seconds(getattr(one, edge)) for edge in _EDGES}
    return {
        "number": place + 1,
        **{f"{edge}_frame": getattr(one, edge) for edge in _EDGES},
        **{f"{edge}_seconds": round(second, 4) for edge, second in seconds.items()},
        "duration_seconds": round(seconds["offset"] - seconds["onset"], 4),
        "kind": one.kind,
        "confidence": one.confidence,
        "regions": "+".join(one.regions),
        "emotion": one.emotion,
        "source": one.source,
        "note": one.note,
    }


FORMAT = ExportFormat(
    "csv", "Table", "CSV, for spreadsheets and statistics", ".csv", "text/csv", write
)
