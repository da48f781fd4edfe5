"""Export formats from outside the package: the example of docs/extending.md, exactly as printed."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smastn.analysis.coding import CodedInterval, Coding
from smastn.analysis.formats import ExportFormat, export_formats, find_formats
from smastn.errors import ConfigError
from smastn.methods.predictor import Predictor
from smastn.server.limits import Limits
from smastn.server.server_info import server_info

PAGE = Path(__file__).resolve().parents[2] / "docs" / "extending.md"
SECTION = (
    PAGE.read_text(encoding="utf-8").partition("## An export format\n")[2].partition("\n## ")[0]
)


def block(language: str) -> str:
    (text,) = re.findall(rf"```{language}\n(.*?)```", SECTION, flags=re.DOTALL)
    return text


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "textgrid.py"
    path.write_text(block("python"), encoding="utf-8")
    return path


@pytest.fixture
def installed(install: Callable[..., Path]) -> Path:
    """The example as an installed package that declares it as an entry point."""
    return install("textgrid", block("python"), block("toml"))


def test_a_file_is_used_by_the_command_as_printed(
    smastn: Callable[..., Any],
    face_film: Path,
    checkpoint: Path,
    example: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(example.parent)
    words = block("console").removeprefix("$ smastn ").split()
    given = [face_film if word == "interview.mp4" else word for word in words]
    result = smastn(*given, "--checkpoint", checkpoint, "--out", "out", "--no-film")
    assert result.exit_code == 0, result.output
    text = (example.parent / "out" / "intervals.TextGrid").read_text(encoding="utf-8")
    assert text.startswith('File type = "ooTextFile"\nObject class = "TextGrid"\n')
    assert (example.parent / "out" / "intervals.eaf").is_file()


def test_the_example_has_a_point_at_each_apex(example: Path) -> None:
    (one,) = find_formats([str(example)])
    text = one.content(coding()).decode()
    assert re.findall(r"number = ([\d.]+)", text) == ["0.4000", "1.6000"]
    assert 'mark = "joy ""strong"", micro"' in text
    assert "xmax = 3.0000" in text


@pytest.mark.usefixtures("installed")
def test_an_entry_point_is_in_the_table_of_command_server_and_page() -> None:
    assert list(export_formats()) == ["csv", "eaf", "json", "vtt", "textgrid"]
    assert find_formats(["textgrid"])[0].title == "Praat"
    listed = server_info(Predictor.bundled(), Limits(), kept=False)["exports"]
    assert listed[-1] == {
        "name": "textgrid",
        "title": "Praat",
        "use": "TextGrid with the apices as points",
    }


def test_a_broken_package_is_a_warning_and_hides_no_other_format(
    installed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    installed.write_text("FORMAT = 3\n")
    assert list(export_formats()) == ["csv", "eaf", "json", "vtt"]
    assert "the entry point textgrid is of type int; wanted an ExportFormat" in caplog.text


def test_an_unknown_format_is_refused_before_the_work(
    refused: Callable[..., None], face_film: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    refused("no export format is called vvt; known are .*did you mean vtt", "analyze", face_film,
            "--export", "vvt", "--out", out, out=tmp_path)  # fmt: skip


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (lambda coding: coding.nothing, "failed .AttributeError"),
        (lambda coding: 3, "returned int; wanted text or bytes"),
    ],
)
def test_a_format_that_fails_says_so(write: Any, sentence: str) -> None:
    one = ExportFormat("mine", "Mine", "for me", ".mine", "text/plain", write)
    with pytest.raises(ConfigError, match=f"the export format mine {sentence}"):
        one.content(coding())


@pytest.mark.parametrize(
    ("name", "suffix"), [("My Format", ".txt"), ("../up", ".txt"), ("mine", "/x"), ("mine", "txt")]
)
def test_a_name_that_cannot_stand_in_a_file_name_is_refused(name: str, suffix: str) -> None:
    with pytest.raises(ConfigError, match="wanted"):
        ExportFormat(name, "Mine", "for me", suffix, "text/plain", lambda coding: "")


def coding() -> Coding:
    intervals = (
        CodedInterval(8, 10, 12, "micro", (), 'joy "strong"'),
        CodedInterval(30, 40, 60, "macro", ("chin",)),
    )
    return Coding(intervals, np.arange(75) / 25, Path("film.mp4"))
