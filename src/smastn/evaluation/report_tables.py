"""The report as Markdown, and its table as LaTeX rows."""

from smastn.evaluation.metrics import SCORE_TITLES
from smastn.evaluation.report import Method, Report
from smastn.evaluation.unit_report import UNIT_TITLES
from smastn.evaluation.unit_scores import LEAST_CLIPS
from smastn.html_templates import templates

_SCORES = dict(list(SCORE_TITLES.items())[:4])
_SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_SPECIAL |= {character: rf"\{character}" for character in "&%$#_{}"}


def markdown(report: Report) -> str:
    """The scores of the report, with their meaning, as Markdown."""
    environment = templates("evaluation").overlay(autoescape=False)
    environment.filters["cell"] = lambda text: text.replace("|", r"\|")
    page = environment.get_template("report.md")
    known = {"score_names": _SCORES, "cells": _cells, "leaked": _leaked(report)}
    known |= {"unit_titles": UNIT_TITLES, "least_clips": LEAST_CLIPS}
    return page.render(report=report, **known) + "\n"


def latex_rows(report: Report) -> str:
    """One row a method: name, then UF1, UAR, accuracy and macro precision with intervals."""
    head = " & ".join(["% Method", *_SCORES.values()])
    rows = [rf"{_latex_row(one)} \\" for one in report.methods]
    # As a comment, so that it is not mistaken for a result.
    rows += [f"% not a result: {_latex_row(one)}" for one in _leaked(report)]
    return "\n".join([head, *rows]) + "\n"


def _latex_row(method: Method) -> str:
    name = "".join(_SPECIAL.get(character, character) for character in method.name)
    return " & ".join([name, *_cells(method, "--")])


def _leaked(report: Report) -> tuple[Method, ...]:
    return (report.leak.method,) if report.leak else ()


def _cells(method: Method, dash: str) -> list[str]:
    intervals = [method.bootstrap.intervals[name] for name in _SCORES]
    return [f"{one.value:.3f} [{one.low:.3f}{dash}{one.high:.3f}]" for one in intervals]
