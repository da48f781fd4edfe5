"""The demo's front page: three numbers, what they mean, and where the rest is."""

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
    """One number, with what it says and what it does not say.

    Attributes:
        name: what it is.
        value: as it is printed.
        beside: what it is to be read beside.
        meaning: what it says.
        limits: what it does not say.
    """

    name: str
    value: str
    beside: str
    meaning: str
    limits: str


def render_front_page(numbers: Sequence[Number], analysis: Analysis, own_film: bool) -> str:
    """The text of the front page; it leads to the other files by relative links."""
    environment = templates("commands")
    return environment.get_template("demo.html").render(
        numbers=numbers,
        film=analysis.video.name,
        own_film=own_film,
        version=__version__,
        caution=NO_LIE_DETECTOR,
    )


def show_numbers(numbers: Sequence[Number]) -> None:
    """Print the numbers for people."""
    for number in numbers:
        output.print()
        output.print(
            Text.assemble((number.value, "bold cyan"), "  ", (number.name, "bold")), soft_wrap=True
        )
        output.print(Text(number.beside, style="dim"))
        output.print(Text(number.meaning))
        output.print(Text(number.limits, style="italic"))
    output.print()
