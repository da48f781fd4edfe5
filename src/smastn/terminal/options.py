"""Options that several commands share."""

import os
from pathlib import Path
from typing import Annotated

import typer

CORES = os.cpu_count() or 1
"""Default number of worker processes."""

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Workers = Annotated[int, typer.Option(min=1, help="Worker processes.", show_default="all cores")]
Seed = Annotated[int, typer.Option(min=0, help="Random seed.")]
Checkpoint = Annotated[
    Path | None,
    typer.Option(help="Folder written by smastn train.", show_default="the bundled weights"),
]
Trust = Annotated[
    list[str] | None,
    typer.Option(
        help="Network or input of the checkpoint whose code may run: FILE.py:NAME. Repeatable.",
        show_default="none",
    ),
]
Face = Annotated[int, typer.Option(min=0, help="Index of the face; 0 is the largest.")]
Ray = Annotated[
    str,
    typer.Option(
        help="Run on the Ray cluster at this address: HOST:PORT, ray://HOST:PORT or auto.",
        show_default="no",
    ),
]
