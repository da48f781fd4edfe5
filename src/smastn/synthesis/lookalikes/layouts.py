"""Every made-up corpus by the name of its layout."""

from collections.abc import Callable, Mapping
from pathlib import Path

from smastn.synthesis.lookalikes.casme2 import write_casme2
from smastn.synthesis.lookalikes.samm import write_samm
from smastn.synthesis.lookalikes.smic import write_smic
from smastn.synthesis.lookalikes.takes import LookalikeConfig, Paint, Take

Write = Callable[[Path, LookalikeConfig, Paint | None], list[Take]]

LAYOUTS: Mapping[str, Write] = {
    "casme2": write_casme2,
    "samm": write_samm,
    "smic": write_smic,
}
"""Layout and what writes it into a folder; returns the takes that its sheets describe."""
