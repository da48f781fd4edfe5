"""The report says what the stored predictions say, in data and on one page."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from smastn.errors import MetricError
from smastn.evaluation.baselines import baseline_predictions
from smastn.evaluation.examples import Example, select_examples, selected
from smastn.evaluation.metrics import pooled_scores
from smastn.evaluation.predictions import Prediction
from smastn.evaluation.report import Report, metrics_json, summarise
from smastn.evaluation.report_html import PageConfig, render_html
from smastn.evaluation.report_tables import latex_rows, markdown
from smastn.evaluation.run import run
from smastn.evaluation.run_records import Results
from smastn.evaluation.study import Study


@pytest.fixture(scope="module")
def results(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run(study, tmp_path_factory.mktemp("report") / "run")


@pytest.fixture(scope="module")
def report(study: Study, results: Results) -> Report:
    return summarise(results, baseline_predictions(study))


@pytest.fixture(scope="module")
def shown(study: Study, results: Results) -> list[Example]:
    return select_examples(study, results)


class Page(HTMLParser):
    """What a page holds: its tags, its text, and whether every tag is closed."""

    VOID = frozenset({"meta", "img", "br", "line", "circle", "rect", "polyline"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_the_scores_are_those_of_the_stored_predictions(results: Results, report: Report) -> None:
    scores = pooled_scores(results.predictions)
    for headline, name in zip(report.headline, ("uf1", "uar", "accuracy"), strict=True):
        assert headline.interval.value == pytest.approx(getattr(scores, name))
    assert sum(map(sum, report.confusion)) == len(results.predictions) == report.clips


def test_the_baselines_always_stand_beside_the_network(report: Report) -> None:
    assert [one.name for one in report.methods] == ["SMA-STN", "linear SVC", "majority class"]
    majority = report.methods[2].bootstrap.intervals
    for headline, name in zip(report.headline, ("uf1", "uar", "accuracy"), strict=True):
        assert headline.majority == majority[name].value


def test_metrics_json_is_strict_json_with_the_attributes_as_keys(report: Report) -> None:
    values = json.loads(metrics_json(report))
    assert list(values) == list(Report.__dataclass_fields__)
    assert values["methods"][0]["bootstrap"]["intervals"]["uf1"]["value"] == pytest.approx(
        report.headline[0].interval.value
    )
    assert values["classes"]["surprise"]["clips"] == 6
    assert values["settings"]["training"]["epochs"] == 2
    assert all(fold["evidence"] == [] for fold in values["folds"])


def test_two_starts_give_the_same_numbers_but_for_the_seconds(
    study: Study, report: Report, tmp_path: Path
) -> None:
    again = summarise(run(study, tmp_path / "again"), baseline_predictions(study))
    timeless = [
        replace(
            one, folds=tuple(replace(record, seconds=0.0, step_seconds=0.0) for record in one.folds)
        )
        for one in (report, again)
    ]
    assert timeless[0] == timeless[1]


def predicted_as(clip: str, truth: str, predicted: str, probability: float) -> Prediction:
    other = "b" if predicted == "a" else "a"
    probabilities = {predicted: probability, other: 1 - probability}
    return Prediction("x/1", clip, 0, "x/1", truth, predicted, probabilities)


def test_clips_are_shown_by_the_rule_that_is_printed() -> None:
    rows: Sequence[Prediction] = [
        predicted_as("low", "a", "a", 0.55),
        predicted_as("high", "a", "a", 0.95),
        predicted_as("middle", "a", "a", 0.75),
        predicted_as("mild", "b", "a", 0.6),
        predicted_as("grave", "b", "a", 0.9),
    ]
    assert [row.clip for row in selected(rows)] == ["middle", "grave"]


def test_what_is_shown_is_what_the_network_saw(shown: list[Example], study: Study) -> None:
    clips = {clip.key: clip for clip in study.clips}
    for one in shown:
        frames = study.frames(clips[one.prediction.key])
        assert (one.key_frames[0] == frames[0]).all()
        assert (one.key_frames[2] == frames[-1]).all()
        assert one.image_names == ("part 1", "part 2", "whole")
        assert one.attention is not None and one.segment_weights is not None
        assert len(one.pictures) == len(one.attention) == len(one.segment_weights) == 3


@pytest.fixture(scope="module")
def html(report: Report, results: Results, shown: list[Example]) -> str:
    return render_html(report, results.predictions, shown, PageConfig(faces=True, synthetic=True))


def test_the_page_needs_no_network(html: str) -> None:
    page = Page(html)
    sources = [attributes["src"] for attributes in page.all("img")]
    assert sources
    assert all(source and source.startswith("data:image/") for source in sources)
    assert not page.all("script")
    assert not page.all("link")
    assert not re.search(r"https?://|url\(|@import", html)


def test_every_picture_has_words(html: str) -> None:
    page = Page(html)
    assert all(attributes.get("alt") for attributes in page.all("img"))
    assert all(attributes.get("aria-label") for attributes in page.all("svg"))


def test_the_page_shows_numbers_intervals_baselines_and_every_clip(
    html: str, report: Report, results: Results
) -> None:
    text = Page(html).text
    for headline in report.headline:
        one = headline.interval
        assert f"{one.value:.3f}" in text
        assert f"95 % CI {one.low:.3f} to {one.high:.3f}" in text
    for row in results.predictions:
        assert row.key in text
    for phrase in (*(one.name for one in report.methods), report.samples_sha256):
        assert phrase in text
    assert "not a lie detector" in text
    assert "The faces are synthetic" in text


def test_faces_are_shown_only_if_configured(
    html: str, report: Report, results: Results, shown: list[Example]
) -> None:
    without = Page(render_html(report, results.predictions, shown))
    alts = [attributes["alt"] or "" for attributes in without.all("img")]
    assert alts
    assert not any("face" in alt for alt in alts)
    assert any("Prepared face at onset" in (a["alt"] or "") for a in Page(html).all("img"))


def test_names_from_outside_cannot_become_markup(report: Report, results: Results) -> None:
    rows = [
        replace(row, subject='x/<script>alert("1")</script>') for row in results.predictions[:1]
    ]
    plain = Page(render_html(report, rows))
    page = Page(render_html(replace(report, name="<b>bold</b>"), rows))
    assert not page.all("script")
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in plain.tags]
    assert "<b>bold</b>" in page.text


def test_folds_without_predictions_and_clips_left_out_are_reported(
    study: Study, results: Results
) -> None:
    first = replace(results.folds[0], failure="the loss was nan in epoch 1 of 2")
    kept = tuple(row for row in results.predictions if row.fold != first.fold)
    lost = replace(results, folds=(first, *results.folds[1:]), predictions=kept)
    report = summarise(lost, {}, {"gratings/09/c": "no face in the first frames"})
    text = Page(render_html(report, kept)).text
    assert "1 fold has no predictions, and their clips are in no score: gratings/00" in text
    assert "the loss was nan in epoch 1 of 2" in text
    assert "1 clip could not be prepared" in text
    assert "no face in the first frames" in text


def test_a_run_whose_every_fold_failed_is_a_sentence(results: Results) -> None:
    failed = [
        replace(record, failure="the loss was nan in epoch 1 of 2") for record in results.folds
    ]
    with pytest.raises(
        MetricError, match=r"no fold has a prediction .*the loss was nan in epoch 1"
    ):
        summarise(replace(results, folds=tuple(failed), predictions=()), {})


def test_several_seeds_are_averaged_and_listed(study: Study, results: Results) -> None:
    other = [replace(row, seed=1) for row in results.predictions]
    both = replace(results, predictions=(*results.predictions, *other))
    report = summarise(both, {})
    assert list(report.methods[0].seeds) == ["0", "1"]
    assert report.clips == len(study.clips)
    text = Page(render_html(report, both.predictions)).text
    assert "2 training seeds, averaged" in text


def report_of(results: Results, predicted: dict[int, str | None], baseline: str) -> Report:
    """A report of seeds that predict one class each, or the truth where that is None."""
    rows = [
        replace(row, seed=seed, predicted=name or row.truth, probabilities={})
        for seed, name in predicted.items()
        for row in results.predictions
    ]
    others = [replace(row, predicted=baseline, probabilities={}) for row in results.predictions]
    return summarise(replace(results, predictions=tuple(rows)), {"majority class": others})


def test_a_network_that_predicts_one_class_only_is_reported_as_such(results: Results) -> None:
    report = report_of(results, {0: "surprise"}, "negative")
    one_class, no_better = report.warnings
    assert one_class.startswith("The network predicts surprise for every clip")
    assert no_better.startswith("The network is not better than the baseline majority class")
    text = Page(render_html(report, results.predictions)).text
    for sentence in report.warnings:
        assert sentence in text
        assert f"**{sentence}**" in markdown(report)
    (one,) = report_of(results, {0: None, 1: "negative"}, "negative").warnings
    assert one.startswith("With seed 1 the network predicts negative for every clip")


def test_a_network_below_a_baseline_is_reported_and_one_above_is_not(results: Results) -> None:
    wrong = [replace(row, predicted="negative", probabilities={}) for row in results.predictions]
    right = [replace(row, predicted=row.truth, probabilities={}) for row in results.predictions]
    mixed = [*wrong[:-1], right[-1]]
    low = summarise(replace(results, predictions=tuple(mixed)), {"linear SVC": right})
    assert [sentence[:58] for sentence in low.warnings] == [
        "The network is not better than the baseline linear SVC: UF"
    ]
    assert (
        summarise(replace(results, predictions=tuple(right)), {"linear SVC": mixed}).warnings == ()
    )


def test_markdown_and_latex_hold_the_same_numbers(report: Report) -> None:
    text, rows = markdown(report), latex_rows(report).splitlines()[1:]
    for method, row in zip(report.methods, rows, strict=True):
        for name in ("uf1", "uar", "accuracy", "macro_precision"):
            value = f"{method.bootstrap.intervals[name].value:.3f}"
            assert value in row
            assert value in text
        assert row.startswith(method.name)
        assert row.count("&") == 4
    widths = {line.count("|") for line in text.split("\n\n")[2].splitlines()}
    assert len(widths) == 1


def test_names_cannot_break_the_latex(report: Report) -> None:
    odd = replace(report.methods[0], name="a_b & 50 % {x}")
    row = latex_rows(replace(report, methods=(odd,))).splitlines()[1]
    assert row.startswith(r"a\_b \& 50 \% \{x\} & ")


def test_settings_without_effect_are_not_shown(report: Report, results: Results) -> None:
    def shown_settings(scheme: str) -> str:
        protocol = {**report.settings["protocol"], "scheme": scheme}
        changed = replace(report, settings={**report.settings, "protocol": protocol})
        text = render_html(changed, results.predictions)
        return text.split("<h3>protocol</h3>")[1].partition("</dl>")[0]

    assert "<dt>seed</dt>" not in shown_settings("leave-one-subject-out")
    assert "<dt>folds</dt>" not in shown_settings("leave-one-subject-out")
    assert "<dt>seed</dt>" in shown_settings("subject-folds")
