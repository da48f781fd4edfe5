"""Output to the terminal: results on stdout, everything else on stderr.

Standard output receives only results, so that ``smastn ... --json | jq`` works.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

output = Console(highlight=False)
"""Results as text."""

messages = Console(stderr=True, highlight=False)
"""Progress, notes and errors."""


def say(sentence: str) -> None:
    """Print a note."""
    messages.print(sentence, style="dim", markup=False, soft_wrap=True)


def complain(sentence: str) -> None:
    """Print an error that the user can correct."""
    messages.print(f"smastn: {sentence}", style="red", markup=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Print a result as JSON; nothing else may be printed to stdout with it."""
    sys.stdout.write(json.dumps(value, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def table(headings: Sequence[str], left: Sequence[str] = (), style: str = "") -> Table:
    """An empty table without lines; columns are aligned right but for those named in `left`."""
    found = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for heading in headings:
        justify = "left" if heading in left else "right"
        found.add_column(heading, justify=justify, header_style=style, overflow="fold")
    return found
