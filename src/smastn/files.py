"""Atomic writes: a file or folder appears under its name complete, or not at all.

Everything is written into a scratch folder beside its final place and renamed
when it is complete. An exception, Ctrl-C included, removes the scratch folder;
what a killed process left behind is removed by `remove_leftovers`.
"""

import contextlib
import csv
import errno
import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from smastn.errors import InputError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOCK = ".lock"
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SCRATCH = re.compile(r"\..+\.(\d{1,9})-[^.]+")  # .name.process-random


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """A path to write to; it is renamed to `path` when the block ends without an exception.

    The path handed out does not exist yet, lies on the same disk and has the same file name.
    A file already at `path` is kept until it is replaced.

    Raises:
        InputError: the disk is full, `path` is a folder, or its folder cannot be written to.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; wanted the name of a file to write; name a file")
    with _scratch_folder(path) as scratch:
        partial = scratch / path.name
        yield partial
        partial.replace(path)


def write_atomic(path: Path, content: str | bytes) -> None:
    """Write a whole file atomically; text as UTF-8, with its line ends unchanged.

    Raises:
        InputError: the disk is full, or the file cannot be written.
    """
    with atomic_file(path) as partial:
        try:
            partial.write_bytes(content.encode() if isinstance(content, str) else content)
        except OSError as error:
            raise InputError(_not_written(path, error)) from error


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """The rows as comma-separated text, the same on every system."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def read_text(path: Path, wanted: str) -> str:
    """The content of a text file in UTF-8.

    Raises:
        InputError: it cannot be read; the message says what was wanted, such as ``"a log"``.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as text ({error}); wanted {wanted}") from error


@contextmanager
def atomic_folder(folder: Path, marker: str | None = None) -> Iterator[Path]:
    """An empty folder to fill; it is renamed to `folder` when the block ends without an exception.

    Args:
        folder: its final place. An empty folder there is replaced.
        marker: a file that an earlier run of the same command leaves in its folder. A folder that
            holds one is replaced as a whole; any other folder that is not empty is refused.

    Raises:
        InputError: `folder` holds something else, the disk is full, or it cannot be written.
    """
    refuse_to_overwrite(folder, marker)
    with _scratch_folder(folder) as scratch:
        partial = scratch / "new"
        partial.mkdir()
        yield partial
        if folder.exists():
            folder.replace(scratch / "old")
        partial.replace(folder)


def refuse_to_overwrite(folder: Path, marker: str | None = None) -> None:
    """Return only if `atomic_folder` may write to `folder`; call it before long work.

    Raises:
        InputError: `folder` is a file, or holds something and no file named `marker`.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError(f"{folder} is a file; wanted the name of a new folder; name another")
    if any(path.name != _LOCK for path in folder.iterdir()) and not (
        marker and (folder / marker).is_file()
    ):
        raise InputError(
            f"{folder} already holds something that this command did not write, and nothing is "
            "overwritten; name another folder, or empty this one"
        )


def remove_leftovers(folder: Path) -> None:
    """Remove scratch folders in `folder` whose process no longer runs."""
    for path in folder.glob(".*"):
        found = _SCRATCH.fullmatch(path.name)
        if found and path.is_dir() and not process_runs(int(found[1])):
            shutil.rmtree(path, ignore_errors=True)


def process_runs(process: int) -> bool:
    """Whether a process with this id exists on this machine; True where that is unknown."""
    if os.name != "posix":  # on Windows os.kill would end the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold the lock of an existing folder; only one process at a time has it.

    The operating system releases the lock when a process ends, however it ends, so a killed run
    locks nothing. On storage shared between machines it holds between them too, where that
    storage supports locks.

    Raises:
        InputError: another process holds the lock, or the folder cannot be written to.
    """
    path = folder / _LOCK
    while True:
        try:
            file = path.open("ab")
        except OSError as error:
            raise InputError(_not_written(folder, error)) from error
        if not _locked(file):
            file.close()
            raise InputError(
                f"another run is at work in {folder}; wait until it has ended (what it finishes "
                "is kept), or name another folder"
            )
        if _is_at(file, path):
            break
        file.close()  # the file of a run that has ended in the meantime
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows removes no file that is open
            path.unlink()
        file.close()


def _locked(file: IO[bytes]) -> bool:
    """Whether the lock of an open file was obtained; it is held until the file is closed."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Some storage supports no locks; work goes on there without them.
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


def _is_at(file: IO[bytes], path: Path) -> bool:
    """Whether an open file still lies at `path`, and was not removed by the lock's holder."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


@contextmanager
def _scratch_folder(path: Path) -> Iterator[Path]:
    """A scratch folder on the same disk as `path`, removed afterwards."""
    try:
        path.absolute().parent.mkdir(parents=True, exist_ok=True)
        prefix = f".{path.name}.{os.getpid()}-"
        scratch = tempfile.mkdtemp(prefix=prefix, dir=path.absolute().parent)
    except OSError as error:
        raise InputError(_not_written(path, error)) from error
    try:
        yield Path(scratch)
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise InputError(_not_written(path, error)) from error
        raise
    finally:
        with contextlib.suppress(OSError):  # an unplugged disk must not hide the first error
            shutil.rmtree(scratch)


def _not_written(path: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    if error.errno in _DISK_FULL:
        return (
            f"there is no room left to write {path} ({reason}), and nothing of it was kept; free "
            "some space, or name a place on another disk"
        )
    return f"{path} cannot be written ({reason}); name a place where you may write"
