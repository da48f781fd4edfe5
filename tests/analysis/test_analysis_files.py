"""What is written: JSON, CSV, picture and page say the same, whole or not at all."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from pympi.Elan import Eaf

from smastn.analysis.analysis_html import render_report
from smastn.analysis.analysis_records import Analysis
from smastn.analysis.coding import coding_of
from smastn.analysis.export import analysis_to_dict, write_analysis
from smastn.analysis.figure_layout import Page
from smastn.analysis.formats import export_formats
from smastn.analysis.summary_figure import draw
from smastn.analysis.timeline import draw_timeline, highest_of
from smastn.analysis.wording import name_text
from smastn.errors import InputError
from smastn.methods.calibration import Calibration, Measured
from smastn.spotting.intervals import NotTaken
from smastn.spotting.regions import REGIONS
from smastn.spotting.uncodable import MOUTH_COVERED, PROFILE, Uncodable


@pytest.fixture(scope="module")
def folder(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "analysis"
    write_analysis(analysis, out)
    return out


FILES = {
    *("analysis.json", "intervals.csv", "intervals.eaf", "intervals.vtt", "movement.csv"),
    *("analysis.png", "report.html"),
}


def test_these_files_and_nothing_else(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == FILES
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_json_holds_every_candidate_and_no_nan(folder: Path, analysis: Analysis) -> None:
    def refuse(word: str) -> None:
        pytest.fail(f"{word} is no JSON")

    written = json.loads((folder / "analysis.json").read_text(), parse_constant=refuse)
    assert set(written.pop("files")) == FILES - {"analysis.json"}
    assert written == json.loads(json.dumps(analysis_to_dict(analysis)))
    assert [one["onset_frame"] for one in written["intervals"]] == [
        one.interval.onset for one in analysis.candidates
    ]


def test_movement_has_a_line_a_frame_and_what_is_unknown_is_empty(
    folder: Path, analysis: Analysis
) -> None:
    with (folder / "movement.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["frame"]) for row in rows] == list(range(analysis.video.frames))
    known = np.array([row["movement_times_noise"] != "" for row in rows])
    np.testing.assert_array_equal(known, np.isfinite(analysis.spotting.movement))
    apex = analysis.candidates[0].interval.apex
    chin = list(REGIONS).index("chin")
    assert float(rows[apex]["chin_pixels_of_224"]) == pytest.approx(
        float(analysis.spotting.regions_px[apex, chin]), abs=1e-3
    )
    assert {"yaw_degrees", "inner_brow_left_times_noise", "gaze_right_pixels_of_224"} <= set(
        rows[0]
    )


def test_a_frame_that_cannot_be_coded_says_why_in_its_row(
    analysis: Analysis, tmp_path: Path
) -> None:
    stretches = (Uncodable(3, 6, PROFILE), Uncodable(5, 7, MOUTH_COVERED))
    marked = replace(analysis, spotting=replace(analysis.spotting, uncodable=stretches))
    write_analysis(marked, tmp_path / "out")
    with (tmp_path / "out" / "movement.csv").open() as file:
        reasons = [row["uncodable"] for row in csv.DictReader(file)]
    assert len(reasons) == analysis.video.frames
    assert dict(enumerate(reasons[:9])) == {
        **dict.fromkeys((0, 1, 2, 8), ""),
        **dict.fromkeys((3, 4), "profile"),
        **dict.fromkeys((5, 6), "profile + mouth covered"),
        7: "mouth covered",
    }
    assert not any(reasons[9:])


def test_a_peak_that_was_not_taken_says_why_in_its_row(analysis: Analysis, tmp_path: Path) -> None:
    peak = NotTaken(7, 4.25, "blink: 9.0 times the noise, 4.2 without; needs 5.6", 5, 9)
    refused = replace(analysis, spotting=replace(analysis.spotting, not_taken=(peak,)))
    write_analysis(refused, tmp_path / "out")
    with (tmp_path / "out" / "movement.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["frame"]: row["not_taken"] for row in rows if row["not_taken"]} == {
        "7": peak.reason
    }
    (written,) = json.loads((tmp_path / "out" / "analysis.json").read_text())["not_taken"]
    assert (written["frame"], written["reason"]) == (7, peak.reason)
    assert written["seconds"] == pytest.approx(analysis.curve.times[7], abs=1e-4)
    assert written["strength_times_noise"] == 4.25


def test_elan_and_subtitles_hold_the_candidates(folder: Path, analysis: Analysis) -> None:
    read = Eaf(str(folder / "intervals.eaf"))
    spans = read.get_annotation_data_for_tier("micro")
    assert len(spans) == len(analysis.candidates)
    link = read.media_descriptors[0]
    assert (folder / link["RELATIVE_MEDIA_URL"]).resolve() == analysis.video.path.resolve()
    assert (folder / "intervals.vtt").read_text().count("-->") == len(analysis.candidates)


def test_a_film_that_is_called_otherwise_is_linked_by_that_name(
    analysis: Analysis, tmp_path: Path
) -> None:
    video = replace(analysis.video, name="an interview.mp4")
    write_analysis(replace(analysis, video=video), tmp_path / "out")
    text = (tmp_path / "out" / "intervals.eaf").read_text()
    assert 'MEDIA_URL="./an%20interview.mp4"' in text
    assert str(video.path.parent) not in text


def test_not_sure_is_said_everywhere(analysis: Analysis, tmp_path: Path) -> None:
    first, *others = analysis.candidates
    assert first.recognition is not None
    recognition = replace(first.recognition, doubt="no emotion is likely enough")
    unsure = replace(first, recognition=recognition)
    write_analysis(replace(analysis, candidates=(unsure, *others)), tmp_path / "out")
    written = json.loads((tmp_path / "out" / "analysis.json").read_text())["intervals"][0]
    assert written["emotion"] == "not sure"
    assert written["likeliest_emotion"] == first.likeliest
    assert written["doubt"] == "no emotion is likely enough"
    for name in ("intervals.csv", "intervals.vtt", "report.html"):
        assert "not sure" in (tmp_path / "out" / name).read_text()
    tiers = Eaf(str(tmp_path / "out" / "intervals.eaf")).get_tier_names()
    assert "emotion: not sure" in tiers


def test_speech_is_told_and_drawn_where_it_is(analysis: Analysis, tmp_path: Path) -> None:
    half = analysis.video.frames // 2
    talking = replace(analysis, spotting=replace(analysis.spotting, speech=((half, 2 * half - 1),)))
    write_analysis(talking, tmp_path / "out")
    written = json.loads((tmp_path / "out" / "analysis.json").read_text())
    assert written["speech_frames"] == [[half, 2 * half - 1]]
    page = (tmp_path / "out" / "report.html").read_text()
    assert written["voice_frames"] is None
    assert "speech in 50 % of the film (no sound; judged by the mouth alone)" in page
    lane = re.search(r'<g class="speech">.*?<path d="M ([\d.]+) .*?L ([\d.]+) ', page, re.DOTALL)
    assert lane is not None
    left, right = (float(place) / 72 for place in lane.groups())  # inches
    assert (left - 0.45) / 10 == pytest.approx(0.5, abs=0.02)
    assert (right - 0.45) / 10 == pytest.approx(1.0, abs=0.02)
    assert f"{half}\u2013{2 * half - 1}." in page
    without = render_report(analysis)
    assert "no speech" in without
    assert 'class="speech"' not in without


def test_what_cannot_be_coded_is_marked_with_the_reason(analysis: Analysis, tmp_path: Path) -> None:
    marked = (Uncodable(3, 9, "mouth covered"), Uncodable(12, 12, "cut"))
    partly = replace(analysis, spotting=replace(analysis.spotting, uncodable=marked))
    write_analysis(partly, tmp_path / "out")
    written = json.loads((tmp_path / "out" / "analysis.json").read_text())
    assert written["uncodable_frames"] == [[3, 9, "mouth covered"], [12, 12, "cut"]]
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<title>uncodable: mouth covered</title>" in page
    assert re.search(r"<pattern[^§]*?stroke: var\(--line\)", page)  # lines, not ground on ground
    assert "3\u20139 (mouth covered), 12\u201312 (cut)." in page
    assert "2 uncodable periods" in page
    document = Eaf(str(tmp_path / "out" / "intervals.eaf"))
    assert [text for _, _, text in document.get_annotation_data_for_tier("uncodable")] == [
        "mouth covered",
        "cut",
    ]


def test_the_scale_reaches_what_action_units_show(analysis: Analysis) -> None:
    evidence = np.zeros_like(analysis.spotting.units.evidence)
    evidence[40, 3] = 20.0
    units = replace(analysis.spotting.units, evidence=evidence)
    active = replace(analysis, spotting=replace(analysis.spotting, units=units))
    assert active.spotting.unit_strength[40] == pytest.approx(20 * analysis.spotting.threshold)
    page = Page(10.6, 2.6)
    axes = page.axes(0.45, 0.3, 10.0, 1.9)
    draw_timeline(axes, active)
    assert axes.get_ylim()[1] > 20 * analysis.spotting.threshold


def test_the_lane_of_speech_lies_below_the_curve(analysis: Analysis) -> None:
    half = analysis.video.frames // 2
    talking = replace(analysis, spotting=replace(analysis.spotting, speech=((half, 2 * half - 1),)))
    before, after = (draw(one).pixels()[250:500].astype(int) for one in (analysis, talking))
    rows, columns = np.nonzero(np.abs(before - after).sum(axis=2))
    assert np.ptp(rows) < 20
    lane = (after == (0x7B, 0xA3, 0xC4)).all(axis=2)
    assert np.flatnonzero(lane.any(axis=0)).min() > 1020  # the right half of 2040
    assert np.flatnonzero(lane.any(axis=0)).max() > 1900
    assert columns.min() < 120  # its name


def test_table_and_json_agree(folder: Path) -> None:
    intervals = json.loads((folder / "analysis.json").read_text())["intervals"]
    with (folder / "intervals.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(intervals)
    for row, one in zip(rows, intervals, strict=True):
        assert int(row["apex_frame"]) == one["apex_frame"]
        assert float(row["strength_pixels_of_224"]) == one["strength_pixels_of_224"]
        assert row["emotion"] == one["emotion"]
        likeliest = one["likeliest_emotion"]
        assert float(row[f"probability_{likeliest}"]) == one["probabilities"][likeliest]


def test_the_page_fetches_nothing_and_says_what_must_be_said(folder: Path) -> None:
    page = (folder / "report.html").read_text()
    assert not re.findall(r"(?:src|href)=\"(?!data:|#)", page)
    assert not re.findall(r"url\((?!#)", page)
    assert "not a lie detector" in page
    assert "trained on synthetic faces (made up)" in page
    assert "predictions are not calibrated" in page
    assert "smastn train" in page


def test_the_page_leads_from_each_number_to_its_candidate(folder: Path) -> None:
    page = (folder / "report.html").read_text()
    for target in re.findall(r'href="#([^"]+)"', page):
        assert page.count(f'id="{target}"') == 1


def test_the_picture_has_a_row_for_each_candidate(folder: Path, quiet: Analysis) -> None:
    picture = cv2.imread(str(folder / "analysis.png"))
    assert picture is not None
    none = draw(quiet)
    assert picture.shape[1] == round(none.width * 120)
    assert picture.shape[0] > round(none.height * 120) + 200


def test_the_limits_below_the_picture_are_never_cut_off(analysis: Analysis) -> None:
    trained_on = {"people": "made up from photographs, " * 12}
    page = draw(replace(analysis, trained_on=trained_on)).pixels()
    footer = page[-150:]
    assert (footer[:, :300] < 200).any()
    assert (footer[:, -50:] > 250).all()
    assert (footer[-12:] > 250).all()


def test_nothing_found_is_said_so(quiet: Analysis, tmp_path: Path) -> None:
    assert not quiet.candidates
    write_analysis(quiet, tmp_path / "out")
    assert "no transient movement exceeded" in (tmp_path / "out" / "report.html").read_text()
    assert len(export_formats()["csv"].content(coding_of(quiet)).splitlines()) == 1


def test_calibration_is_null_for_a_network_that_is_not_calibrated(analysis: Analysis) -> None:
    values = analysis_to_dict(analysis)["calibration"]
    assert "predictions are not calibrated" in values.pop("in_words")
    assert values.pop("measured") == []
    assert set(values.values()) == {None}
    fitted = Calibration(0.5, 0.7, ((0.0, 1.0),), 2.0, "30 held-out subjects")
    values = analysis_to_dict(replace(analysis, calibration=fitted))["calibration"]
    words = values.pop("in_words")
    assert "calibrated on 30 held-out subjects" in words
    assert "was not measured" in words
    assert list(values.values()) == [0.5, 0.7, 2.0, None, []]


def test_a_sure_name_says_how_many_predictions_this_sure_were_right(analysis: Analysis) -> None:
    """And nowhere does a percentage stand that was not counted."""
    counted = (Measured(0.5, 60, 80), Measured(0.9, 34, 40))
    fitted = Calibration(1.0, 0.9, fitted_on="others", measured=counted, measured_on="40 people")
    seen = analysis.candidates[0].recognition
    assert seen is not None
    sure = replace(seen, doubt="", emotion="others", measured=fitted.measured_at(0.93))
    named = replace(analysis.candidates[0], recognition=sure)
    shown = replace(analysis, candidates=(named,), calibration=fitted)
    assert name_text(named) == "others (34 of 40 right)"
    assert analysis_to_dict(shown)["intervals"][0]["predictions_this_sure"] == {
        "right": 34,
        "predictions": 40,
    }
    page = render_report(shown, None)
    assert "Of its sure predictions on 40 people, 34 of 40 were right." in page
    unmeasured = replace(named, recognition=replace(sure, measured=None))
    assert name_text(unmeasured) == "others"


def test_the_documentation_names_every_key_of_the_json(folder: Path) -> None:
    written = json.loads((folder / "analysis.json").read_text())
    page = (Path(__file__).resolve().parents[2] / "docs" / "analysis.md").read_text()
    section = page.partition("## `analysis.json`")[2]
    assert f"format {written['format']}" in section.partition("\n")[0]
    keys = re.findall(r"`(\w+)`", section)
    assert set(written) <= set(keys)
    row = set(written["intervals"][0])
    spelt = {
        f"{edge}_{unit}" for edge in ("onset", "apex", "offset") for unit in ("frame", "seconds")
    }
    assert row - spelt <= set(keys)


def test_a_name_cannot_become_markup(analysis: Analysis) -> None:
    video = replace(analysis.video, name="<script>alert(1)</script>.mp4")
    assert "<script>" not in render_report(replace(analysis, video=video))


def test_candidates_beyond_the_pictures_stand_in_the_table(analysis: Analysis) -> None:
    first, second = analysis.candidates
    page = render_report(replace(analysis, candidates=(first, replace(second, key_frames=None))))
    assert page.count('<article class="card"') == 1
    assert page.count('id="candidate-2"') == 1


def test_an_older_analysis_is_replaced_and_nothing_else_is(
    analysis: Analysis, folder: Path, tmp_path: Path
) -> None:
    write_analysis(analysis, folder)
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match="nothing is overwritten"):
        write_analysis(analysis, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_long_curve_keeps_its_peaks() -> None:
    values = np.zeros(108_000, np.float32)
    peaks = [7, 50_001, 107_999]
    values[peaks] = 9
    values[60_000:70_000] = np.nan
    frames, drawn = highest_of(values, 1000)
    assert len(frames) == 1000
    assert set(peaks) <= set(frames[drawn == 9])
    assert np.isnan(drawn).any()
