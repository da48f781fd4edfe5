"""Shapes in signatures are checked in every test."""

from pathlib import Path

import pytest
from jaxtyping import install_import_hook

install_import_hook("smastn", "beartype.beartype")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of published data beside the checkout; tests that need it skip without it."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the published data folder, which is not at {folder}")
    return folder
