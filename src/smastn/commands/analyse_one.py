"""``smastn analyze``: a video -> candidate intervals, a picture and a page."""

from pathlib import Path

from rich.table import Table
from rich.text import Text

from smastn.analysis.analyse import AnalysisConfig, analyse
from smastn.analysis.analysis_records import Analysis, Candidate
from smastn.analysis.export import MARKER, write_analysis
from smastn.analysis.wording import (
    NO_LIE_DETECTOR,
    TRAIN_YOUR_OWN,
    calibration_text,
    doubt_text,
    nothing_found,
    percent,
    regions_text,
    time_text,
    trained_text,
)
from smastn.files import refuse_to_overwrite
from smastn.methods.predictor import Predictor
from smastn.terminal.console import output, say
from smastn.terminal.progress import progress


def analyse_video(
    video: Path, predictor: Predictor, config: AnalysisConfig, out: Path | None, film: bool = True
) -> Analysis:
    """Analyse a video and write what was found into `out`, if that is given.

    Args:
        video: a file, or a folder of frames.
        predictor: names the candidates.
        config: how.
        out: folder for the results.
        film: whether they hold an annotated film.

    Raises:
        SmastnError: the video cannot be analysed, or `out` holds something else.
    """
    if out is not None:
        refuse_to_overwrite(out, MARKER)  # before the work, not after it
    with progress(f"Watching {_short(video.name)}") as advance:
        analysis = analyse(video, predictor, config, advance)
    if out is None:
        return analysis
    if not film:
        write_analysis(analysis, out)
        return analysis
    with progress("Drawing the film") as advance:
        write_analysis(analysis, out, annotated=True, progress=advance)
    return analysis


def show_analysis(analysis: Analysis) -> None:
    """Print the candidates and what to know before believing them."""
    if analysis.candidates:
        output.print(_table(analysis))
    else:
        output.print(nothing_found(analysis))
    for sentence in analysis.warnings:
        say(f"! {sentence}")
    for candidate in analysis.candidates:
        if candidate.doubt:
            number = analysis.candidates.index(candidate) + 1
            say(f"{number} not sure: {doubt_text(candidate)}")
    if not analysis.calibration.fitted_on:
        say(calibration_text(analysis.calibration))
    say(f"{trained_text(analysis.trained_on)} {NO_LIE_DETECTOR} {TRAIN_YOUR_OWN}")


def _table(analysis: Analysis) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for heading in ("", "when", "frames", "confidence", "looks like", "", "where"):
        right = heading in ("", "confidence")
        table.add_column(heading, justify="right" if right else "left", header_style="dim")
    for number, candidate in enumerate(analysis.candidates, start=1):
        one = candidate.interval
        name, chance = _name(candidate)
        table.add_row(
            str(number),
            time_text(candidate, analysis).split("  ")[0],
            f"{one.onset} - {one.offset}",
            f"{one.confidence:.2f}",
            Text(name, style="bold"),
            Text(chance, style="cyan"),
            Text(regions_text(candidate), style="dim"),
        )
    return table


def _name(candidate: Candidate) -> tuple[str, str]:
    if candidate.likeliest is None:
        return candidate.name, ""
    chance = percent(candidate.probabilities[candidate.likeliest])
    return candidate.name, f"{candidate.likeliest} {chance}" if candidate.doubt else chance


def _short(name: str, longest: int = 28) -> str:
    return name if len(name) <= longest else f"{name[: longest - 3]}..."
