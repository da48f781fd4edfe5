"""The report as one HTML file: light and dark, for screen, phone and paper.

Style, charts and images are in the file; nothing is loaded from elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from smastn.evaluation.charts import confusion_chart, learning_curve, whiskers
from smastn.evaluation.examples import RULE, Example
from smastn.evaluation.metrics import SCORE_TITLES
from smastn.evaluation.predictions import Prediction, grouped
from smastn.evaluation.protocol import ProtocolConfig
from smastn.evaluation.report import Headline, Report
from smastn.evaluation.unit_report import UNIT_TITLES
from smastn.evaluation.unit_scores import LEAST_CLIPS
from smastn.html_templates import templates
from smastn.inputs.rendering import DrawnImage, draw_images, jpeg_data_url
from smastn.synthesis.action_units import UNITS

_KEY_FRAMES = ("onset", "apex", "offset")


@dataclass(frozen=True, slots=True)
class PageConfig:
    """What the page shows.

    Attributes:
        faces: show frames of the face. Leave it off for corpora whose licence forbids
            publishing them; attention is then laid over the movement.
        synthetic: the faces are synthetic, and the page says so.
        legend: what the colours of the drawn images mean.
    """

    faces: bool = False
    synthetic: bool = False
    legend: str = ""


@dataclass(frozen=True, slots=True)
class _Card:
    """One example, drawn."""

    prediction: Prediction
    key_frames: tuple[tuple[str, str], ...]
    views: tuple[DrawnImage, ...]


def render_html(
    report: Report,
    predictions: Sequence[Prediction],
    examples: Sequence[Example] = (),
    config: PageConfig | None = None,
) -> str:
    """The report as the text of one HTML file."""
    config = config or PageConfig()
    environment = templates("evaluation")
    return environment.get_template("report.html").render(
        report=report,
        config=config,
        score_names=SCORE_TITLES,
        unit_titles=UNIT_TITLES,
        unit_names={unit: one.name for unit, one in UNITS.items()},
        least_clips=LEAST_CLIPS,
        panels=[_panel(report, name, one) for name, one in _headlines(report)],
        confusion=confusion_chart(report.emotions, report.confusion),
        subjects=_by_subject(predictions),
        curves=_curves(report),
        cards=[_card(example, config.faces) for example in examples],
        rule=RULE,
        predictions=predictions,
        settings=_settings(report.settings),
        minutes=sum(record.seconds for record in report.folds) / 60,
    )


def _headlines(report: Report) -> list[tuple[str, Headline]]:
    return list(zip(("uf1", "uar", "accuracy"), report.headline, strict=True))


def _panel(report: Report, name: str, headline: Headline) -> dict[str, Any]:
    rows = [(one.name, one.bootstrap.intervals[name]) for one in report.methods]
    return {"headline": headline, "chart": whiskers(headline.name, rows)}


def _by_subject(predictions: Sequence[Prediction]) -> list[tuple[str, list[Prediction]]]:
    """Predictions by subject, the most accurate first."""
    found = grouped(predictions, lambda row: row.subject)
    for rows in found.values():
        rows.sort(key=lambda row: (not row.correct, row.truth, row.clip))
    share = {name: np.mean([row.correct for row in rows]) for name, rows in found.items()}
    return sorted(found.items(), key=lambda item: (-share[item[0]], item[0]))


def _curves(report: Report) -> list[dict[str, Any]]:
    highest = max((loss for record in report.folds for loss in record.losses), default=1.0)
    return [
        {"record": record, "chart": learning_curve(record.fold, record.losses, highest or 1.0)}
        for record in report.folds
    ]


def _card(example: Example, faces: bool) -> _Card:
    views = draw_images(
        example.image_names,
        example.pictures,
        example.attention,
        example.segment_weights,
        example.key_frames[0] if faces else None,
    )
    frames = zip(_KEY_FRAMES, example.key_frames, strict=True) if faces else ()
    key_frames = tuple((name, jpeg_data_url(frame)) for name, frame in frames)
    return _Card(example.prediction, key_frames, views)


def _settings(settings: dict[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Settings by section, their values as text; those without effect are left out."""
    top = [(name, _text(value)) for name, value in settings.items() if not isinstance(value, dict)]
    sections = {"experiment": top}
    for name, values in settings.items():
        if isinstance(values, dict):
            sections[name] = [(key, _text(value)) for key, value in values.items()]
    if "protocol" in sections:
        idle = ProtocolConfig(**settings["protocol"]).idle
        sections["protocol"] = [row for row in sections["protocol"] if row[0] not in idle]
    return list(sections.items())


def _text(value: Any) -> str | Markup:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return "—" if value in ("", None) else str(value)
