"""The command line: parse, call, print.

Other subpackages are imported inside the commands, so that ``smastn --help`` does not
import torch. Errors that a user can correct end in one sentence and exit code 2; Ctrl-C
ends in exit code 130.
"""

import errno
import logging
import signal
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from smastn import __version__
from smastn.commands.analysis_commands import analyze
from smastn.commands.corpora_commands import audit, corpora, prepare
from smastn.commands.evaluation_commands import (
    compare,
    evaluate,
    score_spotting,
    train,
    verify,
)
from smastn.commands.synth_command import synth
from smastn.errors import SmastnError
from smastn.server.serve_command import serve
from smastn.terminal.console import complain, print_json, say
from smastn.terminal.options import CORES, Checkpoint, Face, Json, Seed, Trust, Workers

BAD_INPUT, INTERRUPTED = 2, 130
"""Exit codes: an error that the user can correct; Ctrl-C."""


class _Commands(TyperGroup):
    """All commands; the only place where errors for users are caught."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Accept --debug anywhere on the command line."""
        if "--debug" in args:
            args = ["--debug", *(word for word in args if word != "--debug")]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; turn its errors into a sentence and an exit code."""
        try:
            return super().invoke(ctx)
        except (SmastnError, OSError) as error:
            full = isinstance(error, OSError) and error.errno == errno.ENOSPC
            if ctx.params["debug"] or not (full or isinstance(error, SmastnError)):
                raise
            complain(
                "the disk is full; free some space and run the command again"
                if full
                else str(error)
            )
            raise typer.Exit(BAD_INPUT) from error
        except KeyboardInterrupt as error:
            complain("interrupted; files written so far are complete, and no partial file was kept")
            raise typer.Exit(INTERRUPTED) from error


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


class _Notes(logging.Handler):
    """Prints what the library logs as a note on standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


def main() -> None:
    """Run the command ``smastn``."""
    logging.getLogger("smastn").addHandler(_Notes())
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM cleans up, too
    app(prog_name="smastn")


def _version(wanted: bool) -> bool:
    if wanted:
        typer.echo(f"smastn {__version__}")
        raise typer.Exit
    return wanted


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Micro-expression recognition with SMA-STN: from video to labels with probabilities.

    Start with [bold]smastn demo[/bold]. smastn recognises brief facial movements; it does not
    reveal what a person feels, thinks or hides.
    """
    del version, debug


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("smastn-demo"),
    video: Annotated[
        Path | None,
        typer.Option(help="Your own film of a face.", show_default="a synthetic film"),
    ] = None,
    seed: Seed = 0,
    workers: Workers = CORES,
) -> None:
    """Run training, evaluation and analysis on synthetic data in a few minutes."""
    from smastn.commands.demo import REPORT, DemoConfig, run_demo
    from smastn.commands.demo_html import show_numbers
    from smastn.methods.predictor import load_predictor

    numbers = run_demo(out, video, load_predictor(None), DemoConfig.seeded(seed, workers))
    show_numbers(numbers)
    typer.echo(out / REPORT)


for _command in (synth, train, evaluate, compare, verify, score_spotting):
    app.command()(_command)


@app.command()
def predict(  # noqa: PLR0913
    clip: Annotated[Path, typer.Argument(help="Video or folder of frames, from onset to offset.")],
    checkpoint: Checkpoint = None,
    trust: Trust = None,
    face: Face = 0,
    first: Annotated[int, typer.Option("--from", min=0, help="First frame, counted from 0.")] = 0,
    last: Annotated[
        int | None,
        typer.Option("--to", min=0, help="Last frame, inclusive.", show_default="the end"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Classify one clip that runs from onset to offset."""
    from smastn.commands.prediction_output import BUNDLED, prediction_to_dict, show_prediction
    from smastn.media.frames import read_frames, require_frames
    from smastn.methods.predictor import load_predictor

    frames = read_frames(clip, first, last)
    require_frames(frames, clip)
    predictor = load_predictor(checkpoint, trust or ())
    values = prediction_to_dict(frames, predictor, face, str(checkpoint or BUNDLED))
    if as_json:
        print_json({"clip": str(clip), "from": first, "to": first + len(frames) - 1} | values)
        return
    show_prediction(values)


app.command()(analyze)
app.command()(corpora)
app.command()(audit)
app.command()(prepare)
app.command()(serve)


if __name__ == "__main__":
    main()
