"""EAF: a document of ELAN (format 3.0) with tiers of intervals, linked to the film.

The layout is that of the published schema, https://www.mpi.nl/tools/elan/EAFv3.0.xsd:
header with linked media, time slots in order of time, tiers, one type of annotation.
Every annotation has two time slots of its own, so that dragging an edge moves no other.
Own code, since pympi-ling writes time slots in order of creation, and to a path only.
"""

import mimetypes
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

from smastn.analysis.analysis_records import MACRO, MICRO
from smastn.analysis.coding import Coding
from smastn.analysis.formats import ExportFormat
from smastn.spotting.regions import REGIONS

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
_TYPE = "default-lt"
_CONSTRAINTS = {  # ELAN expects all four, whether or not a tier uses them
    "Time_Subdivision": (
        "Time subdivision of parent annotation's time interval, no time gaps allowed within "
        "this interval"
    ),
    "Symbolic_Subdivision": (
        "Symbolic subdivision of a parent annotation. Annotations refering to the same parent "
        "are ordered"
    ),
    "Symbolic_Association": "1-1 association with a parent annotation",
    "Included_In": (
        "Time alignable annotations within the parent annotation's time interval, gaps are allowed"
    ),
}


@dataclass(frozen=True, slots=True)
class Annotation:
    """A labelled period.

    Attributes:
        start, end: milliseconds from the start of the film; the end is exclusive.
        text: the label.
    """

    start: int
    end: int
    text: str


Tiers = dict[str, list[Annotation]]
"""Annotations by the name of their tier."""


def write(coding: Coding) -> str:
    """Tiers for micro and macro intervals, apices, emotions, regions, notes, and the uncodable."""
    emotions = sorted({one.emotion for one in coding.intervals if one.emotion})
    names = [f"emotion: {name}" for name in emotions] + [f"region: {name}" for name in REGIONS]
    groups: dict[str, list[Annotation]] = {
        name: [] for name in (MICRO, MACRO, "apex", *names, "note", "uncodable")
    }
    for one in coding.intervals:
        start, end = coding.milliseconds(one)
        texts = {one.kind: one.label, f"emotion: {one.emotion}": one.kind, "note": one.note}
        texts |= {f"region: {name}": one.emotion or one.kind for name in one.regions}
        for name, text in texts.items():
            if name in groups and text:
                groups[name].append(Annotation(start, end, text))
        start, end = map(coding.first_millisecond, (one.apex, one.apex + 1))
        groups["apex"].append(Annotation(start, end, "apex"))
    for first, last, why in coding.uncodable:
        start, end = map(coding.first_millisecond, (first, last + 1))
        groups["uncodable"].append(Annotation(start, end, why))
    return eaf_document(tiers_without_overlap(groups), _media(coding))


def tiers_without_overlap(groups: Mapping[str, Sequence[Annotation]]) -> Tiers:
    """A tier for each group; overlapping annotations go to further tiers, ``NAME 2`` and so on."""
    tiers: Tiers = {}
    for name, annotations in groups.items():
        numbered = (f"{name} {number}" for number in count(2))
        names = [name]
        tiers[name] = []
        for one in sorted(annotations, key=lambda one: (one.start, one.end)):
            free = (tier for tier in names if not tiers[tier] or tiers[tier][-1].end <= one.start)
            tier = next(free, None)
            if tier is None:
                tier = next(free for free in numbered if free not in groups and free not in tiers)
                names.append(tier)
            tiers.setdefault(tier, []).append(one)
    return tiers


def eaf_document(
    tiers: Tiers, media: Mapping[str, str] | None = None, written: datetime | None = None
) -> str:
    """The text of an .eaf file.

    Args:
        tiers: in the order in which ELAN shows them; annotations of one tier do not overlap.
        media: attributes of the media descriptor; without one ELAN asks for the film.
        written: date of the document; now by default.
    """
    root = ElementTree.Element(
        "ANNOTATION_DOCUMENT",
        {
            "AUTHOR": "smastn",
            "DATE": (written or datetime.now(UTC)).replace(microsecond=0).isoformat(),
            "FORMAT": "3.0",
            "VERSION": "3.0",
            "xmlns:xsi": _XSI,
            "xsi:noNamespaceSchemaLocation": _SCHEMA,
        },
    )
    header = _add(root, "HEADER", MEDIA_FILE="", TIME_UNITS="milliseconds")
    if media is not None:
        _add(header, "MEDIA_DESCRIPTOR", **media)
    annotations = sum(map(len, tiers.values()))
    _add(header, "PROPERTY", NAME="lastUsedAnnotationId").text = str(annotations)
    _add_tiers(root, tiers)
    kind = {"LINGUISTIC_TYPE_ID": _TYPE, "TIME_ALIGNABLE": "true", "GRAPHIC_REFERENCES": "false"}
    _add(root, "LINGUISTIC_TYPE", **kind)
    for stereotype, description in _CONSTRAINTS.items():
        _add(root, "CONSTRAINT", STEREOTYPE=stereotype, DESCRIPTION=description)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _add(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, attributes)


def _media(coding: Coding) -> dict[str, str] | None:
    """Where the film is: ELAN tries the absolute address first, then the relative one."""
    film, folder = coding.film, coding.folder
    if film.is_dir():  # ELAN shows no folder of images
        return None
    relative = film.name
    if folder is not None and film.is_absolute():
        try:
            relative = Path(os.path.relpath(film, folder.absolute())).as_posix()
        except ValueError:  # on another Windows drive
            relative = film.name
    relative = quote(f"./{relative}")
    return {
        "MEDIA_URL": film.as_uri() if film.is_absolute() else relative,
        "MIME_TYPE": mimetypes.guess_type(film.name)[0] or "unknown",
        "RELATIVE_MEDIA_URL": relative,
    }


def _add_tiers(root: ElementTree.Element, tiers: Tiers) -> None:
    """Time slots in order of time, two for each annotation, and the tiers that refer to them."""
    placed = [(tier, one) for tier, annotations in tiers.items() for one in annotations]
    edges = [
        (time, number, edge)
        for number, (_, one) in enumerate(placed)
        for edge, time in enumerate((one.start, one.end))
    ]
    order = _add(root, "TIME_ORDER")
    slots: dict[tuple[int, int], str] = {}
    for place, (time, number, edge) in enumerate(sorted(edges), start=1):
        slots[number, edge] = f"ts{place}"
        _add(order, "TIME_SLOT", TIME_SLOT_ID=f"ts{place}", TIME_VALUE=str(time))
    drawn = {name: _add(root, "TIER", LINGUISTIC_TYPE_REF=_TYPE, TIER_ID=name) for name in tiers}
    for number, (tier, one) in enumerate(placed):
        annotation = _add(
            _add(drawn[tier], "ANNOTATION"),
            "ALIGNABLE_ANNOTATION",
            ANNOTATION_ID=f"a{number + 1}",
            TIME_SLOT_REF1=slots[number, 0],
            TIME_SLOT_REF2=slots[number, 1],
        )
        _add(annotation, "ANNOTATION_VALUE").text = one.text


FORMAT = ExportFormat(
    "eaf", "ELAN", "EAF, tiers by emotion and region", ".eaf", "application/xml", write
)
