import pytest

from smastn.corpora.normalise import emotion_name, objective_class, subject_number


@pytest.mark.parametrize("written", ["6", "006", "sub06", "s6", "spNO.6", 6, 6.0])
def test_a_person_is_a_number_in_every_spelling(written: str | float) -> None:
    assert subject_number(written) == 6


@pytest.mark.parametrize("written", ["Other", "others", " OTHERS "])
def test_emotions_have_one_spelling(written: str) -> None:
    assert emotion_name(written) == "others"


def test_an_empty_emotion_is_unlabelled() -> None:
    assert [emotion_name(cell) for cell in (None, "  ")] == ["unlabelled", "unlabelled"]


def test_objective_classes_are_numerals_or_numbers() -> None:
    assert [objective_class(cell) for cell in ("VII", 3, "3", "viii", None, 9)] == [
        *(7, 3, 3, None, None, None),
    ]
