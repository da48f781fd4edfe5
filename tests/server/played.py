"""What truly happens in the film that these tests bring, and who serves it."""

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
        url: where it is asked, without a token.
        address: what it printed.
        process: itself.
        log: what it has said besides.
        kept: where its films lie, for a while or to stay.
    """

    url: str
    address: str
    process: subprocess.Popen[str]
    log: Path
    kept: Path
