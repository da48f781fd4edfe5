"""What the terminal shows: results on stdout, everything else on stderr.

Standard output holds results alone, so that ``smastn ... --json | jq`` works.
"""

import json
import sys
from typing import Any

from rich.console import Console

output = Console(highlight=False)
"""Results for people."""

messages = Console(stderr=True, highlight=False)
"""Everything that is no result: progress, notes and errors."""


def say(sentence: str) -> None:
    """A note beside the results."""
    messages.print(sentence, style="dim", markup=False, soft_wrap=True)


def complain(sentence: str) -> None:
    """The one sentence of something the user can put right."""
    messages.print(f"smastn: {sentence}", style="red", markup=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """A result for machines; nothing else may be printed to stdout beside it."""
    sys.stdout.write(json.dumps(value, indent=2, allow_nan=False, ensure_ascii=False) + "\n")
