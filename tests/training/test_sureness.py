"""What people read beside a name is a count on others, by the predictions' sureness."""

from smastn.methods.calibration import Calibration
from smastn.training.fit_calibration import CalibrationClip
from smastn.training.sureness import Outcome, counted, measure_sureness


def test_a_level_counts_the_right_ones_of_all_sure_answers_at_least_that_probable() -> None:
    predictions = [Outcome(number < 18, 0.85, sure=True) for number in range(20)]
    predictions += [Outcome(number < 3, 0.65, sure=True) for number in range(20)]
    predictions += [Outcome(False, 0.99, sure=False) for _ in range(20)]
    known = Calibration(measured=counted(predictions), measured_on="40 predictions")
    assert str(known.measured_at(0.82)) == "18 of 20"
    assert str(known.measured_at(0.65)) == "21 of 40"
    assert known.measured_at(0.97) == known.measured_at(0.82)  # no sure prediction was surer


def test_of_few_answers_nothing_is_said() -> None:
    assert counted([Outcome(True, 0.9, sure=True)] * 9) == ()
    assert Calibration().measured_at(0.9) is None


def prediction(person: int, emotion: str, sureness: float) -> CalibrationClip:
    """Positive with this probability, whatever the truth is."""
    chances = {"positive": sureness, "negative": 1 - sureness}
    return CalibrationClip(f"corpus{person % 2}/{person}", emotion, chances)


def test_each_part_is_calibrated_on_the_others() -> None:
    """With 0.9 one corpus is right in half of the cases, the other always: each misleads."""
    clips = [prediction(2 * n, "positive" if n % 2 else "negative", 0.9) for n in range(40)]
    clips += [prediction(2 * n + 1, "positive", 0.9) for n in range(39)]
    clips.append(prediction(79, "negative", 0.4))
    levels = measure_sureness(clips, lambda clip: clip.subject[:7])
    known = Calibration(measured=levels, measured_on="both")
    assert (
        sum(one.predictions == 40 for one in levels) >= 1
    )  # the unsure corpus, made sure by the other
    surest = known.measured_at(0.95)
    assert surest is not None
    assert surest.right / surest.predictions < 0.6


def test_too_little_to_calibrate_is_no_measure() -> None:
    clips = [prediction(n, "positive", 0.9) for n in range(20)]
    assert measure_sureness(clips, lambda clip: clip.subject[:7]) == ()
