"""The demo's front page: three results, what they mean, and links to the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from smastn import __version__
from smastn.analysis.analysis_records import Analysis
from smastn.analysis.wording import NO_LIE_DETECTOR
from smastn.html_templates import templates
from smastn.terminal.console import output


@dataclass(frozen=True, slots=True)
class Number:
    """One result with its explanation.

    Attributes:
        name: what was measured.
        value: the result as printed.
        beside: its interval, baselines or unit.
        meaning: what it shows.
        limits: what it does not show.
    """

    name: str
    value: str
    beside: str
    meaning: str
    limits: str


def render_front_page(numbers: Sequence[Number], analysis: Analysis, own_film: bool) -> str:
    """The HTML of the front page; links to the other files are relative."""
    environment = templates("commands")
    return environment.get_template("demo.html").render(
        numbers=numbers,
        film=analysis.video.name,
        own_film=own_film,
        version=__version__,
        caution=NO_LIE_DETECTOR,
    )


def show_numbers(numbers: Sequence[Number]) -> None:
    """Print the results as text."""
    for number in numbers:
        output.print()
        output.print(
            Text.assemble((number.value, "bold cyan"), "  ", (number.name, "bold")), soft_wrap=True
        )
        output.print(Text(number.beside, style="dim"))
        output.print(Text(number.meaning))
        output.print(Text(number.limits, style="italic"))
    output.print()
