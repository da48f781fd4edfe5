"""A film as the input of a simulated webcam."""

from pathlib import Path

import cv2

from smastn.media.frames import open_frames


def write_camera(film: Path, path: Path) -> None:
    """Write a film in the format of Chromium's simulated webcam: a sequence of JPEGs."""
    with open_frames(film) as stream, path.open("wb") as file:
        for frame in stream:
            file.write(cv2.imencode(".jpg", frame.image[:, :, ::-1])[1].tobytes())
