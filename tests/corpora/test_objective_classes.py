import pytest

from smastn.corpora.facs import parse_units
from smastn.corpora.objective_classes import objective_class_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("6+12", 1), ("L12", 1), ("1+2", 2), ("R1+L2", 2), ("4", 3), ("4+7", 3), ("4+9", 4)),
        *(("L10", 4), ("15+17", 5), ("1+4", 5), ("1+2+4", 6), ("20", 6), ("14", 7), ("0", 7)),
        *(("4+12", 7), ("7", 7)),
    ],
)
def test_a_combination_has_the_class_of_the_published_table(text: str, number: int) -> None:
    assert objective_class_of(parse_units(text) or ()) == number
