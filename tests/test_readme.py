"""What the README shows works as printed."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from smastn.cli import app
from smastn.media.encoding import write_video
from smastn.media.frames import read_frames
from smastn.synthesis.synthetic_film import demo_film

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SMALLER = {
    "synth": ["--subjects", "3", "--clips", "3", "--workers", "2"],
    "train": ["--config", "SETTINGS", "--workers", "1"],
    "evaluate": ["SETTINGS", "--workers", "2"],
}
"""What is added to a shown command so that it ends within seconds."""

SETTINGS = """
name = "readme"
[preparation]
size = 32
[network]
width = 4
features = 8
[training]
epochs = 1
batch = 4
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_ten_lines_of_python_work_as_printed(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks("python")
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out.split()
    assert printed[0] == printed[1], "the README's own example is named wrongly"


def test_every_command_shown_works(tmp_path: Path) -> None:
    film = demo_film(seed=1, seconds=5.0)
    write_video(tmp_path / "film.mp4", film, film.rate)
    event = film.events[0]
    write_video(
        tmp_path / "clip.mp4",
        read_frames(tmp_path / "film.mp4", event.onset, event.offset),
        film.rate,
    )
    (tmp_path / "settings.toml").write_text(SETTINGS)
    places = {
        "VIDEO": "film.mp4", "CLIP": "clip.mp4", "CORPUS": "corpus", "RUN": "run",
        "CHECKPOINT": "checkpoint", "FOLDER": "analysis", "SETTINGS": "settings.toml",
    }  # fmt: skip
    shown = [line for line in blocks("console")[1].splitlines() if line.startswith("smastn")]
    assert len(shown) == 6
    for line in shown:
        words = shlex.split(line.split("#")[0])[1:]
        words += SMALLER.get(words[0], [])
        words = [str(tmp_path / places[word]) if word in places else word for word in words]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, f"{line}: {result.output}"


def test_the_make_targets_shown_exist_and_so_do_the_files_linked() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", blocks("console")[0], flags=re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / link).exists(), link


def test_the_map_shows_every_room() -> None:
    inside = {path.stem for path in (ROOT / "src" / "smastn").iterdir() if path.stem[0] != "_"}
    rooms = inside - {"py", "templates"}
    assert rooms <= set(re.findall(r"`(\w+)`", README))
