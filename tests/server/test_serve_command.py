"""What ``smastn serve`` says before it serves, and how it ends."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.server.application import _sweep

WITHOUT = (
    "import sys; sys.modules[{name!r}] = None; sys.argv = ['smastn', 'serve', '--port', '0'];"
    "from smastn.cli import main; main()"
)


@pytest.mark.parametrize("name", ["fastapi", "uvicorn", "websockets", "plotly"])
def test_without_the_extra_a_sentence_says_how_to_install_it(name: str) -> None:
    words = [sys.executable, "-c", WITHOUT.format(name=name)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2, done.stderr
    assert "pip install 'smastn[serve]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_port_that_is_taken_is_a_sentence(refused: Callable[..., None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused(f"nothing can listen on 127.0.0.1, port {port}", "serve", "--port", port)


def test_weights_that_cannot_be_read_are_a_sentence(
    refused: Callable[..., None], tmp_path: Path
) -> None:
    refused("holds no|is no|missing", "serve", "--port", 0, "--checkpoint", tmp_path / "none")


def test_films_of_a_server_that_was_killed_go_when_the_next_one_starts(tmp_path: Path) -> None:
    left, other = tmp_path / "smastn-serve-4194400-abc", tmp_path / f"smastn-serve-{os.getpid()}-x"
    for folder in (left, other):
        (folder / "job").mkdir(parents=True)
    _sweep(tmp_path)
    assert not left.exists()  # no process can have that number
    assert other.exists()
