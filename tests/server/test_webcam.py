"""What a webcam's page is told, measured as the server does, without a browser."""

import multiprocessing
import struct
import threading
from typing import Any

import cv2
import numpy as np

from smastn.media.frame_array import Image
from smastn.server.webcam_process import measure_webcam
from smastn.synthesis.photographs import photograph, upright

RATE = 20.0


def answers_to(pictures: list[Image]) -> list[dict[str, Any]]:
    """What is answered to pictures that follow one another."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    answers: list[dict[str, Any]] = []

    def measure() -> None:
        measure_webcam(receiver, lambda **values: answers.append(values))

    thread = threading.Thread(target=measure)
    thread.start()
    for at, picture in enumerate(pictures):
        jpeg = cv2.imencode(".jpg", picture[:, :, ::-1])[1].tobytes()
        sender.send_bytes(struct.pack("<d", at / RATE) + jpeg)
    sender.close()
    thread.join(timeout=60)
    assert len(answers) == len(pictures)
    return answers


def test_a_webcam_that_shows_no_face_for_a_while_is_uncodable_then() -> None:
    face = upright(photograph("astronaut"), (320, 240), 130.0, (160.0, 112.0)).image
    nothing = np.full_like(face, 128)
    answers = answers_to([*[face] * 30, *[nothing] * 15, *[face] * 30])
    curves = [one for one in answers if "times" in one]
    assert curves[4]["uncodable"] == []
    ((first, last, why),) = curves[-1]["uncodable"]
    assert why == "face lost"
    assert (first, last) == (30 / RATE, 44 / RATE)
