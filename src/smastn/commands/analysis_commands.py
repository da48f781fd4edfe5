"""``smastn analyze``: the door to one film or a folder of them."""

from pathlib import Path
from typing import Annotated

import typer

from smastn.terminal.console import print_json, say
from smastn.terminal.options import CORES, Checkpoint, Face, Json, Ray, Workers

SOME_FAILED = 3
"""Exit code: results are there, but some of many films could not be analysed."""


def analyze(  # noqa: PLR0913
    video: Annotated[
        Path, typer.Argument(help="Video file, folder of frames, or folder of films.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for report, film and tables.",
            show_default="the video's name with -analysis; nowhere with --json of one film",
        ),
    ] = None,
    checkpoint: Checkpoint = None,
    face: Face = 0,
    sensitivity: Annotated[
        float, typer.Option(min=0, max=1, help="More finds weaker movement, and more that is none.")
    ] = 0.5,
    rate: Annotated[
        float, typer.Option(min=1, help="Frames a second of a folder, which cannot say.")
    ] = 200.0,
    film: Annotated[
        bool,
        typer.Option(
            "--film/--no-film",
            help="Write annotated.mp4: original and magnified side by side, with a timeline.",
        ),
    ] = True,
    workers: Workers = CORES,
    ray: Ray = "",
    as_json: Json = False,
) -> None:
    """Find brief facial movements in a video, and name each with probabilities.

    Of a folder of films each gets a folder of results; started again, the command does those
    that are missing. Exit code 3 says that some could not be analysed.
    """
    from smastn.analysis.analyse import AnalysisConfig
    from smastn.analysis.export import MARKER, REPORT, analysis_to_dict
    from smastn.commands.analyse_many import ManyConfig, analyse_many, lines_to_plain, show_many
    from smastn.commands.analyse_one import analyse_video, show_analysis
    from smastn.media.film_folder import films_in
    from smastn.media.frames import open_frames
    from smastn.methods.predictor import load_predictor
    from smastn.spotting.intervals import SpottingConfig
    from smastn.workers import Cluster, Processes

    config = AnalysisConfig(
        face=face, picture_rate=rate, spotting=SpottingConfig(sensitivity=sensitivity)
    )
    named = Path(f"{video.resolve().stem}-analysis")
    films = films_in(video, MARKER) if video.is_dir() else None
    if films is not None and not films.one:
        crew = Cluster(ray) if ray else Processes(workers)
        many = ManyConfig(config, film)
        folder = out or named
        lines = analyse_many(films, video, folder, load_predictor(checkpoint), many, crew)
        if as_json:
            print_json(lines_to_plain(lines))
        else:
            show_many(lines, folder)
        raise typer.Exit(SOME_FAILED if any(line.failure for line in lines) else 0)
    if ray:
        say("one film is analysed here; --ray shares the films of a folder")
    open_frames(video).close()  # what is no film is refused before weights are read
    folder = out or (None if as_json else named)
    analysis = analyse_video(video, load_predictor(checkpoint), config, folder, film)
    if as_json:
        print_json(analysis_to_dict(analysis))
        return
    show_analysis(analysis)
    if folder is not None:
        typer.echo(folder / REPORT)
