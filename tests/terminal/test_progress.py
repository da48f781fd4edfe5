import pytest

from smastn.terminal import progress as module
from smastn.terminal.progress import progress


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_time_left_is_the_pace_since_the_start(clock: list[float]) -> None:
    times = module.Pace()
    assert times.left(10) is None
    clock[0] = 60.0
    times.note(1)
    times.note(2)  # two processes, two steps at once
    assert times.left(10) == pytest.approx(240)
    clock[0] = 90.0
    assert times.left(10) == pytest.approx(210)
    clock[0] = 1000.0
    assert times.left(10) == 0


def test_what_was_done_before_does_not_count_as_pace(clock: list[float]) -> None:
    times = module.Pace()
    times.note(8)
    clock[0] = 60.0
    times.note(9)
    assert times.left(10) == pytest.approx(60)


def test_bars_go_to_stderr_and_say_what_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Counting sheep") as advance:
        advance(1, 2)
        advance(2, 2)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Counting sheep" in shown.err
    assert "2/2" in shown.err
    assert "took 0:00" in shown.err


def test_with_nothing_left_to_do_the_bar_is_full(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Counting sheep"):
        pass
    assert "1/1" in capsys.readouterr().err


def test_a_bar_of_nothing_is_not_left_before_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="wolves"), progress("Counting sheep"):
        raise ValueError("wolves")
    assert "sheep" not in capsys.readouterr().err
    with pytest.raises(ValueError, match="wolves"), progress("Counting sheep") as advance:
        advance(3, 9)
        raise ValueError("wolves")
    assert "3/9" in capsys.readouterr().err
