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


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier of ELAN, whose annotations do not overlap.

    Attributes:
        name: unique in its document.
        annotations: in order of time.
    """

    name: str
    annotations: tuple[Annotation, ...]


def write(coding: Coding) -> str:
    """Tiers for micro and macro intervals, apices, each emotion, each region, and notes."""
    emotions = sorted({one.emotion for one in coding.intervals if one.emotion})
    names = [f"emotion: {name}" for name in emotions] + [f"region: {name}" for name in REGIONS]
    groups: dict[str, list[Annotation]] = {
        name: [] for name in (MICRO, MACRO, "apex", *names, "note")
    }
    for one in coding.intervals:
        start, end = coding.milliseconds(one)
        texts = {one.kind: one.label, f"emotion: {one.emotion}": one.kind, "note": one.note}
        texts |= {f"region: {name}": one.emotion or one.kind for name in one.regions}
        for name, text in texts.items():
            if name in groups and text:
                groups[name].append(Annotation(start, end, text))
        apex = (coding.first_millisecond(frame) for frame in (one.apex, one.apex + 1))
        groups["apex"].append(Annotation(*apex, "apex"))
    return eaf_document(tiers_without_overlap(groups), _media(coding))


def tiers_without_overlap(groups: Mapping[str, Sequence[Annotation]]) -> list[Tier]:
    """A tier for each group; overlapping annotations go to further tiers, ``NAME 2`` and so on."""
    tiers: list[Tier] = []
    taken = set(groups)
    for name, annotations in groups.items():
        own = name
        for line in _lines(annotations) or [[]]:
            tiers.append(Tier(own, tuple(line)))
            own = next(free for n in count(2) if (free := f"{name} {n}") not in taken)
            taken.add(own)
    return tiers


def _lines(annotations: Sequence[Annotation]) -> list[list[Annotation]]:
    lines: list[list[Annotation]] = []
    for one in sorted(annotations, key=lambda one: (one.start, one.end)):
        line = next((line for line in lines if line[-1].end <= one.start), None)
        if line is None:
            lines.append(line := [])
        line.append(one)
    return lines


def eaf_document(
    tiers: Sequence[Tier], media: Mapping[str, str] | None = None, written: datetime | None = None
) -> str:
    """The text of an .eaf file.

    Args:
        tiers: in the order in which ELAN shows them.
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
    _add_header(root, media, sum(len(tier.annotations) for tier in tiers))
    _add_tiers(root, tiers)
    ElementTree.SubElement(
        root,
        "LINGUISTIC_TYPE",
        {"LINGUISTIC_TYPE_ID": _TYPE, "TIME_ALIGNABLE": "true", "GRAPHIC_REFERENCES": "false"},
    )
    for stereotype, description in _CONSTRAINTS.items():
        ElementTree.SubElement(
            root, "CONSTRAINT", {"STEREOTYPE": stereotype, "DESCRIPTION": description}
        )
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _add_header(
    root: ElementTree.Element, media: Mapping[str, str] | None, annotations: int
) -> None:
    header = ElementTree.SubElement(
        root, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"}
    )
    if media is not None:
        ElementTree.SubElement(header, "MEDIA_DESCRIPTOR", dict(media))
    last = ElementTree.SubElement(header, "PROPERTY", {"NAME": "lastUsedAnnotationId"})
    last.text = str(annotations)


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


def _add_tiers(root: ElementTree.Element, tiers: Sequence[Tier]) -> None:
    edges = [
        (time, tier_at, at, edge)
        for tier_at, tier in enumerate(tiers)
        for at, one in enumerate(tier.annotations)
        for edge, time in enumerate((one.start, one.end))
    ]
    order = ElementTree.SubElement(root, "TIME_ORDER")
    slots: dict[tuple[int, int, int], str] = {}
    for number, (time, *place) in enumerate(sorted(edges), start=1):
        tier_at, at, edge = place
        slots[tier_at, at, edge] = f"ts{number}"
        ElementTree.SubElement(
            order, "TIME_SLOT", {"TIME_SLOT_ID": f"ts{number}", "TIME_VALUE": str(time)}
        )
    number = 0
    for tier_at, tier in enumerate(tiers):
        drawn = ElementTree.SubElement(
            root, "TIER", {"LINGUISTIC_TYPE_REF": _TYPE, "TIER_ID": tier.name}
        )
        for at, one in enumerate(tier.annotations):
            number += 1
            annotation = ElementTree.SubElement(
                ElementTree.SubElement(drawn, "ANNOTATION"),
                "ALIGNABLE_ANNOTATION",
                {
                    "ANNOTATION_ID": f"a{number}",
                    "TIME_SLOT_REF1": slots[tier_at, at, 0],
                    "TIME_SLOT_REF2": slots[tier_at, at, 1],
                },
            )
            ElementTree.SubElement(annotation, "ANNOTATION_VALUE").text = one.text


FORMAT = ExportFormat(
    "eaf", "ELAN", "EAF, tiers by emotion and region", ".eaf", "application/xml", write
)
