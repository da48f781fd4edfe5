"""Run a published TFLite model as a plain function, without TensorFlow."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy import ndarray


class TfliteModel:
    """One TFLite model, called as a function.

    Args:
        path: the model file, already checked.
    """

    def __init__(self, path: Path) -> None:
        # Imported here: it takes a while, and only those who look for faces need it.
        from ai_edge_litert.interpreter import Interpreter

        with _without_greeting():
            self._model: Any = Interpreter(model_path=str(path), num_threads=1)
            self._model.allocate_tensors()
        self._input = self._model.get_input_details()[0]["index"]
        self._outputs = [detail["index"] for detail in self._model.get_output_details()]

    def __call__(self, tensor: ndarray) -> list[ndarray]:
        """Every output of the model for one input, in the model's order."""
        self._model.set_tensor(self._input, tensor)
        self._model.invoke()
        return [self._model.get_tensor(index) for index in self._outputs]


@contextmanager
def _without_greeting() -> Iterator[None]:
    """The runtime greets on the process's own stderr, past Python, and no setting stops it."""
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
