"""The objective class of a set of action units: classes I to VII without an opinion on emotion.

Table 1 of Davison, Merghani and Yap, J. Imaging 2018, 10.3390/jimaging4100119 (arXiv:1708.07549).
Whatever is not in it is of class VII.
"""

from collections.abc import Iterable

from smastn.corpora.facs import units_of

OTHERS = 7
"""The class of all combinations that the table lacks."""

_COMBINATIONS = {
    1: "6, 12, 6+12, 6+7+12, 7+12",
    2: "1+2, 5, 25, 1+2+25, 25+26, 5+24",
    3: "23, 4, 4+7, 4+5, 4+5+7, 17+24, 4+6+7, 4+38",
    4: "10, 9, 4+9, 4+40, 4+5+40, 4+7+9, 4+9+17, 4+7+10, 4+5+7+9, 7+10",
    5: "1, 15, 1+4, 6+15, 15+17",
    6: "1+2+4, 20",
}
_CLASS_OF = {
    frozenset(units.split("+")): number
    for number, combinations in _COMBINATIONS.items()
    for units in combinations.split(", ")
}


def objective_class_of(codes: Iterable[str]) -> int:
    """Objective class 1 to 7 of these codes; their sides do not matter."""
    return _CLASS_OF.get(units_of(codes), OTHERS)
