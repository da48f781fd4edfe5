"""Docstrings, comments, messages, pages and documentation use plain technical English.

Each pattern is an expression of the project's former dialect, with the words to use instead.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "smastn"
PLAIN = {
    r"people who do not exist|people that do not exist|made-up people|people made up": (
        "synthetic faces, synthetic subjects"
    ),
    r"\b(networks?|predictors?|models?|weights) (is|are) asked\b|\basked about\b|\basks? a network"
    r"|\bask(ed|ing)? the network": "a network predicts",
    r"\b(is|are|was|were|be) told\b(?! apart)|\btold (by|in) the\b": (
        "is reported, recorded, stated or passed"
    ),
    r"\b(is|are|was|were|not|be) believed\b|\bhow far to believe": "ignored; exceeds a threshold",
    r"\bnobody|\bsomebody\b": "no subject, a participant, the user, a person",
    r"\bdoors?\b": "command, entry point",
    r"\blies? on disk\b|\blie as\b|\blies as\b": "directory layout",
    r"\bhave a say\b|\bhas a say\b": "nested cross-validation; influences",
    r"\bunrest\b|\bunquiet\b": "random displacement, noise",
    r"\bdrawings\b": "sampled views",
    r"\bgallery\b": "examples",
    r"\bmade to do harm\b": "malicious",
    r"\bas it comes to be\b|\bcome to be\b": "temporal change",
    r"\bgoes? on where\b": "is resumed",
    r"\bwhole or not at all\b": "atomically",
    r"\bas good as new\b": "out-of-sample",
    r"\bwhat they say\b|\bkeep what\b.{0,20}\bsay\b": "calibrated",
    r"\btaken for what\b": "confusion matrix",
    r"\bpictures of flow\b|\bflow pictures?\b": "flow images",
    r"\bmovement that comes back\b|\bmoves and comes back\b": "transient movement",
    r"\bcandidates that are none\b|\bmore that is none\b": "false alarms",
    r"\bwho does not? (exist|know)\b": "synthetic",
    r"\bhalf-written\b": "partial",
    r"\bput right\b": "correct",
    r"\btimes as unquiet\b": "multiples of the noise",
    r"\blearn(t|s|ed)? from people\b|\bweights learn": "trained on",
    r"\ball answers\b|\b(its|their|network's|whose) answers\b": "predictions",
    r"\ban hour's work\b": "long work",
    r"\bwithout meaning\b": "random",
    r"\blook-?alikes?\b(?!_)": "fixture corpus",
    r"\bhow it (is|was) had\b|\bare had\b|\bis had\b|\bcan be had\b": "obtained",
    r"\bof its own accord\b|\bby itself alone\b": "automatically",
    r"\bshall\b": "must, will",
    r"\bwhatever stops\b": "an exception",
    r"\bmade[- ]up (people|persons?|faces?|subjects?|corpus|corpora|clips?|movements?|films?)\b": (
        "synthetic"
    ),
    r"\bwhoever\b": "the caller, the user",
    r"\b(network|predictor|model)('s)? answers?\b|\banswers? (about|of (a|the) network)\b": (
        "predictions"
    ),
    r"\btells? (micro|true|what|which|how|it|them|whether)\b": "distinguishes, shows, states",
}
FILES = [
    path
    for folder, endings in (
        (PACKAGE, ("py", "js", "css", "html", "toml")),
        (ROOT / "docs", ("md",)),
    )
    for ending in endings
    for path in sorted(folder.rglob(f"*.{ending}"))
    if path.name != "log.md" and path.parent.name != "spotting"
] + [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text: strings and comments of a Python file, paragraphs of another file.

    Strings without a space are left out: they are names, such as former names of settings.
    """
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        for match in re.finditer(r"(?:.+\n?)+", content):
            yield content.count("\n", 0, match.start()) + 1, match[0]
        return
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value
    for token in tokenize.generate_tokens(io.StringIO(content).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def expressions(text: str) -> Iterator[str]:
    """Every former expression in a text, with the words to use instead."""
    for pattern, plain in PLAIN.items():
        for match in re.finditer(pattern, " ".join(text.split()), re.IGNORECASE):
            yield f"{match[0]!r}; plain: {plain}"


def test_no_text_has_an_expression_of_the_former_dialect() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {expression}"
        for path in FILES
        for line, text in texts(path)
        for expression in expressions(text)
    ]
    assert not found, "\n".join(found)


def test_the_check_sees_an_expression_across_lines() -> None:
    assert list(expressions("trained on people who\n    do not exist"))
    assert not list(expressions("trained on synthetic faces"))
