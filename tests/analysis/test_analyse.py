from pathlib import Path

import cv2
import numpy as np
import pytest
from known_movements import EVENTS, Write

from smastn.analysis.analyse import AnalysisConfig, analyse
from smastn.analysis.analysis_html import render_report
from smastn.analysis.analysis_records import Analysis
from smastn.errors import ConfigError, FaceError, InputError
from smastn.methods.predictor import Predictor
from smastn.spotting.scores import score_spotting


def test_what_was_made_is_what_is_found(analysis: Analysis) -> None:
    found = [(one.interval.onset, one.interval.offset) for one in analysis.candidates]
    made = [(event.onset, event.offset) for event in EVENTS]
    score = score_spotting(found, made)
    assert (score.hits, score.false_alarms) == (2, 0)


def test_where_it_moved_is_where_it_was_made_to(analysis: Analysis) -> None:
    smile, brows = (one.interval.regions for one in analysis.candidates)
    assert smile[0].startswith("mouth corner")
    assert "brow" in brows[0]


def test_every_candidate_is_named_with_probabilities(
    analysis: Analysis, predictor: Predictor
) -> None:
    for candidate in analysis.candidates:
        assert tuple(candidate.probabilities) == predictor.emotions
        assert sum(candidate.probabilities.values()) == pytest.approx(1)
        assert candidate.likeliest in predictor.emotions
        assert candidate.key_frames is not None
        assert candidate.recognition is not None
        assert len(candidate.recognition.dynamic_images) == len(analysis.input.image_names)


def test_the_answer_is_the_predictors(
    film: Path, analysis: Analysis, predictor: Predictor, frames: list[np.ndarray]
) -> None:
    """The whole frames and the cut-out face give the same name within rounding."""
    from smastn.media.frames import read_frames

    one = analysis.candidates[0]
    whole = predictor.predict(read_frames(film, one.interval.onset, one.interval.offset))
    for name, probability in whole.probabilities.items():
        assert one.probabilities[name] == pytest.approx(probability, abs=0.05)


def test_progress_only_rises_and_ends_complete(film: Path, predictor: Predictor) -> None:
    told: list[tuple[int, int]] = []
    analyse(film, predictor, progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == list(range(1, len(told) + 1))
    assert told[-1][0] == told[-1][1]


def test_only_the_strongest_keep_their_pictures(film: Path, predictor: Predictor) -> None:
    found = analyse(film, predictor, AnalysisConfig(most_pictures=1)).candidates
    strongest = max(found, key=lambda one: one.interval.strength_noise)
    assert [one for one in found if one.key_frames is not None] == [strongest]
    assert all(one.probabilities for one in found)


def test_a_failure_to_cut_key_frames_keeps_the_prediction(
    film: Path, analysis: Analysis, predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise FaceError("no face in the first 5 frames of the clip")

    monkeypatch.setattr("smastn.analysis.candidates.prepare", fail)
    found = analyse(film, predictor)
    assert [one.probabilities for one in found.candidates] == [
        one.probabilities for one in analysis.candidates
    ]
    assert all(one.key_frames is None for one in found.candidates)
    assert "Table of all candidates" in render_report(found)


def test_a_path_may_be_text(film: Path, analysis: Analysis, predictor: Predictor) -> None:
    assert analyse(str(film), predictor).spotting.intervals == analysis.spotting.intervals


def test_no_face_is_said_so(write: Write, predictor: Predictor) -> None:
    grey = write([np.full((120, 160, 3), 128, np.uint8)] * 10)
    with pytest.raises(FaceError, match="a face was found in none of the 10 frames"):
        analyse(grey, predictor)


def test_a_face_that_is_not_there_is_said_so(film: Path, predictor: Predictor) -> None:
    with pytest.raises(FaceError, match=r"at most 1 face\(s\) at once, and --face 1 selects"):
        analyse(film, predictor, AnalysisConfig(face=1))


def test_one_frame_is_no_film(
    frames: list[np.ndarray], tmp_path: Path, predictor: Predictor
) -> None:
    cv2.imwrite(str(tmp_path / "0.png"), frames[0])
    with pytest.raises(InputError, match="movement is measured between frames"):
        analyse(tmp_path, predictor)


def test_a_missing_film_is_said_so(tmp_path: Path, predictor: Predictor) -> None:
    with pytest.raises(InputError, match="does not exist"):
        analyse(tmp_path / "none.mp4", predictor)


def test_a_face_lost_half_way_leaves_what_was_seen(
    frames: list[np.ndarray], write: Write, predictor: Predictor
) -> None:
    gone = [*frames[:44], *[np.zeros_like(frames[0])] * 40]
    found = analyse(write(gone), predictor)
    assert found.curve.gaps == [(44, 83)]
    (only,) = found.candidates
    assert only.interval.onset == pytest.approx(EVENTS[0].onset, abs=3)
    told = "face lost in 40 of 84 frames, 0:01.5 to 0:02.8. Nothing is measured there"
    assert any(told in one for one in found.warnings), found.warnings
    assert only.interval.offset < 44


def test_the_largest_of_two_faces_is_followed_unless_another_is_asked_for(
    frames: list[np.ndarray], write: Write, predictor: Predictor
) -> None:
    pairs = []
    for frame in frames[:30]:
        small = cv2.resize(frame, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
        small = cv2.copyMakeBorder(small, 36, 36, 0, 0, cv2.BORDER_REPLICATE)
        pairs.append(np.hstack([small, frame]))
    path = write(pairs)
    largest = analyse(path, predictor)
    other = analyse(path, predictor, AnalysisConfig(face=1))
    assert largest.faces_seen == 2
    assert np.nanmean(largest.curve.boxes[:, 0]) > 224 > np.nanmean(other.curve.boxes[:, 2])
    assert any("2 faces are seen at once, first at 0:00.0" in one for one in largest.warnings)


def test_a_folder_of_pictures_has_the_rate_one_says(
    frames: list[np.ndarray], tmp_path: Path, predictor: Predictor
) -> None:
    for number, frame in enumerate(frames[:40]):
        cv2.imwrite(str(tmp_path / f"{number}.png"), frame[..., ::-1])
    found = analyse(tmp_path, predictor, AnalysisConfig(picture_rate=30.0))
    assert found.video.seconds == pytest.approx(40 / 30)
    assert [one.interval.micro for one in found.candidates] == [True]


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(ConfigError, match="face is -1; wanted 0 or more"):
        AnalysisConfig(face=-1)


def test_a_face_in_one_frame_of_many_is_no_film_of_a_face(
    frames: list[np.ndarray], write: Write, predictor: Predictor
) -> None:
    title = np.full_like(frames[0], 90)
    film = write([*[title] * 60, frames[0], *[title] * 30])
    with pytest.raises(FaceError, match="a face was found in 1 of the 91 frames"):
        analyse(film, predictor)
