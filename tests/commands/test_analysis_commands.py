"""Settings of ``smastn analyze``: a file, and options that take precedence."""

import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from smastn.analysis.analyse import AnalysisConfig
from smastn.config import settings_to_dict

Run = Callable[..., Any]
DOCS = Path(__file__).resolve().parents[2] / "docs" / "analysis.md"


def lines_of(settings: dict[str, Any], section: str = "") -> str:
    """The settings as TOML."""
    plain = {name: value for name, value in settings.items() if not isinstance(value, dict)}
    text = f"[{section}]\n" if section else ""
    text += "".join(f"{name} = {json.dumps(value)}\n" for name, value in plain.items())
    return text + "".join(
        lines_of(value, name) for name, value in settings.items() if isinstance(value, dict)
    )


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> list[AnalysisConfig]:
    """The settings that the command hands to the analysis, which then stops."""
    seen: list[AnalysisConfig] = []

    def stop(*words: Any) -> None:
        seen.append(words[2])
        raise KeyboardInterrupt

    monkeypatch.setattr("smastn.commands.analyse_one.analyse_video", stop)
    return seen


def test_a_file_sets_every_setting(
    smastn: Run, face_film: Path, tmp_path: Path, received: list[AnalysisConfig]
) -> None:
    config = AnalysisConfig(2, 3, 60.0, neutral=(3.0, 4.5), neutral_film="rest.mp4")
    wanted = settings_to_dict(config)
    for section in ("curve", "spotting"):
        wanted[section] = {name: round(0.9 * value, 4) for name, value in wanted[section].items()}
    path = tmp_path / "analysis.toml"
    path.write_text(lines_of(wanted))
    smastn("analyze", face_film, "--config", path)
    assert [settings_to_dict(one) for one in received] == [wanted]


def test_options_take_precedence_over_the_file(
    smastn: Run, face_film: Path, tmp_path: Path, received: list[AnalysisConfig]
) -> None:
    path = tmp_path / "analysis.toml"
    path.write_text("face = 1\n[spotting]\nsensitivity = 0.2\nleast_px = 0.4\n")
    smastn("analyze", face_film, "--config", path, "--sensitivity", 0.9, "--rate", 50)
    (one,) = received
    assert (one.face, one.picture_rate) == (1, 50.0)
    assert (one.spotting.sensitivity, one.spotting.least_px) == (0.9, 0.4)


def test_the_neutral_may_be_given(
    smastn: Run, face_film: Path, received: list[AnalysisConfig]
) -> None:
    smastn("analyze", face_film, "--neutral", "0.5-1.25", "--neutral-film", "rest.mp4")
    assert [(one.neutral, one.neutral_film) for one in received] == [((0.5, 1.25), "rest.mp4")]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("--neutral", "start"), "--neutral is 'start'; wanted first and last second"),
        (("--neutral", "4.5-3"), "neutral is 4.5 to 3 s; wanted first and last second"),
        (("--neutral", "900-901"), "shows no face from 900 to 901 s; wanted the face at rest"),
        (("--neutral-film", "missing.mp4"), "missing.mp4"),
    ],
)
def test_a_neutral_that_cannot_be_is_refused(
    refused: Callable[..., None], face_film: Path, given: tuple[str, ...], sentence: str
) -> None:
    refused(sentence, "analyze", face_film, "--no-film", *given)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sensitivty = 0.5\n", "unknown setting sensitivty; known are face"),
        ("[spotting]\nsensitivity = 2.0\n", r"\[spotting\]: sensitivity is 2.0; wanted 0 to 1"),
        ("[curve]\nsteadiness = 0.0\n", "curve.steadiness is 0.0 s; wanted more than 0"),
        ('face = "left"\n', 'face is "left"; wanted a whole number'),
    ],
)
def test_a_wrong_file_is_refused(
    refused: Callable[..., None], face_film: Path, tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "analysis.toml"
    path.write_text(text)
    refused(sentence, "analyze", face_film, "--config", path)


def test_the_documentation_lists_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| `?([^|`]+)`? \|", DOCS.read_text(), flags=re.MULTILINE)
    listed = {
        name: None if value == "none" else json.loads(value)
        for name, value in rows
        if re.fullmatch(r"[\d.]+|none", value)
    }
    default = AnalysisConfig()
    wanted = {}
    for field in dataclasses.fields(default):
        value = getattr(default, field.name)
        inner = settings_to_dict(value) if dataclasses.is_dataclass(value) else {"": value}
        wanted |= {f"{field.name}.{name}".rstrip("."): one for name, one in inner.items()}
    assert listed == wanted
