"""Annotations as an ELAN document (.eaf, format 3.0), which coders open beside the film.

The layout is that of the published schema, https://www.mpi.nl/tools/elan/EAFv3.0.xsd:
header with linked media, time slots in order of time, tiers, one type of annotation.
Every annotation has two time slots of its own, so that dragging an edge moves no other.
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
    """A stretch of time with a text.

    Attributes:
        start, end: milliseconds from the start of the film; the end is not part of it.
        text: what is said about it.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Tier:
    """A line of annotations in ELAN; they may not overlap.

    Attributes:
        name: unique in its document.
        annotations: in order of time.
    """

    name: str
    annotations: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True)
class Media:
    """The film that a document belongs to.

    Attributes:
        film: where it lies; a bare name where it will lie beside the document.
        folder: where the document will lie, so that both can be moved together.
    """

    film: Path
    folder: Path | None = None


def tiers_without_overlap(groups: Mapping[str, Sequence[Annotation]]) -> list[Tier]:
    """A tier for each group, and further ones, ``NAME 2`` and so on, for what overlaps in it."""
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
    tiers: Sequence[Tier], media: Media | None = None, written: datetime | None = None
) -> str:
    """The text of an .eaf file.

    Args:
        tiers: in the order in which ELAN shall show them.
        media: the film; ELAN asks for it where there is none.
        written: date of the document, now if nobody says.
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


def _add_header(root: ElementTree.Element, media: Media | None, annotations: int) -> None:
    header = ElementTree.SubElement(
        root, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"}
    )
    if media is not None:
        ElementTree.SubElement(header, "MEDIA_DESCRIPTOR", _descriptor(media))
    last = ElementTree.SubElement(header, "PROPERTY", {"NAME": "lastUsedAnnotationId"})
    last.text = str(annotations)


def _descriptor(media: Media) -> dict[str, str]:
    """ELAN looks at the address first, then at the relative one, seen from the document."""
    relative = media.film.name
    if media.folder is not None:
        try:
            relative = Path(os.path.relpath(media.film, media.folder)).as_posix()
        except ValueError:  # on another Windows drive
            relative = media.film.name
    relative = quote(f"./{relative}")
    whole = media.folder is not None or media.film.is_absolute()
    return {
        "MEDIA_URL": media.film.resolve().as_uri() if whole else relative,
        "MIME_TYPE": mimetypes.guess_type(media.film.name)[0] or "unknown",
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
