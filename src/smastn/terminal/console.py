"""Output to the terminal: results on stdout, everything else on stderr.

Standard output receives only results, so that ``smastn ... --json | jq`` works.
"""

import json
import sys
from typing import Any

from rich.console import Console

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
