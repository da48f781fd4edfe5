"""One colour for each emotion, the same in picture and page, apart for colour-blind eyes too."""

_KNOWN = {
    "positive": "#187d60",
    "happiness": "#187d60",
    "negative": "#8a4fbf",
    "surprise": "#bf510d",
    "disgust": "#6f7419",
    "repression": "#4f6d8f",
    "sadness": "#2f6fb3",
    "fear": "#5b4636",
    "anger": "#c0392b",
    "contempt": "#b0498a",
    "others": "#6b7280",
    "other": "#6b7280",
    "neutral": "#6b7280",
}
_FURTHER = ("#0f766e", "#be185d", "#4338ca", "#a16207", "#15803d", "#9f1239")

UNNAMED = "#6b7280"
"""For a candidate that could not be named."""


def colours(emotions: tuple[str, ...]) -> dict[str, str]:
    """A colour for each emotion; those that have none of their own take the next free one."""
    others = [name for name in emotions if name not in _KNOWN]
    given = {name: _FURTHER[place % len(_FURTHER)] for place, name in enumerate(others)}
    return {name: _KNOWN.get(name) or given[name] for name in emotions}


def tint(name: str, emotions: tuple[str, ...]) -> str:
    """The colour of a candidate's name; grey where it is not sure or not named."""
    return colours(emotions).get(name, UNNAMED)
