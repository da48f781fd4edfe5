"""Analysis of one film: write its files, print its candidates."""

from pathlib import Path

from rich.table import Table
from rich.text import Text

from smastn.analysis.analyse import AnalysisConfig, analyse
from smastn.analysis.analysis_records import Analysis, Candidate
from smastn.analysis.export import MARKER, Outputs, write_analysis
from smastn.analysis.wording import (
    NO_LIE_DETECTOR,
    TRAIN_YOUR_OWN,
    calibration_text,
    doubt_text,
    measured_text,
    nothing_found,
    regions_text,
    time_text,
    trained_text,
)
from smastn.files import refuse_to_overwrite
from smastn.methods.predictor import Predictor
from smastn.terminal.console import output, say, table
from smastn.terminal.progress import progress


def analyse_video(
    video: Path, predictor: Predictor, config: AnalysisConfig, out: Path | None, outputs: Outputs
) -> Analysis:
    """Analyse a video and write the results into `out`, if that is given.

    Raises:
        SmastnError: the video cannot be analysed, or `out` contains something else.
    """
    if out is not None:
        refuse_to_overwrite(out, MARKER)  # before the work, not after it
    with progress(f"Analysing {_short(video.name)}") as advance:
        analysis = analyse(video, predictor, config, advance)
    if out is not None and outputs.annotated:
        with progress("Writing the annotated film") as advance:
            write_analysis(analysis, out, outputs, advance)
    elif out is not None:
        write_analysis(analysis, out, outputs)
    return analysis


def show_analysis(analysis: Analysis) -> None:
    """Print the candidates, and how far they can be relied on."""
    if analysis.candidates:
        output.print(_table(analysis))
    else:
        output.print(nothing_found(analysis))
    for sentence in analysis.warnings:
        say(f"! {sentence}")
    for number, candidate in enumerate(analysis.candidates, start=1):
        if candidate.doubt:
            say(f"{number} not sure: {doubt_text(candidate)}")
    if not analysis.calibration.fitted_on:
        say(calibration_text(analysis.calibration))
    say(f"{trained_text(analysis.trained_on)} {NO_LIE_DETECTOR} {TRAIN_YOUR_OWN}")


def _table(analysis: Analysis) -> Table:
    headings = ("", "time", "frames", "confidence", "emotion", "", "regions")
    shown = table(headings, left=("time", "frames", "emotion", "regions"), style="dim")
    for number, candidate in enumerate(analysis.candidates, start=1):
        one = candidate.interval
        shown.add_row(
            str(number),
            time_text(candidate, analysis).split("  ")[0],
            f"{one.onset} - {one.offset}",
            f"{one.confidence:.2f}",
            Text(candidate.name, style="bold"),
            Text(_sureness(candidate), style="cyan"),
            Text(regions_text(candidate), style="dim"),
        )
    return shown


def _sureness(candidate: Candidate) -> str:
    """How many predictions this sure were right; the likeliest emotion where it is not sure."""
    return (candidate.likeliest or "") if candidate.doubt else measured_text(candidate)


def _short(name: str, longest: int = 28) -> str:
    return name if len(name) <= longest else f"{name[: longest - 3]}..."
