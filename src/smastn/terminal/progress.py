"""Progress bars with the time left."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
)
from rich.text import Text

from smastn.terminal.console import messages

_TEXT_WIDTH = 38
_RESUMED_SECONDS = 0.5  # steps reported as done this early were done by an earlier run


@contextmanager
def progress(text: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr; yields a function to call with (done, total).

    The finished bar stays and shows the time taken; after an error it stays at its last state.
    If stderr is not a terminal, only the last state is printed.
    """
    pace = Pace()
    with Progress(
        TextColumn(f"{{task.description:<{_TEXT_WIDTH}}}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        _TimeColumn(pace),
        console=messages,
    ) as bars:
        task = bars.add_task(text, total=None)

        def advance(done: int, total: int) -> None:
            pace.note(done)
            bars.update(task, completed=done, total=total or None)  # 0: unknown

        try:
            yield advance
        except BaseException:
            # An empty bar before the error message would be useless.
            bars.update(task, visible=bars.tasks[task].completed > 0)
            raise
        if bars.tasks[task].total is None:  # there was no work
            advance(1, 1)


@contextmanager
def staged_progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar for each stage; yields a function to call with (stage, done, total)."""
    with ExitStack() as bar:
        current: tuple[str, Callable[[int, int], None]] | None = None

        def advance(stage: str, done: int, total: int) -> None:
            nonlocal current
            if current is None or current[0] != stage:
                bar.close()
                current = stage, bar.enter_context(progress(stage))
            current[1](done, total)

        yield advance


class Pace:
    """Estimates the time left from the number of steps done.

    The estimate uses the mean pace since the start: steps are few, and several processes finish
    theirs together, so a pace over the last seconds (as rich has it) would jump.
    """

    def __init__(self) -> None:
        self._began = self._last = time.monotonic()
        self._before: int | None = None
        self._done = 0

    def note(self, done: int) -> None:
        """Record the number of steps done."""
        self._last, self._done = time.monotonic(), done
        if self._before is None:
            self._before = done if self._last - self._began < _RESUMED_SECONDS else 0

    def left(self, total: int) -> float | None:
        """Seconds until `total` steps are done; None before the first step."""
        worked = self._done - (self._before or 0)
        if worked <= 0:
            return None
        pace = (self._last - self._began) / worked
        return max(0.0, pace * (total - self._done) - (time.monotonic() - self._last))


class _TimeColumn(ProgressColumn):
    """Shows the time left, or the time taken when finished."""

    max_refresh = 0.5  # s; faster updates are hard to read

    def __init__(self, pace: Pace) -> None:
        super().__init__()
        self._pace = pace

    def render(self, task: Task) -> Text:
        if task.finished:
            return Text(f"took {_clock(task.finished_time or 0.0)}", style="green")
        left = None if task.total is None else self._pace.left(round(task.total))
        if left is None:
            return Text(f"{_clock(task.elapsed or 0.0)} so far", style="cyan")
        return Text(f"{_clock(left)} left", style="cyan")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
