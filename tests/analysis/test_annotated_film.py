"""The annotated film: every frame, the right pictures, the right moment."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from smastn.analysis.analyse import analyse
from smastn.analysis.analysis_records import Analysis
from smastn.analysis.annotated_film import (
    AnnotatedFrames,
    film_text,
    fitted,
    shown_frames,
)
from smastn.analysis.export import Outputs, write_analysis
from smastn.analysis.magnified_face import SIDE, film_pairs
from smastn.media.frames import Frame, FrameStream, read_frames
from smastn.media.planes import Planes
from smastn.methods.predictor import Predictor


@pytest.fixture(scope="module")
def folder(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("films") / "out"
    told: list[tuple[int, int]] = []
    outputs = Outputs(annotated=True)
    write_analysis(analysis, out, outputs, lambda done, total: told.append((done, total)))
    frames = analysis.video.frames
    assert told == [(done, frames) for done in range(1, frames + 1)]
    return out


def test_it_has_every_frame_at_the_films_rate(folder: Path, analysis: Analysis) -> None:
    assert len(read_frames(folder / "annotated.mp4")) == analysis.video.frames
    with av.open(folder / "annotated.mp4") as film:
        stream = film.streams.video[0]
        assert float(stream.average_rate or 0) == pytest.approx(analysis.video.rate, abs=0.01)
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")


def test_the_file_is_listed(folder: Path, analysis: Analysis) -> None:
    written = json.loads((folder / "analysis.json").read_text())
    assert "annotated.mp4" in written["files"]
    assert written["annotated_frames"] == [[0, analysis.video.frames - 1]]
    assert 'src="annotated.mp4"' in (folder / "report.html").read_text()


def test_the_magnified_face_moves_more_than_the_original(analysis: Analysis) -> None:
    """Where something truly moves: against the frames before, in an interval and outside."""
    faces = [face for _, _, face in film_pairs(analysis, range(analysis.video.frames))]
    one = analysis.candidates[0].interval
    seen = [face for face in faces if face is not None]
    assert len(seen) == len(faces)

    def change(first: int, last: int) -> float:
        middle = slice(len(seen[0]) // 4, -len(seen[0]) // 6)
        return float(
            np.abs(seen[first][middle, middle].astype(int) - seen[last][middle, middle]).mean()
        )

    assert change(one.onset - 4, one.apex) > 2 * change(one.onset - 8, one.onset - 4)


def test_the_film_is_decoded_once_to_measure_and_once_to_draw(
    film: Path, predictor: Predictor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    frames_from = FrameStream.starting_at

    def counted(self: FrameStream, first: int) -> Iterator[Frame]:
        for frame in frames_from(self, first):
            read.append(frame.index)
            yield frame

    monkeypatch.setattr(FrameStream, "starting_at", counted)
    analysis = analyse(film, predictor)
    write_analysis(analysis, tmp_path / "out", Outputs(annotated=True))
    first, last = analysis.candidates[0].interval, analysis.candidates[-1].interval
    between = last.offset - first.onset + 1  # read once more for the network
    assert len(read) == 2 * analysis.video.frames + between


def test_what_is_encoded_is_what_is_drawn(analysis: Analysis) -> None:
    """Only parts are converted: none that changes may be missed."""
    draw, one = AnnotatedFrames(analysis), analysis.candidates[0].interval
    before, during = range(one.onset - 3, one.onset), range(one.apex, one.apex + 3)
    after = range(one.offset + 1, one.offset + 4)
    pairs = {
        number: (original, face)
        for number, original, face in film_pairs(analysis, range(after[-1] + 1), SIDE)
    }
    for number in (*before, *during, *after, before[0]):
        original, magnified = pairs[number]
        encoded = draw.planes(number, original, magnified).array
        np.testing.assert_array_equal(encoded, Planes(draw(number, original, magnified)).array)
    original, _ = pairs[one.apex]
    encoded = draw.planes(one.apex, original, None).array
    np.testing.assert_array_equal(encoded, Planes(draw(one.apex, original, None)).array)


def test_name_and_attention_are_shown_during_an_interval_only(
    analysis: Analysis,
) -> None:
    draw = AnnotatedFrames(analysis)
    one = analysis.candidates[0].interval
    original = read_frames(analysis.video.path, one.apex, one.apex)[0]
    face = np.full((SIDE, SIDE, 3), 128, np.uint8)
    inside, outside = draw(one.apex, original, face), draw(one.onset - 5, original, face)
    right = slice(1280 - 20 - SIDE, 1280 - 20)
    assert (outside[58 : 58 + SIDE, right] == 128).all()
    assert (inside[58 : 58 + SIDE, right] != 128).any()
    assert not np.array_equal(inside[10:40, right], outside[10:40, right])


def test_the_caption_of_an_interval_is_never_cut_off(analysis: Analysis) -> None:
    regions = ("mouth corner right", "outer brow left", "upper lip", "lower lip")
    first, *others = analysis.candidates
    longest = replace(first, interval=replace(first.interval, regions=regions))
    draw = AnnotatedFrames(replace(analysis, candidates=(longest, *others)))
    original = np.zeros((240, 320, 3), np.uint8)
    drawn = draw(first.interval.apex, original, np.zeros((SIDE, SIDE, 3), np.uint8))
    words = drawn[4:52, 1280 - 20 - SIDE : 1280 - 20].min(axis=(0, 2))
    assert (words[-4:] == 255).all()
    assert (words[: SIDE // 2] < 255).any()


def test_the_cursor_moves_with_the_film(analysis: Analysis) -> None:
    draw = AnnotatedFrames(analysis)
    face = np.zeros((SIDE, SIDE, 3), np.uint8)
    image = np.zeros((240, 320, 3), np.uint8)
    places = []
    base = draw(0, image, face)
    for frame in (1, 10, 18):
        differs = (draw(frame, image, face) != base)[560:680].any(axis=(0, 2))
        places.append(int(np.flatnonzero(differs)[-1]))
    assert places == sorted(set(places))


def test_without_a_face_the_film_goes_on(analysis: Analysis) -> None:
    boxes = analysis.curve.boxes.copy()
    boxes[10:14] = np.nan
    seen = np.isfinite(boxes[:, 0])
    gap = replace(analysis, curve=replace(analysis.curve, boxes=boxes, face=seen))
    pairs = list(film_pairs(gap, range(20)))
    assert [face is not None for _, _, face in pairs] == [True] * 10 + [False] * 4 + [True] * 6
    assert [number for number, _, _ in pairs] == list(range(20))
    for number, original, _ in pairs:
        np.testing.assert_array_equal(original, read_frames(analysis.video.path, number, number)[0])


def test_a_short_film_is_shown_whole(analysis: Analysis) -> None:
    assert shown_frames(analysis) == [range(analysis.video.frames)]


def test_a_long_film_is_shown_around_its_strongest_intervals(analysis: Analysis) -> None:
    strongest = max(analysis.candidates, key=lambda one: one.interval.strength_noise).interval
    room = strongest.offset - strongest.onset + 1 + 2 * 30
    longer = replace(analysis, video=replace(analysis.video, frames=300))
    first = max(0, strongest.onset - 30)
    assert shown_frames(longer, room) == [range(first, strongest.offset + 31)]
    assert shown_frames(longer, 5) == []


def test_a_long_film_is_said_to_be_shown_in_part(analysis: Analysis) -> None:
    longer = replace(analysis, video=replace(analysis.video, frames=10**6))
    assert "only the 2 strongest of 2 intervals" in film_text(longer)
    assert "strongest" not in film_text(analysis)


def test_a_picture_is_fitted_whole(analysis: Analysis) -> None:
    wide = np.full((10, 40, 3), 200, np.uint8)
    field = fitted(wide, 20, 20)
    assert field.shape == (20, 20, 3)
    assert (field[8:13] == 200).all() and (field[:8] == 16).all()
