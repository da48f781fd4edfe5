"""``smastn serve``: a page on this machine in which films are analysed and corrected."""

import importlib
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from smastn.errors import ConfigError
from smastn.terminal.console import say
from smastn.terminal.options import Checkpoint

_MIB = 2**20
_LOCAL = "127.0.0.1"
_EXTRA = ("fastapi", "uvicorn", "websockets", "plotly")


def serve(  # noqa: PLR0913
    host: Annotated[
        str, typer.Option(help="Address to listen on; another than this machine's needs a token.")
    ] = _LOCAL,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for any that is free.")] = 8642,
    checkpoint: Checkpoint = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            help="Folder in which films and results stay when the server ends.",
            show_default="nothing stays",
        ),
    ] = None,
    hours: Annotated[
        float, typer.Option(min=0.01, help="Delete a film so long after its last use.")
    ] = 12.0,
    workers: Annotated[int, typer.Option(min=1, help="Films analysed at one time.")] = 1,
    upload: Annotated[int, typer.Option(min=1, help="Largest film taken, MiB.")] = 2048,
    minutes: Annotated[float, typer.Option(min=0.1, help="Longest film taken.")] = 60.0,
    token: Annotated[
        bool, typer.Option("--token", help="Ask for a token on this machine, too.")
    ] = False,
) -> None:
    """Open a page in which films are analysed, looked at and corrected; nothing leaves here."""
    _require_extra()
    from smastn.server.application import ServeConfig
    from smastn.server.application import serve as run
    from smastn.server.limits import Limits

    limits = Limits(
        upload_bytes=upload * _MIB, film_seconds=60 * minutes, workers=workers, keep_hours=hours
    )
    with suppress(KeyboardInterrupt):  # that is how a server is ended
        run(ServeConfig(host, port, checkpoint, keep, token, limits), _tell)
    say(f"ended; films and results stay in {keep}" if keep else "ended; nothing was kept")


def _require_extra() -> None:
    """What only this command needs is an extra, and may be missing."""
    for name in _EXTRA:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            raise ConfigError(
                f"smastn serve needs {name}, which is not installed; install it with: "
                "pip install 'smastn[serve]'"
            ) from error


def _tell(address: str) -> None:
    typer.echo(address)
    say("open it in a browser; Ctrl-C ends the server")
    if "#token=" in address:
        say(
            "whoever has this address may see and delete all films. What is sent is not "
            "encrypted: in a network you do not trust, use an SSH tunnel instead of --host"
        )
