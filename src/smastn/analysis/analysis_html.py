"""The analysis as one page: self-contained, in the same look as the evaluation report.

Nothing is fetched: style, charts and pictures are in the file.
"""

from dataclasses import dataclass

from smastn import __version__
from smastn.analysis import wording
from smastn.analysis.analysis_records import Analysis, Candidate, Evidence
from smastn.analysis.annotated_film import film_text
from smastn.analysis.arrows import MAGNIFIED, arrows_picture
from smastn.analysis.palette import tint
from smastn.analysis.timeline import timeline
from smastn.html_templates import templates
from smastn.inputs.rendering import DrawnImage, draw_images, jpeg_data_url, seen_images


@dataclass(frozen=True, slots=True)
class _Card:
    """One candidate, drawn."""

    number: int
    candidate: Candidate
    tint: str
    facts: tuple[str, ...]
    moments: tuple[tuple[str, str], ...]
    views: tuple[DrawnImage, ...]


def render_report(analysis: Analysis, film: str | None = None) -> str:
    """The text of report.html.

    Args:
        analysis: what was found.
        film: name of the annotated film beside the page, if there is one.
    """
    environment = templates("analysis")
    cards = [_card(number, one, analysis) for number, one in enumerate(analysis.candidates, 1)]
    return environment.get_template("analysis.html").render(
        analysis=analysis,
        version=__version__,
        words=wording,
        magnified=MAGNIFIED,
        cards=cards,
        shown=[card for card in cards if card.moments],
        timeline=timeline(analysis),
        film=film,
        film_text=film_text(analysis) if film else "",
        trained=wording.trained_text(analysis.trained_on),
    )


def _card(number: int, candidate: Candidate, analysis: Analysis) -> _Card:
    colour = tint(candidate.name, analysis.emotions)
    evidence = candidate.evidence
    facts = (
        wording.time_text(candidate, analysis),
        wording.frames_text(candidate),
        wording.strength_text(candidate),
        wording.regions_text(candidate, most=20),
    )
    if evidence is None:
        return _Card(number, candidate, colour, facts, (), ())
    onset, apex, offset = evidence.key_frames
    arrows = arrows_picture(apex, candidate.interval, analysis.curve)
    pairs = (("onset", onset), ("apex", arrows), ("offset", offset))
    moments = tuple((name, jpeg_data_url(picture)) for name, picture in pairs)
    return _Card(number, candidate, colour, facts, moments, _views(evidence, analysis))


def _views(evidence: Evidence, analysis: Analysis) -> tuple[DrawnImage, ...]:
    seen, apex = evidence.recognition, evidence.key_frames[1]
    images = seen_images(seen.dynamic_images, analysis.shows_movement)
    return draw_images(analysis.image_names, images, seen.attention, seen.segment_weights, apex)
