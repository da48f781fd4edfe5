"""One colour for each emotion, the same in picture, film and page.

All can carry white letters. The colours of one network's emotions were chosen by search to be
far apart (CIEDE2000) in normal vision and in simulated protanopia, deuteranopia and tritanopia.
"""

UNNAMED = "#4c5159"
"""For a candidate without a name; grey."""

_KNOWN = {
    "positive": "#187d60",
    "happiness": "#187d60",
    "negative": "#8a4fbf",
    "surprise": "#bf510d",
    "disgust": "#5c2e2d",
    "repression": "#2a00d7",
    "sadness": "#495eff",
    "fear": "#492d65",
    "anger": "#9b0000",
    "contempt": "#786890",
    **dict.fromkeys(("others", "other", "neutral"), UNNAMED),
}
_FURTHER = ("#96004e", "#6c7844", "#325874", "#5e359f", "#605233", "#5d7274")


def colours(emotions: tuple[str, ...]) -> dict[str, str]:
    """A colour for each emotion; unknown emotions get the further colours in turn."""
    others = [name for name in emotions if name not in _KNOWN]
    given = {name: _FURTHER[place % len(_FURTHER)] for place, name in enumerate(others)}
    return {name: _KNOWN.get(name) or given[name] for name in emotions}


def tint(name: str, emotions: tuple[str, ...]) -> str:
    """The colour of a candidate's name; grey for "not sure" and "not named"."""
    return colours(emotions).get(name, UNNAMED)
