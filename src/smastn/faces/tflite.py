"""Run a published TFLite model as a plain function, without TensorFlow."""

import os
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy import ndarray


class TfliteModel:
    """One TFLite model, called as a function; it may be called in any thread.

    Two threads must not use one interpreter. Each thread makes its own at the first call and
    keeps it. A model carries nothing over from one call to the next.

    Args:
        path: the model file, already checked.
        member: name of the model where the file is a zip file of several.
    """

    def __init__(self, path: Path, member: str = "") -> None:
        self._key = path, member

    def __call__(self, tensor: ndarray) -> list[ndarray]:
        """Every output of the model for one input, in the model's order."""
        if self._key not in _thread.interpreters:
            _thread.interpreters[self._key] = _Interpreter(*self._key)
        return _thread.interpreters[self._key](tensor)


class _Interpreter:
    """The interpreter of one model, for one thread."""

    _making = threading.Lock()  # the file descriptor that is silenced belongs to all threads

    def __init__(self, path: Path, member: str) -> None:
        # Imported here: it takes a while, and only those who look for faces need it.
        from ai_edge_litert.interpreter import Interpreter

        with self._making, _without_greeting():
            self._model: Any = Interpreter(model_content=_content(path, member), num_threads=1)
            self._model.allocate_tensors()
        self._input = self._model.get_input_details()[0]["index"]
        self._outputs = [detail["index"] for detail in self._model.get_output_details()]

    def __call__(self, tensor: ndarray) -> list[ndarray]:
        self._model.set_tensor(self._input, tensor)
        self._model.invoke()
        return [self._model.get_tensor(index) for index in self._outputs]


class _Thread(threading.local):
    def __init__(self) -> None:
        self.interpreters: dict[tuple[Path, str], _Interpreter] = {}


_thread = _Thread()


def _content(path: Path, member: str) -> bytes:
    if not member:
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return archive.read(member)


@contextmanager
def _without_greeting() -> Iterator[None]:
    """Discard what the runtime prints on stderr, past Python; no setting of it prevents that."""
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
