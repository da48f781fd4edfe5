"""Progress bars with the time left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
)
from rich.text import Text

from smastn.apps.console import messages

_TEXT_WIDTH = 40


@contextmanager
def progress(text: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr; hands out a function to call with (done, total).

    The bar stays when the work is done, with the time it took; if the work stops early, it stays
    where it was. Where stderr is no terminal, only its last state is printed.
    """
    with Progress(
        TextColumn(f"{{task.description:<{_TEXT_WIDTH}}}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        _TimeColumn(),
        console=messages,
    ) as bars:
        task = bars.add_task(text, total=None)

        def advance(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total or None)  # 0: not known yet

        yield advance
        if bars.tasks[task].total is None:  # there was nothing left to do
            advance(1, 1)


class _TimeColumn(ProgressColumn):
    """Time left while there is work, time taken when it is done."""

    max_refresh = 0.5  # an estimate that flickers is not read

    def render(self, task: Task) -> Text:
        if task.finished:
            return Text(f"took {_clock(task.finished_time or 0.0)}", style="green")
        if task.time_remaining is None:
            return Text(f"{_clock(task.elapsed or 0.0)} so far", style="cyan")
        return Text(f"{_clock(float(task.time_remaining))} left", style="cyan")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
