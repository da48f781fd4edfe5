"""The command ``smastn synth``: corpora of synthetic faces with known movement."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from smastn.commands.corpora_commands import show_fixture, write_fixture
from smastn.errors import ConfigError
from smastn.terminal.console import print_json, say
from smastn.terminal.options import CORES, Json, Seed, Workers
from smastn.terminal.progress import progress


def synth(  # noqa: PLR0913
    out: Annotated[Path, typer.Argument(help="New or empty folder for the corpus.")],
    subjects: Annotated[
        int | None,
        typer.Option(min=1, help="Number of synthetic subjects.", show_default="10"),
    ] = None,
    clips: Annotated[
        int | None,
        typer.Option(min=0, help="Clips with a movement, per subject.", show_default="9"),
    ] = None,
    neutral: Annotated[
        int | None,
        typer.Option(min=0, help="Clips without movement, per subject.", show_default="0"),
    ] = None,
    seed: Seed = 0,
    layout: Annotated[
        str | None,
        typer.Option(help="Use that corpus's directory layout.", show_default="own data"),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="With --layout: as many clips as the original.")
    ] = False,
    grey: Annotated[
        bool, typer.Option("--grey", help="With --layout: small grey images without faces.")
    ] = False,
    movement: Annotated[
        Path | None,
        typer.Option(
            help="Folder of public flow images; the faces re-enact their movement.",
            show_default="synthetic movement",
        ),
    ] = None,
    workers: Workers = CORES,
    as_json: Json = False,
) -> None:
    """Make a corpus of synthetic faces with known movement."""
    numbers = {"subjects": subjects, "clips_per_subject": clips, "neutral": neutral}
    numbers = {name: number for name, number in numbers.items() if number is not None}
    _refuse_contradictions(layout, movement, bool(numbers), full or grey)
    if layout is not None:
        show_fixture(write_fixture(out, layout, full, grey, seed), as_json)
        return
    from smastn.synthesis.reenactment import ReenactmentConfig, make_reenacted_corpus
    from smastn.synthesis.synthetic_corpus import SyntheticCorpusConfig, make_synthetic_corpus

    with progress("Rendering synthetic faces") as advance:
        if movement is not None:
            config = ReenactmentConfig(seed=seed)
            made = make_reenacted_corpus(out, movement, config, workers, advance)
        else:
            config = replace(SyntheticCorpusConfig(seed=seed), **numbers)
            made = make_synthetic_corpus(out, config, workers, advance)
    _show(made, out, seed, as_json)


def _refuse_contradictions(
    layout: str | None, movement: Path | None, numbers: bool, full_or_grey: bool
) -> None:
    """Refuse options that the chosen kind of corpus would ignore.

    Raises:
        ConfigError: two options contradict each other, or one lacks the option that it needs.
    """
    if layout is not None and movement is not None:
        raise ConfigError(
            "--layout and --movement were both given; wanted one: a re-enacted corpus "
            "always has a manifest.csv"
        )
    if numbers and (layout is not None or movement is not None):
        kind = "--movement" if layout is None else "--layout"
        raise ConfigError(
            f"--subjects, --clips or --neutral was given with {kind}, which determines the number "
            "of clips; leave one of them out"
        )
    if full_or_grey and layout is None:
        raise ConfigError(
            "--full or --grey was given without --layout, which it modifies; name a layout, or "
            "leave it out"
        )


def _show(made: list[Any], out: Path, seed: int, as_json: bool) -> None:
    emotions = dict(sorted(Counter(clip.emotion for clip in made).items()))
    subjects = len({clip.subject for clip in made})
    if as_json:
        result = {"folder": str(out), "subjects": subjects, "clips": len(made)}
        print_json(result | {"emotions": emotions, "seed": seed})
        return
    counts = ", ".join(f"{count} {name}" for name, count in emotions.items())
    typer.echo(f"{len(made)} clips of {subjects} subjects in {out}: {counts}")
    say(f"next: smastn evaluate --data {out} --out RUN")
