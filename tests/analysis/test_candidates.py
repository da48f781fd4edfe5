"""What is read of a film for the network: the face, and no more of it than is needed."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from smastn.analysis.analysis_records import Analysis
from smastn.analysis.candidates import face_frames
from smastn.media.encoding import write_video
from smastn.media.frames import open_frames


def test_frames_of_a_large_film_are_reduced(analysis: Analysis, tmp_path: Path) -> None:
    times = 8
    with open_frames(analysis.video.path) as stream:
        first, *_ = [frame.image for frame in stream]
    size = times * first.shape[1], times * first.shape[0]
    large = cv2.resize(first, size, interpolation=cv2.INTER_CUBIC)
    write_video(tmp_path / "large.mp4", [large] * 4, 30.0, preset="ultrafast")
    interval = replace(analysis.candidates[0].interval, onset=1, apex=2, offset=3)
    ((_, usual),) = face_frames(analysis.video.path, analysis.curve, [interval])
    curve = replace(analysis.curve, boxes=times * analysis.curve.boxes)
    ((_, reduced),) = face_frames(tmp_path / "large.mp4", curve, [interval])
    assert max(usual.shape[1:3]) < max(reduced.shape[1:3]) <= 640
    assert len(reduced) == len(usual) == 3
    height, width = usual.shape[1:3]
    same = cv2.resize(reduced[0], (width, height), interpolation=cv2.INTER_AREA)
    assert np.abs(same.astype(int) - usual[0]).mean() < 4
