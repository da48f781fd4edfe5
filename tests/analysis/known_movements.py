"""What truly happens in the film that these tests watch."""

from collections.abc import Callable
from pathlib import Path

from smastn.synthesis.expressions import Event

EVENTS = (
    Event(20, 24, 24, 30, "positive", ("12",), (1.0,), 2.5),
    Event(52, 56, 57, 63, "surprise", ("1", "2"), (1.0, 1.0), 2.5),
)

Write = Callable[..., Path]
