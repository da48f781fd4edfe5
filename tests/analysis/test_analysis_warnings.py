from dataclasses import replace

import numpy as np

from smastn.analysis.analysis_records import Analysis
from smastn.analysis.analysis_warnings import analysis_warnings
from smastn.analysis.wording import clock, periods, speech_text
from smastn.faces.face_count import FaceCount
from smastn.spotting.uncodable import Uncodable

ONE_FACE = FaceCount(1, 0.0)


def warned(analysis: Analysis, faces: FaceCount = ONE_FACE) -> str:
    curve, spotting = analysis.curve, analysis.spotting
    return " ".join(analysis_warnings(analysis.video, curve, spotting, analysis.face, faces))


def at(analysis: Analysis, rate: float) -> Analysis:
    times = np.arange(analysis.video.frames) / rate
    return replace(analysis, curve=replace(analysis.curve, times=times))


def test_a_good_film_has_no_warning(analysis: Analysis) -> None:
    assert warned(at(analysis, 100.0)) == ""


def test_a_low_frame_rate_is_a_warning(analysis: Analysis) -> None:
    assert "At 30 frames per second a movement of 0.2 s covers 6" in warned(analysis)
    assert "15 frames per second are too few for micro-expressions" in warned(at(analysis, 15.0))


def test_a_varying_frame_rate_is_a_warning(analysis: Analysis) -> None:
    times = np.cumsum(np.where(np.arange(analysis.video.frames) % 10 == 0, 0.08, 0.01))
    times[30:] += 0.02
    uneven = replace(analysis, curve=replace(analysis.curve, times=times))
    assert "The frame rate varies: at 0:00.5 0.10 s pass between two frames" in warned(uneven)


def test_a_small_face_is_a_warning(analysis: Analysis) -> None:
    curve = analysis.curve
    boxes = (curve.boxes / 3).astype(np.float32)
    boxes[60, 2] = boxes[60, 0] + 20
    small = replace(analysis, curve=replace(curve, boxes=boxes))
    assert "pixels wide (smallest at 0:02.0: 20); wanted 80 or more" in warned(small)


def test_several_faces_are_a_warning_that_says_since_when(analysis: Analysis) -> None:
    sentence = "3 faces are seen at once, first at 1:02.5; the largest was tracked"
    assert sentence in warned(analysis, FaceCount(3, 62.5))
    assert "faces" not in warned(analysis)


def test_a_face_that_is_never_at_rest_is_a_warning_that_names_its_quietest_moment(
    analysis: Analysis,
) -> None:
    evidence = np.full_like(analysis.spotting.units.evidence, 2.0)
    evidence[45] = 0.6
    units = replace(analysis.spotting.units, evidence=evidence, neutral=None)
    active = replace(analysis, spotting=replace(analysis.spotting, units=units))
    assert "never at rest" in warned(active)
    assert "quietest moments, such as 0:01.5" in warned(active)


def test_damage_is_a_warning(analysis: Analysis) -> None:
    damaged = replace(analysis, video=replace(analysis.video, damaged=1.25))
    assert "frames are missing from 0:01.2 on" in warned(damaged)


def test_what_cannot_be_coded_is_a_warning_by_reason(analysis: Analysis) -> None:
    marked = (Uncodable(0, 4, "mouth covered"), Uncodable(8, 9, "cut"), Uncodable(20, 21, "cut"))
    film = at(replace(analysis, spotting=replace(analysis.spotting, uncodable=marked)), 10.0)
    sentences = warned(film)
    frames = analysis.video.frames
    assert f"Uncodable: mouth covered in 5 of {frames} frames, 0:00.0 to 0:00.4." in sentences
    assert "Only brows and lids are measured there" in sentences
    assert (
        f"Uncodable: cut in 4 of {frames} frames, 0:00.8 to 0:00.9, 0:02.0 to 0:02.1. Nothing"
        in sentences
    )
    assert "Uncodable" not in warned(analysis)


def test_speech_is_a_warning_with_the_regions_it_affects(analysis: Analysis) -> None:
    frames = analysis.video.frames
    talking = replace(analysis.spotting, speech=((0, frames // 4 - 1), (frames // 2, frames - 1)))
    silent = at(replace(analysis, spotting=talking), 100.0)
    sentence = warned(silent)
    assert (
        "speaks in 75 % of the film: 0:00.0 to 0:00.2, 0:00.4 to 0:00.8; the film has no sound"
        in sentence
    )
    assert "form sounds (10, 16, 17" in sentence
    voice = np.ones(frames, np.float32)
    assert "mouth alone" not in warned(replace(silent, curve=replace(silent.curve, voice=voice)))
    assert "speaks" not in warned(analysis)


def test_a_voice_without_a_mouth_that_speaks_is_a_warning(analysis: Analysis) -> None:
    voice = np.zeros(analysis.video.frames, np.float32)
    voice[10:50] = 1
    heard = replace(analysis, curve=replace(analysis.curve, voice=voice))
    assert "not seen to speak: 0:00.3 to 0:01.6. " in warned(heard)
    assert speech_text(heard) == "no speech seen (a voice in 48 % of the film)"
    speaking = replace(heard, spotting=replace(analysis.spotting, speech=((8, 52),)))
    assert "not seen to speak" not in warned(speaking)


def test_of_many_periods_the_first_are_named() -> None:
    times = np.arange(4000) / 25
    frames = [(0, 0), (40, 55), (1560, 1600), (2000, 2010), (3000, 3010)]
    assert periods(frames, times) == "0:00.0, 0:01.6 to 0:02.2, 1:02.4 to 1:04.0 and 2 more"
    assert clock(59.96) == "1:00.0"


def test_constant_movement_is_a_warning(analysis: Analysis) -> None:
    noise = dict.fromkeys(analysis.spotting.noise_px, 1.0)
    shaky = replace(analysis, spotting=replace(analysis.spotting, noise_px=noise))
    least = f"{analysis.spotting.threshold:.1f}"
    assert f"movements below about {least} px cannot be distinguished from noise" in warned(shaky)
    moved = np.zeros_like(analysis.spotting.regions_px)
    moved[50:70] = 5
    shaky = replace(shaky, spotting=replace(shaky.spotting, regions_px=moved))
    assert "move constantly, most around 0:0" in warned(shaky)
