"""A coding as CSV, WebVTT and JSON."""

import csv
import io
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from smastn.analysis.analysis_records import Analysis
from smastn.analysis.coding import (
    CodedInterval,
    Coding,
    coding_of,
    intervals_from_plain,
    intervals_to_plain,
)
from smastn.analysis.formats import export_formats
from smastn.errors import InputError

RATE = 30.0
INTERVALS = (
    CodedInterval(3, 5, 9, "micro", ("inner brow left", "nose"), "not sure", 0.5, "spotted"),
    CodedInterval(4, 30, 60, "macro"),
    CodedInterval(40, 44, 51, "micro", ("chin",), "surprise", 0.62, "edited", "looks, odd\n& so"),
)
FORMATS = export_formats()


def coded(*intervals: CodedInterval, times: np.ndarray | None = None) -> Coding:
    return Coding(intervals, np.arange(100) / RATE if times is None else times, Path("film.mp4"))


def rows_of(coding: Coding) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(FORMATS["csv"].content(coding).decode())))


def webvtt(coding: Coding) -> str:
    return FORMATS["vtt"].content(coding).decode()


def test_what_was_spotted_becomes_a_coding(analysis: Analysis) -> None:
    coding = coding_of(analysis).intervals
    assert [(one.onset, one.apex, one.offset) for one in coding] == [
        (one.interval.onset, one.interval.apex, one.interval.offset) for one in analysis.candidates
    ]
    assert {one.source for one in coding} == {"spotted"}


def test_json_gives_back_the_same_coding_in_order() -> None:
    read = intervals_from_plain(json.loads(json.dumps(intervals_to_plain(INTERVALS[::-1]))))
    assert read == INTERVALS
    exported = json.loads(FORMATS["json"].content(coded(*INTERVALS)))
    assert intervals_from_plain(exported["intervals"]) == INTERVALS
    assert exported["film"] == "film.mp4"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"onset": -1}, "onset"),
        ({"onset": 6}, "in that order"),
        ({"apex": "5"}, "wanted a whole number"),
        ({"apex": True}, "wanted a whole number"),
        ({"offset": 4}, "in that order"),
        ({"kind": "longer"}, "micro or macro"),
        ({"regions": ["tail"]}, "inner brow right"),
        ({"regions": "nose"}, "wanted a list"),
        ({"regions": [1]}, "wanted text"),
        ({"confidence": 1.2}, "wanted 0 to 1"),
        ({"confidence": math.nan}, "wanted a finite number"),
        ({"source": "guessed"}, "spotted, edited, added"),
        ({"note": "\x07"}, "can be written"),
        ({"note": "\ud800"}, "can be written"),
        ({"emotion": "x" * 3000}, "2000 characters"),
        ({"emotion": None}, "wanted text"),
        ({"colour": "red"}, "unknown setting colour"),
    ],
)
def test_what_is_no_coding_is_refused(change: dict[str, object], words: str) -> None:
    plain = intervals_to_plain(INTERVALS[:1])[0] | change
    with pytest.raises(InputError, match=words):
        intervals_from_plain([plain])


@pytest.mark.parametrize("value", [None, {}, [1], [{"onset": 1}]])
def test_other_json_is_refused(value: object) -> None:
    with pytest.raises(InputError, match="wanted|missing"):
        intervals_from_plain(value)


def test_the_table_says_frames_seconds_and_words() -> None:
    rows = rows_of(coded(*INTERVALS))
    assert [int(row["onset_frame"]) for row in rows] == [3, 4, 40]
    last = rows[-1]
    assert float(last["apex_seconds"]) == pytest.approx(44 / RATE, abs=1e-4)
    assert float(last["duration_seconds"]) == pytest.approx(11 / RATE, abs=1e-4)
    assert last["note"] == "looks, odd\n& so"
    assert rows[0]["regions"] == "inner brow left+nose"
    assert rows[1]["confidence"] == ""


def test_an_interval_lasts_as_long_in_the_coding_as_in_the_analysis(analysis: Analysis) -> None:
    rows = rows_of(coding_of(analysis))
    wanted = [one.interval.seconds for one in analysis.candidates]
    assert wanted
    assert [float(row["duration_seconds"]) for row in rows] == pytest.approx(wanted, abs=2e-3)


def test_times_follow_the_files_time_stamps_where_the_rate_varies() -> None:
    times = np.cumsum(np.linspace(0.02, 0.06, 70))
    row = rows_of(coded(*INTERVALS, times=times))[0]
    assert float(row["onset_seconds"]) == pytest.approx(times[3], abs=1e-4)
    assert float(row["duration_seconds"]) == pytest.approx(times[9] - times[3], abs=1e-4)


@pytest.mark.parametrize("rate", [23.976, 29.97, 30.0, 59.94, 100.0, 200.0])
def test_a_player_sent_to_a_cue_shows_its_onset_frame(rate: float) -> None:
    late = CodedInterval(3_000, 3_004, 3_009, "micro")
    text = webvtt(coded(*INTERVALS, late, times=np.arange(100) / rate))
    times = re.findall(r"(\d+):(\d\d):(\d\d\.\d{3}) --> (\d+):(\d\d):(\d\d\.\d{3})", text)
    shown = [
        tuple(
            math.floor((3600 * int(h) + 60 * int(m) + float(s)) * rate + 1e-6)
            for h, m, s in (one[:3], one[3:])
        )
        for one in times
    ]
    assert shown == [(3, 10), (4, 61), (40, 52), (3_000, 3_010)]


def test_subtitles_cannot_be_broken_by_words() -> None:
    nasty = CodedInterval(1, 2, 3, "micro", (), "a --> b\n\n00:00 <b>& ")
    text = webvtt(coded(nasty))
    assert text.startswith("WEBVTT\n\n")
    assert len(text.strip().split("\n\n")) == 3
    assert text.count("-->") == 1
    assert "<b>" not in text
