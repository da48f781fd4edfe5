from dataclasses import replace

import numpy as np

from smastn.analysis.analysis_records import Analysis
from smastn.analysis.analysis_warnings import analysis_warnings
from smastn.spotting.uncodable import Uncodable


def warned(analysis: Analysis) -> str:
    curve, spotting = analysis.curve, analysis.spotting
    return " ".join(
        analysis_warnings(analysis.video, curve, spotting, analysis.face, analysis.faces_seen)
    )


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
    uneven = replace(analysis, curve=replace(analysis.curve, times=times))
    assert "The frame rate varies" in warned(uneven)


def test_a_small_face_is_a_warning(analysis: Analysis) -> None:
    curve = analysis.curve
    boxes = (curve.boxes / 3).astype(np.float32)
    small = replace(analysis, curve=replace(curve, boxes=boxes))
    assert "pixels wide; wanted 80 or more" in warned(small)


def test_damage_is_a_warning(analysis: Analysis) -> None:
    damaged = replace(analysis, video=replace(analysis.video, damaged=1.25))
    assert "frames are missing from 1.2 s on" in warned(damaged)


def test_what_cannot_be_coded_is_a_warning_by_reason(analysis: Analysis) -> None:
    marked = (Uncodable(0, 4, "mouth covered"), Uncodable(8, 9, "cut"), Uncodable(20, 21, "cut"))
    film = at(replace(analysis, spotting=replace(analysis.spotting, uncodable=marked)), 10.0)
    sentences = warned(film)
    frames = analysis.video.frames
    assert f"Uncodable: mouth covered in 5 of {frames} frames, first from 0.0 to 0.4 s" in sentences
    assert "Only brows and lids are measured there" in sentences
    assert f"Uncodable: cut in 4 of {frames} frames, first from 0.8 to 0.9 s. Nothing" in sentences
    assert "Uncodable" not in warned(analysis)


def test_speech_is_a_warning_with_the_regions_it_affects(analysis: Analysis) -> None:
    frames = analysis.video.frames
    talking = replace(analysis.spotting, speech=((0, frames // 4 - 1), (frames // 2, frames - 1)))
    silent = at(replace(analysis, spotting=talking), 100.0)
    sentence = warned(silent)
    assert "speaks in 75 % of the film, first at 0.0 s; the film has no sound" in sentence
    assert "form sounds (10, 16, 17" in sentence
    voice = np.ones(frames, np.float32)
    assert "mouth alone" not in warned(replace(silent, curve=replace(silent.curve, voice=voice)))
    assert "speaks" not in warned(analysis)


def test_constant_movement_is_a_warning(analysis: Analysis) -> None:
    noise = dict.fromkeys(analysis.spotting.noise_px, 1.0)
    shaky = replace(analysis, spotting=replace(analysis.spotting, noise_px=noise))
    least = f"{analysis.spotting.threshold:.1f}"
    assert f"movements below about {least} px cannot be distinguished from noise" in warned(shaky)
