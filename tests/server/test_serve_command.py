"""How ``smastn serve`` starts and ends."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.files import exclusive
from smastn.server.application import _delete_leftovers

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


def test_a_port_in_use_is_a_sentence(refused: Callable[..., None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused(f"cannot listen on 127.0.0.1, port {port}", "serve", "--port", port)


def test_weights_that_cannot_be_read_are_a_sentence(
    refused: Callable[..., None], tmp_path: Path
) -> None:
    refused("holds no|is no|missing", "serve", "--port", 0, "--checkpoint", tmp_path / "none")


def test_films_of_a_killed_server_are_deleted_by_the_next_one(tmp_path: Path) -> None:
    left, running, starting = (tmp_path / f"smastn-serve-{name}" for name in "abc")
    for folder in (left, running, starting):
        (folder / "job").mkdir(parents=True)
    with exclusive(running):
        for folder in (left, running):
            os.utime(folder, (0, 0))
        _delete_leftovers(tmp_path)
    assert [path.name for path in sorted(tmp_path.iterdir())] == [running.name, starting.name]
