"""The report as one page: self-contained, readable on paper, on a phone, by day and by night.

Nothing is fetched: style, charts and pictures are in the file. All numbers come
from `Report`; nothing is computed here but where a mark is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy import ndarray

from smastn.evaluation.charts import confusion_chart, learning_curve, whiskers
from smastn.evaluation.examples import RULE, Exhibit
from smastn.evaluation.predictions import Prediction
from smastn.evaluation.protocol import ProtocolConfig
from smastn.evaluation.report import Headline, Report
from smastn.html_templates import templates
from smastn.inputs.rendering import DrawnImage, draw_images, jpeg_data_url

_MOMENTS = ("onset", "apex", "offset")
_SCORES = {
    "uf1": "UF1",
    "uar": "UAR",
    "accuracy": "Accuracy",
    "macro_precision": "Macro precision",
    "weighted_f1": "Weighted F1",
}


@dataclass(frozen=True, slots=True)
class PageConfig:
    """What the page shows.

    Attributes:
        faces: show frames of the face. Leave it off for corpora whose licence forbids
            publishing them; where the network looked is then laid over the movement.
        made_up: the people do not exist, and the page says so.
        movement: the network saw movement, up and down, and not brightness.
    """

    faces: bool = False
    made_up: bool = False
    movement: bool = False


@dataclass(frozen=True, slots=True)
class _Card:
    """One exhibit, drawn."""

    prediction: Prediction
    moments: tuple[tuple[str, str], ...]
    views: tuple[DrawnImage, ...]


def render_html(
    report: Report,
    predictions: Sequence[Prediction],
    exhibits: Sequence[Exhibit] = (),
    config: PageConfig | None = None,
) -> str:
    """The whole report as the text of one HTML file.

    Args:
        report: the numbers.
        predictions: the answers, listed clip by clip and drawn person by person.
        exhibits: clips to look at, as `smastn.evaluation.examples` chooses them.
        config: what is shown.
    """
    config = config or PageConfig()
    environment = templates("evaluation")
    return environment.get_template("report.html").render(
        report=report,
        config=config,
        score_names=_SCORES,
        panels=[_panel(report, name, one) for name, one in _headlines(report)],
        confusion=confusion_chart(report.emotions, report.confusion),
        people=_people(predictions),
        curves=_curves(report),
        cards=[_card(exhibit, config.faces) for exhibit in exhibits],
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


def _people(predictions: Sequence[Prediction]) -> list[tuple[str, list[Prediction]]]:
    """Answers by person, those most often right first."""
    found: dict[str, list[Prediction]] = {}
    for row in predictions:
        found.setdefault(row.subject, []).append(row)
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


def _card(exhibit: Exhibit, faces: bool) -> _Card:
    views = draw_images(
        exhibit.image_names,
        exhibit.dynamic_images,
        exhibit.attention,
        exhibit.segment_weights,
        exhibit.moments[0] if faces else None,
    )
    moments = _moments(exhibit.moments) if faces else ()
    return _Card(exhibit.prediction, moments, views)


def _moments(frames: ndarray) -> tuple[tuple[str, str], ...]:
    pairs = zip(_MOMENTS, frames, strict=True)
    return tuple((name, jpeg_data_url(frame)) for name, frame in pairs)


def _settings(settings: dict[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Sections of settings with their values as text; the top level is called experiment.

    What has no effect under the protocol's scheme is not shown.
    """
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
