"""JSON: the intervals as `CodedInterval` has them, for programs."""

import json

from smastn.analysis.coding import Coding, intervals_to_plain
from smastn.analysis.formats import ExportFormat


def write(coding: Coding) -> str:
    """The film's name and a list of intervals in order of time."""
    plain = {"film": coding.film.name, "intervals": intervals_to_plain(coding.intervals)}
    return json.dumps(plain, indent=1) + "\n"


FORMAT = ExportFormat("json", "JSON", "for programs", ".json", "application/json", write)
