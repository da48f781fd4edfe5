"""White letters on every colour can be read, and no two emotions look alike."""

from itertools import combinations

import pytest

from smastn.analysis.palette import UNNAMED, colours, tint

EMOTIONS = (
    *("happiness", "negative", "surprise", "disgust", "repression", "sadness", "fear"),
    *("anger", "contempt", "doubt", "boredom", "pride"),
)


def channels(colour: str) -> list[float]:
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def luminance(colour: str) -> float:
    """By the definition of WCAG 2."""
    red, green, blue = (
        one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4
        for one in channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", sorted({UNNAMED, *colours(EMOTIONS).values()}))
def test_white_letters_keep_a_contrast_of_four_and_a_half(colour: str) -> None:
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


def test_no_two_emotions_of_one_network_share_a_colour() -> None:
    for one, other in combinations(colours(EMOTIONS).values(), 2):
        assert one != other


def test_what_is_not_sure_is_grey() -> None:
    assert tint("not sure", EMOTIONS) == UNNAMED
    assert tint("fear", EMOTIONS) == colours(EMOTIONS)["fear"]
