"""The report as Markdown, and its table as LaTeX rows."""

from collections.abc import Sequence

from smastn.evaluation.metrics import SCORE_TITLES
from smastn.evaluation.report import Method, Report

_SCORES = dict(list(SCORE_TITLES.items())[:4])
_SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_SPECIAL |= {character: rf"\{character}" for character in "&%$#_{}"}


def markdown(report: Report) -> str:
    """The scores of the report, with their meaning, as Markdown."""
    network = report.methods[0].bootstrap
    level = f"{100 * network.level:.0f} %"
    parts = [
        f"# {report.name}",
        f"{network.subjects} subjects, {report.clips} clips, {len(report.emotions)} emotions; "
        f"{report.scheme.replace('-', ' ')}. In brackets: {level} confidence intervals, "
        f"{network.resamples} bootstrap resamples of subjects.",
        _table(
            ["Method", *_SCORES.values(), "F1 averaged over folds (not UF1)"],
            [
                [one.name, *_cells(one, " to "), f"{one.fold_averaged_f1:.3f}"]
                for one in (*report.methods, *_leaked(report))
            ],
        ),
        *(f"**{sentence}**" for sentence in report.warnings),
        *_leak_note(report),
        "\n".join(f"- **{one.name}**: {one.meaning} {one.limits}" for one in report.headline),
        "## Confusion matrix (rows: truth)",
        _table(
            ["", *report.emotions],
            [
                [name, *map(str, counts)]
                for name, counts in zip(report.emotions, report.confusion, strict=True)
            ],
        ),
        "## Published results",
        *_beside(report),
        f"Samples SHA-256 `{report.samples_sha256}`. {', '.join(report.versions)}.",
        "A micro-expression is not a lie detector.",
    ]
    return "\n\n".join(parts) + "\n"


def latex_rows(report: Report) -> str:
    """One row a method: name, then UF1, UAR, accuracy and macro precision with intervals."""
    rows = [" & ".join([_latex(one.name), *_cells(one, "--")]) for one in report.methods]
    head = " & ".join(["% Method", *_SCORES.values()])
    rows = [rf"{row} \\" for row in rows]
    rows += [  # as a comment, so that it is not mistaken for a result
        f"% not a result: {' & '.join([_latex(one.name), *_cells(one, '--')])}"
        for one in _leaked(report)
    ]
    return "\n".join([head, *rows]) + "\n"


def _beside(report: Report) -> list[str]:
    if not report.published:
        return [
            f"No published result is known for {', '.join(report.corpora)} with "
            f"{len(report.emotions)} classes; results over other clips or classes are not "
            "comparable."
        ]
    head = ["Method", "Input", "Clips", "UF1", "UAR", "Accuracy", "Source", "Caveat"]
    rows = [
        [
            *(one.method, one.input, str(one.clips)),
            *(
                "—" if value is None else f"{value:.3f}"
                for value in (one.uf1, one.uar, one.accuracy)
            ),
            *(f"{one.origin}: {one.source}", one.caveat),
        ]
        for one in report.published
    ]
    return [_table(head, rows)]


def _leaked(report: Report) -> list[Method]:
    return [report.leak.method] if report.leak else []


def _leak_note(report: Report) -> list[str]:
    if report.leak is None:
        return []
    return [
        "The last row is not a result: the best epoch of each fold was selected on its held-out "
        f"clips, which inflates UF1 by {report.leak.inflation['uf1']:+.3f}."
    ]


def _cells(method: Method, dash: str) -> list[str]:
    intervals = [method.bootstrap.intervals[name] for name in _SCORES]
    return [f"{one.value:.3f} [{one.low:.3f}{dash}{one.high:.3f}]" for one in intervals]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(_piped(cell) for cell in line) + " |" for line in lines)


def _piped(text: str) -> str:
    return text.replace("|", r"\|")


def _latex(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)
