from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--full",), "without --layout"),
        (("--grey",), "without --layout"),
        (("--movement", ".", "--grey"), "without --layout"),
        (("--layout", "samm", "--subjects", "3"), "with --layout, which determines"),
        (("--layout", "samm", "--neutral", "0"), "with --layout, which determines"),
        (("--movement", ".", "--clips", "3"), "with --movement, which determines"),
        (("--movement", ".", "--layout", "samm"), "--layout and --movement were both given"),
        (("--clips", "0"), "there is no clip"),
    ],
)
def test_options_that_contradict_each_other_are_refused_in_a_sentence(
    refused: Callable[..., None], tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    out = tmp_path / "corpus"
    refused(message, "synth", out, "--workers", "1", *options, out=out)
