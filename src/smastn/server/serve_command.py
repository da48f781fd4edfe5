"""``smastn serve``: a local web page in which films are analysed and corrected."""

import importlib
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from smastn.errors import ConfigError
from smastn.terminal.console import say
from smastn.terminal.options import Checkpoint, Trust

_MIB = 2**20
_LOCAL = "127.0.0.1"
_EXTRA = ("fastapi", "uvicorn", "websockets", "plotly")


def serve(  # noqa: PLR0913
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than this machine's need a token.")
    ] = _LOCAL,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for any free port.")] = 8642,
    checkpoint: Checkpoint = None,
    trust: Trust = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            help="Folder in which films and results stay when the server ends.",
            show_default="all are deleted",
        ),
    ] = None,
    hours: Annotated[
        float, typer.Option(min=0.01, help="Hours after its last use until a film is deleted.")
    ] = 12.0,
    workers: Annotated[int, typer.Option(min=1, help="Films analysed at one time.")] = 1,
    upload: Annotated[int, typer.Option(min=1, help="Largest film accepted, in MiB.")] = 2048,
    minutes: Annotated[
        float, typer.Option(min=0.1, help="Longest film accepted, in minutes.")
    ] = 60.0,
    token: Annotated[
        bool, typer.Option("--token", help="Require a token on this machine, too.")
    ] = False,
) -> None:
    """Serve a web page on this machine for analysing films and correcting the results."""
    _require_extra()
    from smastn.server.application import ServeConfig
    from smastn.server.application import serve as run
    from smastn.server.limits import Limits

    limits = Limits(
        upload_bytes=upload * _MIB, film_seconds=60 * minutes, workers=workers, keep_hours=hours
    )
    with suppress(KeyboardInterrupt):  # the normal end of a server
        config = ServeConfig(host, port, checkpoint, keep, token, limits, tuple(trust or ()))
        run(config, _show_address)
    say(f"ended; films and results are in {keep}" if keep else "ended; all films were deleted")


def _require_extra() -> None:
    """Make sure that the packages of the extra ``serve`` are installed.

    Raises:
        ConfigError: one is missing.
    """
    for name in _EXTRA:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            raise ConfigError(
                f"smastn serve needs {name}, which is not installed; install it with: "
                "pip install 'smastn[serve]'"
            ) from error


def _show_address(address: str) -> None:
    typer.echo(address)
    say("open this address in a browser; Ctrl-C ends the server")
    if "#token=" in address:
        say(
            "anybody with this address can view and delete all films. The connection is not "
            "encrypted: in a network that you do not trust, use an SSH tunnel instead of --host"
        )
