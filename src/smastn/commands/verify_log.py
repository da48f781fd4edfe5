"""``smastn verify``: recomputed scores of a published prediction log."""

from collections.abc import Sequence
from dataclasses import fields

from smastn.errors import InputError
from smastn.evaluation.published import NAMES, Verification
from smastn.terminal.console import output, table


def read_claims(stated: Sequence[str]) -> dict[str, float]:
    """Scores written as ``uar=0.7605``.

    Raises:
        InputError: the text has another form, or a score is unknown.
    """
    claims: dict[str, float] = {}
    for text in stated:
        name, _, value = text.partition("=")
        if name not in NAMES:
            raise InputError(
                f"{text!r} states no known score; known are {', '.join(NAMES)}: write uar=0.7605"
            )
        try:
            claims[name] = float(value)
        except ValueError as error:
            raise InputError(f"{text!r} has no number; write it as {name}=0.7605") from error
    return claims


def show_verification(found: Verification) -> None:
    """Print the recomputed scores and every difference from the stated ones."""
    shown = table(("", " "), left=("",))
    shown.show_header = False
    shown.add_row("clips", f"{found.clips} of {found.clips_wanted}")
    for one in fields(found.scores):
        shown.add_row(NAMES[one.name], f"[bold]{getattr(found.scores, one.name):.4f}")
    shown.add_row(f"{NAMES['fold_averaged_f1']} (not UF1)", f"{found.fold_averaged_f1:.4f}")
    output.print(shown)
    for finding in found.findings:
        output.print(f"differs: {finding}", style="red", markup=False, soft_wrap=True)
    if not found.findings:
        output.print("the stated scores agree with these predictions", style="dim")
