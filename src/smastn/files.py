"""Results appear whole or not at all.

Everything is written beside its final place under a name that starts with a
dot, and takes its own name only when it is complete. Whatever stops the
writing, Ctrl-C included, takes the unfinished part away again.
"""

import contextlib
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from smastn.errors import InputError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOCK = ".lock"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def replace_when_whole(path: Path) -> Iterator[Path]:
    """A path to write to; it becomes `path` when the block ends without an exception.

    The path handed out lies in the same folder, ends in the same suffix, and does not exist yet.
    A file that is already at `path` stays as it was until the new one is whole.

    Raises:
        InputError: there is no room left, `path` is a folder, or its folder cannot be written to.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder, and a file was to be written there; name a file")
    with _room_for(path) as scratch:
        partial = scratch / path.name
        yield partial
        partial.replace(path)


@contextmanager
def folder_when_whole(folder: Path, marker: str | None = None) -> Iterator[Path]:
    """An empty folder to fill; it becomes `folder` when the block ends without an exception.

    Args:
        folder: where it shall be in the end. An empty folder there is taken over.
        marker: a file that an earlier run of the same command leaves in its folder. A folder that
            holds one is replaced as a whole; any other that is not empty is never touched.

    Raises:
        InputError: `folder` holds something else, there is no room left, or it cannot be written.
    """
    refuse_to_overwrite(folder, marker)
    with _room_for(folder) as scratch:
        partial = scratch / "new"
        partial.mkdir()
        yield partial
        if folder.exists():
            folder.replace(scratch / "old")
        partial.replace(folder)


def refuse_to_overwrite(folder: Path, marker: str | None = None) -> None:
    """Return only if `folder_when_whole` may put its folder there; ask before long work.

    Raises:
        InputError: `folder` is a file, or holds something and no file named `marker`.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError(f"{folder} is a file, and a folder was to be written there; name another")
    if any(path.name != _LOCK for path in folder.iterdir()) and not (
        marker and (folder / marker).is_file()
    ):
        raise InputError(
            f"{folder} already holds something that this command did not write, and nothing is "
            "overwritten; name another folder, or empty this one"
        )


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """No other process is inside with the same folder, which is there, while this one is.

    The operating system lets go of the lock when a process ends, however it ends, so a run that
    was killed locks nobody out. On storage that machines share it holds between them, too,
    where that storage has locks.

    Raises:
        InputError: another process is inside, or the folder cannot be written to.
    """
    path = folder / _LOCK
    while True:
        try:
            file = path.open("ab")
        except OSError as error:
            raise InputError(_sentence(folder, error)) from error
        if not _locked(file):
            file.close()
            raise InputError(
                f"another start is at work in {folder}; wait until it has ended (what it finishes "
                "is kept), or name another folder"
            )
        if _is_at(file, path):
            break
        file.close()  # it was the file of a run that has ended meanwhile
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows removes no file that is open
            path.unlink()
        file.close()


def _locked(file: IO[bytes]) -> bool:
    """Whether the lock of an open file could be had; it is held until the file is closed."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Some storage has no locks at all; there the work goes on without.
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


def _is_at(file: IO[bytes], path: Path) -> bool:
    """Whether what was opened still has its name, and was not removed by who held it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


@contextmanager
def _room_for(path: Path) -> Iterator[Path]:
    """A scratch folder on the same disk as `path`, gone again afterwards."""
    try:
        path.absolute().parent.mkdir(parents=True, exist_ok=True)
        scratch = tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.absolute().parent)
    except OSError as error:
        raise InputError(_sentence(path, error)) from error
    try:
        yield Path(scratch)
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise InputError(_sentence(path, error)) from error
        raise
    finally:
        with contextlib.suppress(OSError):  # a disk that is gone must not hide the first error
            shutil.rmtree(scratch)


def _sentence(path: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    if error.errno in _NO_ROOM:
        return (
            f"there is no room left to write {path} ({reason}), and nothing of it was kept; free "
            "some room, or name a place on another disk"
        )
    return f"{path} cannot be written ({reason}); name a place where you may write"
