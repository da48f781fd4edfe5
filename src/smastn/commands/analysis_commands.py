"""``smastn analyze``: one film, or a folder of films."""

from pathlib import Path
from typing import Annotated, Any

import typer

from smastn.terminal.console import print_json, say
from smastn.terminal.options import CORES, Checkpoint, Json, Ray, Trust, Workers

SOME_FAILED = 3
"""Exit code: results were written, but some of several films could not be analysed."""


def analyze(  # noqa: PLR0913
    video: Annotated[
        Path, typer.Argument(help="Video file, folder of frames, or folder of films.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for report, film and tables.",
            show_default="the video's name with -analysis; none with --json of one film",
        ),
    ] = None,
    checkpoint: Checkpoint = None,
    trust: Trust = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help="Settings of the analysis in TOML; options given here take precedence.",
            show_default="default settings",
        ),
    ] = None,
    face: Annotated[
        int | None,
        typer.Option(min=0, help="Which face, 0 for the largest.", show_default="0"),
    ] = None,
    sensitivity: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Higher values find weaker movements and give more false alarms.",
            show_default="0.5",
        ),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(min=1, help="Frame rate of image folders.", show_default="200"),
    ] = None,
    neutral: Annotated[
        str | None,
        typer.Option(
            help="Seconds in which the face is at rest, such as 3.0-4.5.",
            show_default="found in the quietest frames",
        ),
    ] = None,
    neutral_film: Annotated[
        Path | None,
        typer.Option(help="Another film of the person, with the face at rest."),
    ] = None,
    film: Annotated[
        bool,
        typer.Option(
            "--film/--no-film",
            help="Write annotated.mp4: original and magnified face above a timeline.",
        ),
    ] = True,
    export: Annotated[
        list[str] | None,
        typer.Option(
            help="Further export format of the intervals: json, one of an installed package, or "
            "FILE.py:NAME. Repeatable.",
            show_default="csv, eaf and vtt, always written",
        ),
    ] = None,
    workers: Workers = CORES,
    ray: Ray = "",
    as_json: Json = False,
) -> None:
    """Find brief facial movements in a video and predict the emotion of each.

    Each film of a folder gets a folder of results. A second run analyses the films whose results
    are missing. Exit code 3: some films could not be analysed.
    """
    from smastn.workers.memory import share_freed_memory

    share_freed_memory()  # before the imports below start threads
    from dataclasses import asdict

    from smastn.analysis.export import MARKER, REPORT, Outputs, analysis_to_dict
    from smastn.analysis.formats import find_formats
    from smastn.commands.analyse_many import ManyConfig, analyse_many, show_many
    from smastn.commands.analyse_one import analyse_video, show_analysis
    from smastn.extensions import resolved
    from smastn.media.film_folder import films_in
    from smastn.media.frames import open_frames
    from smastn.methods.predictor import load_predictor
    from smastn.workers import Cluster, Processes

    settings = _settings(
        config,
        face=face,
        picture_rate=rate,
        sensitivity=sensitivity,
        neutral=None if neutral is None else _seconds(neutral),
        neutral_film=None if neutral_film is None else str(neutral_film),
    )
    exports = tuple(resolved(name, Path.cwd()) for name in export or ())
    outputs = Outputs(annotated=film, exports=exports)
    find_formats(outputs.exports)  # an unknown format is refused before the work
    named = Path(f"{video.resolve().stem}-analysis")
    films = films_in(video, MARKER) if video.is_dir() else None
    if films is not None and not films.one:
        executor = Cluster(ray) if ray else Processes(workers)
        many = ManyConfig(settings, outputs)
        folder = out or named
        rows = analyse_many(
            films, video, folder, load_predictor(checkpoint, trust or ()), many, executor
        )
        if as_json:
            print_json([asdict(row) for row in rows])
        else:
            show_many(rows, folder)
        raise typer.Exit(SOME_FAILED if any(row.failure for row in rows) else 0)
    if ray:
        say("a single film is analysed on this machine; --ray distributes the films of a folder")
    open_frames(video).close()  # what is no film is refused before the network is loaded
    folder = out or (None if as_json and not export else named)
    analysis = analyse_video(
        video, load_predictor(checkpoint, trust or ()), settings, folder, outputs
    )
    if as_json:
        print_json(analysis_to_dict(analysis))
        return
    show_analysis(analysis)
    if folder is not None:
        typer.echo(folder / REPORT)


def _settings(path: Path | None, **given: Any) -> Any:
    """The `AnalysisConfig` of a file, with the options given on the command line."""
    from dataclasses import replace

    from smastn.analysis.analyse import AnalysisConfig
    from smastn.config import read_settings

    settings = AnalysisConfig() if path is None else read_settings(path, AnalysisConfig)
    given = {name: value for name, value in given.items() if value is not None}
    sensitivity = given.pop("sensitivity", settings.spotting.sensitivity)
    spotting = replace(settings.spotting, sensitivity=sensitivity)
    return replace(settings, spotting=spotting, **given)


def _seconds(text: str) -> tuple[float, float]:
    """First and last second of a period written as ``3.0-4.5``."""
    from smastn.errors import ConfigError

    try:
        first, last = map(float, text.split("-"))
    except ValueError:
        raise ConfigError(
            f"--neutral is {text!r}; wanted first and last second, such as 3.0-4.5"
        ) from None
    return first, last
