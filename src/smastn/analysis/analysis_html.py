"""The report of an analysis: one self-contained HTML page in the style of all reports."""

from dataclasses import dataclass

import numpy as np

from smastn import __version__
from smastn.analysis import wording
from smastn.analysis.analysis_records import Analysis, Candidate
from smastn.analysis.annotated_film import film_text
from smastn.analysis.arrows import MAGNIFIED, arrows_picture
from smastn.analysis.attention_overlay import attention_on_face
from smastn.analysis.palette import tint
from smastn.analysis.timeline import timeline_svg
from smastn.html_templates import templates
from smastn.inputs.rendering import DrawnImage, draw_images, jpeg_data_url


@dataclass(frozen=True, slots=True)
class _Card:
    """A candidate as the page shows it."""

    number: int
    candidate: Candidate
    tint: str
    facts: tuple[str, ...]
    moments: tuple[tuple[str, str], ...]
    views: tuple[DrawnImage, ...]


def render_report(analysis: Analysis, film: str | None = None) -> str:
    """The content of report.html.

    Args:
        analysis: of a video.
        film: file name of the annotated film beside the page, if there is one.
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
        timeline=timeline_svg(analysis),
        film=film,
        film_text=film_text(analysis) if film else "",
        trained=wording.trained_text(analysis.trained_on),
    )


def _card(number: int, candidate: Candidate, analysis: Analysis) -> _Card:
    colour = tint(candidate.name, analysis.emotions)
    facts = (
        wording.time_text(candidate, analysis),
        wording.frames_text(candidate),
        wording.strength_text(candidate),
        wording.regions_text(candidate, most=20),
    )
    seen, keys = candidate.recognition, candidate.key_frames
    if seen is None or keys is None:
        return _Card(number, candidate, colour, facts, (), ())
    onset, apex, offset = keys
    arrows = arrows_picture(apex, candidate.interval, analysis.curve)
    pairs = (("onset", onset), ("apex", arrows), ("offset", offset))
    moments = tuple((name, jpeg_data_url(picture)) for name, picture in pairs)
    pictures = analysis.input.draw(seen.dynamic_images)
    attention = seen.attention
    if attention is not None:
        attention = np.stack(
            [attention_on_face(one, seen.preparation, len(apex)) for one in attention]
        )
    names, weights = analysis.input.image_names, seen.segment_weights
    views = draw_images(names, pictures, attention, weights, apex)
    return _Card(number, candidate, colour, facts, moments, views)
