"""Options that several commands share."""

import os
from pathlib import Path
from typing import Annotated

import typer

CORES = os.cpu_count() or 1
"""How many processes share the work where nobody says."""

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for machines.")]
Workers = Annotated[
    int, typer.Option(min=1, help="Processes to share the work.", show_default="all cores")
]
Seed = Annotated[int, typer.Option(min=0, help="Same seed, same result.")]
Checkpoint = Annotated[
    Path | None,
    typer.Option(
        help="A folder that smastn train wrote.", show_default="the weights that come with smastn"
    ),
]
Face = Annotated[int, typer.Option(min=0, help="Which face, 0 for the largest.")]
Ray = Annotated[
    str,
    typer.Option(
        help="Share the work over the Ray cluster at this address: HOST:PORT, ray://HOST:PORT "
        "or auto.",
        show_default="no",
    ),
]
