"""The .eaf conforms to the schema of format 3.0, and another program reads it."""

import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from pympi.Elan import Eaf

from smastn.analysis.coding import CodedInterval, Coding
from smastn.analysis.formats import export_formats
from smastn.analysis.formats.eaf import Annotation, eaf_document, tiers_without_overlap

RATE = 30.0
XSI = "http://www.w3.org/2001/XMLSchema-instance"
INTERVALS = (
    CodedInterval(3, 5, 9, "micro", ("inner brow left", "nose"), "not sure", 0.5, "spotted"),
    CodedInterval(4, 30, 60, "macro", ("nose",), "positive <&>"),
    CodedInterval(40, 44, 51, "micro", ("chin",), "surprise", 0.62, "edited", "looks odd"),
)

# Children in their order, attributes that must be there and that may be there, by
# https://www.mpi.nl/tools/elan/EAFv3.0.xsd (December 2016), of the elements we write.
CHILDREN = {
    "ANNOTATION_DOCUMENT": "HEADER TIME_ORDER (TIER )*(LINGUISTIC_TYPE )*(CONSTRAINT )*",
    "HEADER": "(MEDIA_DESCRIPTOR )*(PROPERTY )*",
    "TIME_ORDER": "(TIME_SLOT )*",
    "TIER": "(ANNOTATION )*",
    "ANNOTATION": "ALIGNABLE_ANNOTATION ",
    "ALIGNABLE_ANNOTATION": "ANNOTATION_VALUE ",
}
REQUIRED = {
    "ANNOTATION_DOCUMENT": {"DATE", "AUTHOR", "VERSION"},
    "MEDIA_DESCRIPTOR": {"MEDIA_URL", "MIME_TYPE"},
    "TIME_SLOT": {"TIME_SLOT_ID"},
    "TIER": {"TIER_ID", "LINGUISTIC_TYPE_REF"},
    "ALIGNABLE_ANNOTATION": {"ANNOTATION_ID", "TIME_SLOT_REF1", "TIME_SLOT_REF2"},
    "LINGUISTIC_TYPE": {"LINGUISTIC_TYPE_ID"},
    "CONSTRAINT": {"STEREOTYPE"},
}
ALLOWED = {
    "ANNOTATION_DOCUMENT": {"FORMAT", f"{{{XSI}}}noNamespaceSchemaLocation"},
    "HEADER": {"MEDIA_FILE", "TIME_UNITS"},
    "MEDIA_DESCRIPTOR": {"RELATIVE_MEDIA_URL", "TIME_ORIGIN", "EXTRACTED_FROM"},
    "PROPERTY": {"NAME"},
    "TIME_SLOT": {"TIME_VALUE"},
    "TIER": {"PARTICIPANT", "ANNOTATOR", "PARENT_REF", "DEFAULT_LOCALE", "EXT_REF", "LANG_REF"},
    "ALIGNABLE_ANNOTATION": {"SVG_REF", "EXT_REF", "LANG_REF", "CVE_REF"},
    "LINGUISTIC_TYPE": {"TIME_ALIGNABLE", "CONSTRAINTS", "GRAPHIC_REFERENCES", "EXT_REF"},
    "CONSTRAINT": {"DESCRIPTION"},
}


def eaf(*intervals: CodedInterval, film: str = "film.mp4", folder: Path | None = None) -> str:
    coding = Coding(intervals, np.arange(60) / RATE, Path(film), folder)
    return export_formats()["eaf"].content(coding).decode()


def test_what_cannot_be_coded_has_a_tier_of_its_own() -> None:
    uncodable = ((6, 11, "mouth covered"), (30, 30, "cut"))
    coding = Coding(INTERVALS, np.arange(60) / RATE, Path("film.mp4"), uncodable=uncodable)
    tier = check(export_formats()["eaf"].content(coding).decode()).find(
        "TIER[@TIER_ID='uncodable']"
    )
    assert tier is not None
    assert [one.text for one in tier.iter("ANNOTATION_VALUE")] == ["mouth covered", "cut"]


def check(text: str) -> ElementTree.Element:
    """Fail where the document breaks a rule of the schema."""
    root = ElementTree.fromstring(text)
    assert root.tag == "ANNOTATION_DOCUMENT"
    for element in root.iter():
        children = "".join(f"{child.tag} " for child in element)
        assert re.fullmatch(CHILDREN.get(element.tag, ""), children), element.tag
        required, seen = REQUIRED.get(element.tag, set()), set(element.keys())
        assert required <= seen <= required | ALLOWED.get(element.tag, set()), element.tag
    assert (root.get("FORMAT"), root[0].get("TIME_UNITS")) == ("3.0", "milliseconds")
    assert datetime.fromisoformat(root.attrib["DATE"]).tzinfo is not None
    slots = {one.attrib["TIME_SLOT_ID"]: int(one.attrib["TIME_VALUE"]) for one in root[1]}
    ids = [*slots, *(one.attrib["ANNOTATION_ID"] for one in root.iter("ALIGNABLE_ANNOTATION"))]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", name) for name in ids)
    assert list(slots.values()) == sorted(slots.values())
    tiers = [tier.attrib["TIER_ID"] for tier in root.iter("TIER")]
    assert len(set(tiers)) == len(tiers)
    types = {one.attrib["LINGUISTIC_TYPE_ID"] for one in root.iter("LINGUISTIC_TYPE")}
    used: list[str] = []
    for tier in root.iter("TIER"):
        assert tier.attrib["LINGUISTIC_TYPE_REF"] in types
        end = 0
        for one in tier.iter("ALIGNABLE_ANNOTATION"):
            ends = [one.attrib["TIME_SLOT_REF1"], one.attrib["TIME_SLOT_REF2"]]
            used += ends
            assert end <= slots[ends[0]] < slots[ends[1]]
            end = slots[ends[1]]
    assert sorted(used) == sorted(slots)  # no slot is shared or left over
    return root


def test_the_document_keeps_the_rules_of_the_schema() -> None:
    check(eaf(*INTERVALS))


def test_a_coding_without_intervals_is_a_document_too() -> None:
    root = check(eaf())
    assert not list(root.iter("TIME_SLOT"))


def test_another_program_reads_the_tiers(tmp_path: Path) -> None:
    path = tmp_path / "coding.eaf"
    path.write_text(eaf(*INTERVALS), encoding="utf-8")
    read = Eaf(str(path))
    names = list(read.get_tier_names())
    assert names[:3] == ["micro", "macro", "apex"]
    assert {"emotion: surprise", "emotion: positive <&>", "region: nose", "note"} <= set(names)
    assert [one[:2] for one in read.get_annotation_data_for_tier("micro")] == [
        (100, 334),
        (1334, 1734),
    ]
    assert read.get_annotation_data_for_tier("note")[0][2] == "looks odd"
    assert read.get_annotation_data_for_tier("emotion: surprise") == [(1334, 1734, "micro")]
    assert read.get_annotation_data_for_tier("region: upper lip") == []


def test_intervals_that_overlap_stand_on_two_tiers() -> None:
    text = eaf(*INTERVALS)
    noses = [tier for tier in check(text).iter("TIER") if "nose" in tier.attrib["TIER_ID"]]
    assert [tier.attrib["TIER_ID"] for tier in noses] == ["region: nose", "region: nose 2"]


def test_neighbours_share_a_tier() -> None:
    tiers = tiers_without_overlap({"x": [Annotation(5, 9, "b"), Annotation(0, 5, "a")]})
    assert [len(annotations) for annotations in tiers.values()] == [2]


def test_names_that_meet_by_chance_stay_apart() -> None:
    one = CodedInterval(1, 2, 3, "micro", (), "joy")
    check(eaf(one, one, CodedInterval(1, 2, 3, "micro", (), "joy 2")))


def test_the_film_is_found_from_the_document(tmp_path: Path) -> None:
    film = tmp_path / "films" / "an interview.mp4"
    document = eaf(*INTERVALS, film=str(film), folder=tmp_path / "films" / "out")
    link = next(check(document).iter("MEDIA_DESCRIPTOR"))
    assert link.attrib["RELATIVE_MEDIA_URL"] == "./../an%20interview.mp4"
    assert link.attrib["MEDIA_URL"] == film.as_uri()
    assert link.attrib["MIME_TYPE"] == "video/mp4"


def test_a_bare_name_tells_nothing_of_the_machine() -> None:
    link = next(check(eaf(*INTERVALS, film="a.mkv", folder=Path("out"))).iter("MEDIA_DESCRIPTOR"))
    assert link.attrib["MEDIA_URL"] == link.attrib["RELATIVE_MEDIA_URL"] == "./a.mkv"


def test_the_date_is_the_one_that_is_said() -> None:
    when = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    tiers = {"x": [Annotation(0, 1, "a")]}
    assert check(eaf_document(tiers, written=when)).get("DATE") == "2026-01-02T03:04:05+00:00"


def test_the_check_sees_a_broken_document() -> None:
    text = eaf(*INTERVALS)
    for right, wrong in (
        ('TIME_SLOT_REF1="ts1"', 'TIME_SLOT_REF1="ts2"'),
        ("LINGUISTIC_TYPE_REF=", 'COLOUR="red" LINGUISTIC_TYPE_REF='),
        ('AUTHOR="smastn"', ""),
    ):
        with pytest.raises(AssertionError):
            check(text.replace(right, wrong, 1))
