"""A webcam that shows a film."""

from pathlib import Path

import cv2

from smastn.media.frames import open_frames


def write_camera(film: Path, path: Path) -> None:
    """The film as Chromium's stand-in for a webcam takes it: one JPEG after the other."""
    with open_frames(film) as stream, path.open("wb") as file:
        for frame in stream:
            file.write(cv2.imencode(".jpg", frame.image[:, :, ::-1])[1].tobytes())
