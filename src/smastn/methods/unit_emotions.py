"""Which emotions action units go with, to show and to check a network's prediction against.

The combinations are the prototypes of EMFACS (Friesen and Ekman, 1983) in the short form in which
they are usually published. They are coarse: most faces that show an emotion show other units.
So they contradict a prediction, and never make one.
"""

from collections.abc import Iterable

from smastn.corpora.facs import format_units, units_of

_PROTOTYPES: dict[str, tuple[frozenset[str], ...]] = {
    "happiness": (frozenset({"12"}),),
    "surprise": (frozenset({"1", "2"}), frozenset({"2"}), frozenset({"5", "26"})),
    "disgust": (frozenset({"9"}), frozenset({"10"})),
    "sadness": (frozenset({"1", "4"}), frozenset({"15"})),
    "anger": (frozenset({"4"}), frozenset({"24"}), frozenset({"17", "24"})),
    "fear": (frozenset({"1", "2", "4"}), frozenset({"20"})),
    "contempt": (frozenset({"14"}),),
}
_CLASSES = {
    "happiness": ("happiness", "positive"),
    "surprise": ("surprise",),
    **{
        name: (name, "negative")
        for name in ("disgust", "sadness", "anger", "fear", "contempt", "repression", "tension")
    },
}
_KNOWN = {name for names in _CLASSES.values() for name in names}


def unit_emotions(units: Iterable[str]) -> tuple[str, ...]:
    """The emotions that FACS codes go with, in the table's order; maybe none, maybe several."""
    fitting = _fitting(units)
    return tuple(name for name in _PROTOTYPES if name in fitting)


def contradiction(units: Iterable[str], emotion: str, rough: bool = False) -> str:
    """Why action units speak against a predicted emotion; empty where they do not.

    Args:
        units: FACS codes such as ``12`` or ``L14``; none says nothing.
        emotion: a class of the network; one that the table does not know is not checked.
        rough: whether units may be missing, so that only those speak that go with an emotion.
    """
    codes = tuple(units)
    if not codes or emotion not in _KNOWN:
        return ""
    shown = format_units(codes)
    fitting = {name for one in _fitting(codes) for name in _CLASSES[one]}
    if not fitting:
        return "" if rough else f"its action units ({shown}) belong to no emotion in particular"
    return "" if emotion in fitting else f"its action units ({shown}) do not go with {emotion}"


def _fitting(codes: Iterable[str]) -> set[str]:
    """The emotions of which one prototype is shown."""
    units = set(units_of(codes))
    if "12" in units:  # the upper lip rises in every broad smile
        units -= {"10", "14"}
    return {
        name
        for name, prototypes in _PROTOTYPES.items()
        if any(prototype <= units for prototype in prototypes)
    }
