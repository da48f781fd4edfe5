import pytest

from smastn.methods.unit_emotions import contradiction


@pytest.mark.parametrize(
    ("units", "emotion"),
    [
        (("6", "12"), "happiness"),
        (("12", "10"), "positive"),
        (("1", "2", "5"), "surprise"),
        (("4",), "negative"),
        (("1", "4"), "sadness"),
        (("L14",), "contempt"),
        ((), "negative"),
        (("12",), "others"),
    ],
)
def test_units_that_go_with_an_emotion_do_not_contradict_it(
    units: tuple[str, ...], emotion: str
) -> None:
    assert contradiction(units, emotion) == ""


@pytest.mark.parametrize(
    ("units", "emotion"),
    [
        (("10", "12"), "negative"),
        (("6", "12"), "surprise"),
        (("1", "2"), "positive"),
        (("4",), "happiness"),
        (("26",), "negative"),
    ],
)
def test_units_that_go_with_another_emotion_contradict_and_say_which(
    units: tuple[str, ...], emotion: str
) -> None:
    assert f"({'+'.join(units)})" in contradiction(units, emotion)
