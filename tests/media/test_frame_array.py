import re
from typing import Any

import numpy as np
import pytest
import torch

from smastn.errors import InputError
from smastn.media.frame_array import checked_frames

FILM = np.zeros((5, 8, 6, 3), np.uint8)
WRONG: dict[str, tuple[Any, str]] = {
    "nothing": (None, "frames are None; .*read_frames"),
    "a path": ("clip.mp4", "frames are a str; .*read_frames"),
    "a tensor": (torch.zeros(5, 8, 6, 3), "frames are a Tensor; .*numpy.asarray"),
    "no frame": (FILM[:0], r"shape 0 x 8 x 6 x 3; .*at least one frame"),
    "an empty list": ([], "list of shapes empty"),
    "one frame": (FILM[0], "this is one frame; give all"),
    "a grey picture": (FILM[0, ..., 0], r"shape 8 x 6; .*repeat\(frames\[..., None\], 3"),
    "grey frames": (FILM[..., 0], r"shape 5 x 8 x 6; .*repeat\(frames\[..., None\], 3"),
    "grey with an axis": (FILM[..., :1], r"repeat\(frames, 3, axis=-1\)"),
    "alpha": (np.zeros((5, 8, 6, 4), np.uint8), r"frames\[..., :3\]"),
    "two channels": (FILM[..., :2], "give three channels"),
    "channels first": (np.moveaxis(FILM, -1, 1), r"moveaxis\(frames, 1, -1\)"),
    "several films": (FILM[None], "numpy.stack"),
    "floats": (FILM / 255, r"frames are float64 .*0..255, then numpy.rint"),
    "other integers": (FILM.astype(np.int64), "frames are int64"),
    "a list of paths": (["a.png", "b.png"], "a list with a str"),
    "a list of two sizes": ([FILM[0], FILM[0, :4]], r"\(4, 6, 3\) and \(8, 6, 3\).*of one size"),
    "a list of grey frames": ([FILM[0, ..., 0]], r"shape 1 x 8 x 6"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_frames_are_refused_in_one_sentence_that_says_what_to_do(name: str) -> None:
    frames, words = WRONG[name]
    with pytest.raises(InputError, match=words) as error:
        checked_frames(frames)
    assert re.search(
        "wanted a numpy array of uint8, time x height x width x 3, RGB", str(error.value)
    )


def test_right_frames_are_returned_as_they_are_and_lists_stacked() -> None:
    assert checked_frames(FILM) is FILM
    np.testing.assert_array_equal(checked_frames(list(FILM)), FILM)
