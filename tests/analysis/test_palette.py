"""Colours can be told apart, also by colour-blind eyes, and letters on them can be read."""

import re
from importlib import resources
from itertools import combinations

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from smastn.analysis.palette import UNNAMED, colours, tint
from smastn.html_templates import templates

NETWORKS = (
    ("negative", "positive", "surprise", "others"),
    ("happiness", "surprise", "disgust", "repression", "sadness", "fear", "others"),
    ("anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise", "other"),
)
UNKNOWN = ("doubt", "boredom", "pride", "shame", "awe", "relief")
EVERY = {UNNAMED, *(one for names in (*NETWORKS, UNKNOWN) for one in colours(names).values())}

# Dichromats by Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def channels(colour: str) -> np.ndarray:
    return np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])


def linear(rgb: np.ndarray) -> np.ndarray:
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def seen(colour: str, vision: str) -> np.ndarray:
    """The colour in CIELAB, as that eye sees it."""
    light = np.clip(VISION[vision] @ linear(channels(colour)), 0, 1)
    return rgb2lab(np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))


def nearest(names: tuple[str, ...], vision: str) -> tuple[float, str, str]:
    """The smallest distance (CIEDE2000) between two colours of one network, and which."""
    given = colours(names) | {"not sure": UNNAMED}
    return min(
        (float(deltaE_ciede2000(seen(given[a], vision), seen(given[b], vision))), a, b)
        for a, b in combinations(given, 2)
        if not {a, b} <= {"others", "other", "not sure"}  # all of these are grey
    )


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    """By the definition of WCAG 2."""
    light, dark = sorted(
        (float(np.dot((0.2126, 0.7152, 0.0722), linear(rgb))) for rgb in (one, other)),
        reverse=True,
    )
    return (light + 0.05) / (dark + 0.05)


def papers() -> dict[str, np.ndarray]:
    """The backgrounds of the report, light and dark."""
    style = templates("analysis").get_template("style.html").render()
    light, dark = re.findall(r"--paper: (#[0-9a-f]{6})", style)
    return {"light": channels(light), "dark": channels(dark)}


@pytest.mark.parametrize("names", NETWORKS, ids=len)
@pytest.mark.parametrize("vision", VISION)
def test_the_emotions_of_one_network_are_told_apart(names: tuple[str, ...], vision: str) -> None:
    distance, *pair = nearest(names, vision)
    assert distance >= 12, pair


@pytest.mark.parametrize("vision", VISION)
def test_unknown_emotions_are_told_apart(vision: str) -> None:
    distance, *pair = nearest(("negative", "positive", "surprise", *UNKNOWN), vision)
    assert distance >= 8, pair


def test_the_measure_sees_colours_that_colour_blind_eyes_confuse() -> None:
    red, olive = seen("#c0392b", "deuteranopia"), seen("#6f7419", "deuteranopia")
    assert deltaE_ciede2000(red, olive) < 3
    assert deltaE_ciede2000(seen("#c0392b", "normal"), seen("#6f7419", "normal")) > 30


@pytest.mark.parametrize("colour", sorted(EVERY))
def test_white_letters_can_be_read_on_every_colour(colour: str) -> None:
    assert contrast(channels(colour), np.ones(3)) >= 4.5


@pytest.mark.parametrize("colour", sorted(EVERY))
def test_names_can_be_read_on_light_and_dark_pages(colour: str) -> None:
    """On a dark page letters are mixed with white, as the report's style says."""
    page = (resources.files("smastn.analysis") / "templates" / "analysis.html").read_text()
    light, dark = (int(share) / 100 for share in re.findall(r"--tint-share: (\d+)%", page))
    for name, share in (("light", light), ("dark", dark)):
        letters = share * channels(colour) + (1 - share)
        assert contrast(letters, papers()[name]) >= 4.5, name
    assert contrast(channels(colour), papers()["dark"]) >= 1.5  # a flag on the dark page


def test_what_is_not_sure_is_grey() -> None:
    assert tint("not sure", UNKNOWN) == UNNAMED
    assert tint("fear", ("fear",)) == colours(("fear",))["fear"]
