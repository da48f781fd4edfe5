import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from smastn.errors import InputError
from smastn.files import (
    atomic_file,
    atomic_folder,
    exclusive,
    refuse_to_overwrite,
    remove_leftovers,
    write_atomic,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.json"
    with atomic_file(path) as partial:
        partial.write_text("whole")
        assert not path.exists()
        assert partial.suffix == ".json"
    assert path.read_text() == "whole"
    assert names(path.parent) == ["a.json"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_whatever_stops_the_writing_leaves_the_old_file(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")
    with pytest.raises(stop), atomic_file(path) as partial:
        partial.write_text("half")
        raise stop
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.json"]


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match="no room left to write"),
        atomic_file(tmp_path / "a.json") as partial,
    ):
        partial.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert names(tmp_path) == []


def test_other_failures_are_not_called_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_file(tmp_path / "a.json"):
        (tmp_path / "not there").read_text()


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(InputError, match="cannot be written"),
        atomic_file(tmp_path / "file" / "a.json"),
    ):
        pass
    with pytest.raises(InputError, match="is a folder"), atomic_file(tmp_path):
        pass


def test_a_folder_appears_when_it_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with atomic_folder(folder) as partial:
        (partial / "report.html").write_text("whole")
        assert not folder.exists()
    assert names(folder) == ["report.html"]
    assert names(tmp_path) == ["run"]


def test_an_interrupted_folder_does_not_appear(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), atomic_folder(tmp_path / "run") as partial:
        (partial / "report.html").write_text("half")
        raise KeyboardInterrupt
    assert names(tmp_path) == []


def test_a_folder_of_ones_own_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with (
        pytest.raises(InputError, match="already holds something"),
        atomic_folder(tmp_path, marker="run.json"),
    ):
        pass
    assert names(tmp_path) == ["thesis.tex"]


def test_a_folder_that_the_same_command_wrote_is_replaced_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    for content in ("first", "second"):
        with atomic_folder(folder, marker="run.json") as partial:
            (partial / "run.json").touch()
            (partial / content).touch()
    assert names(folder) == ["run.json", "second"]
    with pytest.raises(ValueError), atomic_folder(folder, marker="run.json"):
        raise ValueError
    assert names(folder) == ["run.json", "second"]


def test_an_empty_folder_is_taken_and_a_file_is_not(tmp_path: Path) -> None:
    refuse_to_overwrite(tmp_path)
    refuse_to_overwrite(tmp_path / "new")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="is a file"):
        refuse_to_overwrite(tmp_path / "file")


def test_a_whole_content_is_written_with_its_line_ends_unchanged(tmp_path: Path) -> None:
    for content in ("two\r\nlines ä\n", b"\x00\xff"):
        write_atomic(tmp_path / "new" / "a", content)
        whole = content.encode() if isinstance(content, str) else content
        assert (tmp_path / "new" / "a").read_bytes() == whole
    assert names(tmp_path / "new") == ["a"]
    with pytest.raises(InputError, match="is a folder"):
        write_atomic(tmp_path, "text")


def test_leftovers_of_killed_processes_are_removed_and_nothing_else(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    for name in (f".a.json.{ended.pid}-x1", f".a.json.{os.getpid()}-x1", ".git", "b.1-x1"):
        (tmp_path / name).mkdir()
    remove_leftovers(tmp_path)
    assert names(tmp_path) == [f".a.json.{os.getpid()}-x1", ".git", "b.1-x1"]


HOLD = """
import sys, time
from pathlib import Path
from smastn.files import exclusive
with exclusive(Path(sys.argv[1])):
    print("inside", flush=True)
    time.sleep(20)
"""


def test_only_one_process_holds_a_folder_and_a_killed_one_releases_it(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "inside\n"
        with pytest.raises(InputError, match="another run is at work"), exclusive(tmp_path):
            pass
        other.send_signal(signal.SIGKILL)
    assert names(tmp_path) == [".lock"]
    refuse_to_overwrite(tmp_path)  # nothing of a user's own lies there
    with exclusive(tmp_path), pytest.raises(InputError), exclusive(tmp_path):
        pass
    assert names(tmp_path) == []


def test_a_lock_ends_with_its_block_and_stops_no_other_folder(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with pytest.raises(ValueError), exclusive(tmp_path / "a"), exclusive(tmp_path / "b"):
        raise ValueError
    with exclusive(tmp_path / "a"):
        pass
