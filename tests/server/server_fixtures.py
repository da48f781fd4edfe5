"""The events of the film that these tests upload, and the server under test."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from smastn.synthesis.expressions import Event

RATE, FRAMES = 30.0, 100
AWKWARD_NAME = 'täke "1"; b.mp4'
EVENTS = (
    Event(24, 28, 28, 34, "positive", ("12",), (1.0,), 2.5),
    Event(72, 76, 77, 83, "surprise", ("1", "2"), (1.0, 1.0), 2.5),
)


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        url: its base URL, without a token.
        address: the address that it printed.
        process: the server.
        log: its standard error.
        kept: folder with its films.
    """

    url: str
    address: str
    process: subprocess.Popen[str]
    log: Path
    kept: Path
