"""A known place in the network's crop is drawn at the same place of the face."""

import base64
import re
from dataclasses import replace

import cv2
import numpy as np
import pytest

from smastn.analysis.analysis_html import render_report
from smastn.analysis.analysis_records import Analysis, Candidate
from smastn.analysis.annotated_film import AnnotatedFrames
from smastn.analysis.attention_overlay import attention_on_face
from smastn.analysis.candidates import face_frames
from smastn.analysis.magnified_face import SIDE, film_pairs
from smastn.analysis.summary_figure import draw
from smastn.faces.landmarks import Face, FaceTracker
from smastn.faces.preparation import PreparationConfig, prepare

CELLS = 28
NOSE_TIP, RIGHT_BROW, LOWER_LIP = 1, 105, 17
FOREHEADS = (0.0, 0.1, 0.2)
OFF = 0.045  # of the side: half a cell, and what the mesh errs on so tight a crop


def place(image: np.ndarray, point: int) -> np.ndarray:
    """Where a mesh point lies in an image, as shares of its side."""
    face = FaceTracker()(np.ascontiguousarray(image))
    assert isinstance(face, Face)
    return face.points[point, :2] / len(image)


def network_crop(analysis: Analysis, forehead: float) -> tuple[np.ndarray, PreparationConfig]:
    """What a network with that much forehead receives of the first candidate's onset."""
    config = PreparationConfig(size=224, forehead=forehead)
    interval = analysis.candidates[0].interval
    ((_, frames),) = face_frames(analysis.video.path, analysis.curve, [interval])
    return prepare(frames, FaceTracker(), config, np.array([0]))[0], config


def looking_at(analysis: Analysis, point: int, forehead: float) -> Candidate:
    """The first candidate, with a network that attends to the cell of one mesh point."""
    crop, config = network_crop(analysis, forehead)
    column, row = (place(crop, point) * CELLS).astype(int)
    attention = np.zeros((len(analysis.input.image_names), CELLS, CELLS), np.float32)
    attention[:, row, column] = 1
    first = analysis.candidates[0]
    assert first.recognition is not None
    recognition = replace(first.recognition, attention=attention, preparation=config)
    return replace(first, recognition=recognition)


def hottest(values: np.ndarray) -> np.ndarray:
    """Middle of what is above half of the maximum, as shares of the side."""
    rows, columns = np.nonzero(values > values.max() / 2)
    return np.array([columns.mean(), rows.mean()]) / len(values)


@pytest.mark.parametrize("forehead", FOREHEADS)
@pytest.mark.parametrize("point", [NOSE_TIP, RIGHT_BROW, LOWER_LIP])
def test_attention_lies_on_the_landmark_in_the_key_frames(
    analysis: Analysis, point: int, forehead: float
) -> None:
    one = looking_at(analysis, point, forehead)
    assert one.recognition is not None and one.key_frames is not None
    assert one.recognition.attention is not None
    laid = attention_on_face(one.recognition.attention[0], one.recognition.preparation, 224)
    wanted = place(one.key_frames[0], point)
    np.testing.assert_allclose(hottest(laid), wanted, atol=OFF)


@pytest.mark.parametrize("forehead", FOREHEADS)
def test_attention_lies_on_the_nose_in_the_picture(analysis: Analysis, forehead: float) -> None:
    """Of the drawn picture: against the same candidate with attention nowhere."""
    one = looking_at(analysis, NOSE_TIP, forehead)
    assert one.recognition is not None and one.key_frames is not None
    blind = replace(one.recognition, attention=np.zeros_like(one.recognition.attention))
    pages = [
        draw(replace(analysis, candidates=(drawn,))).pixels().astype(int)
        for drawn in (one, replace(one, recognition=blind))
    ]
    difference = np.abs(pages[0] - pages[1]).sum(axis=2)
    side = round(1.5 * 120)  # of an image, pixels
    top = round((1.05 + 2.95 + 0.52) * 120)  # header, timeline, headings
    window = difference[top : top + side]
    rows, _ = np.nonzero(window > window.max() / 2)
    wanted = place(one.key_frames[1], NOSE_TIP)
    assert rows.mean() / side == pytest.approx(wanted[1], abs=OFF)


@pytest.mark.parametrize("forehead", FOREHEADS)
def test_attention_lies_on_the_nose_in_the_film(analysis: Analysis, forehead: float) -> None:
    one = looking_at(analysis, NOSE_TIP, forehead)
    assert one.recognition is not None
    apex = one.interval.apex
    _, original, magnified = next(iter(film_pairs(analysis, range(apex, apex + 1))))
    assert magnified is not None
    blind = replace(one.recognition, attention=np.zeros_like(one.recognition.attention))
    frames = [
        AnnotatedFrames(replace(analysis, candidates=(drawn,)))(apex, original, magnified)
        for drawn in (one, replace(one, recognition=blind))
    ]
    difference = np.abs(frames[0].astype(int) - frames[1]).sum(axis=2)
    right = difference[58 : 58 + SIDE, 1280 - 20 - SIDE : 1280 - 20]
    blurred = cv2.GaussianBlur(right.astype(np.float32), (0, 0), 8)
    np.testing.assert_allclose(hottest(blurred), place(magnified, NOSE_TIP), atol=OFF)


@pytest.mark.parametrize("forehead", FOREHEADS)
def test_attention_lies_on_the_nose_in_the_report(analysis: Analysis, forehead: float) -> None:
    one = looking_at(analysis, NOSE_TIP, forehead)
    assert one.key_frames is not None
    page = render_report(replace(analysis, candidates=(one,)))
    found = re.findall(r'src="data:image/jpeg;base64,([^"]+)" alt="attention', page)
    assert len(found) == len(analysis.input.image_names)
    for text in found:
        data = np.frombuffer(base64.b64decode(text), np.uint8)
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
        assert image is not None
        coloured = np.ptp(image.astype(np.float32), axis=2)  # the face itself is grey
        wanted = place(one.key_frames[1], NOSE_TIP)
        np.testing.assert_allclose(hottest(coloured), wanted, atol=OFF)


def test_what_the_network_did_not_see_has_no_attention() -> None:
    everywhere = np.random.default_rng(0).random((7, 7)).astype(np.float32) + 1
    laid = attention_on_face(everywhere, PreparationConfig(forehead=0.25), 100)
    assert (laid[76:] == 0).all()
    assert laid[:74].any(axis=1).all()


def test_uniform_attention_and_unknown_crops_mark_no_place() -> None:
    even = np.full((7, 7), 1 / 49, np.float32)
    assert not attention_on_face(even, PreparationConfig(), 50).any()
    cropped = PreparationConfig(already_cropped=True)
    assert not attention_on_face(np.eye(7, dtype=np.float32), cropped, 50).any()
