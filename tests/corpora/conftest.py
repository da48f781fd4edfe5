"""Fixture corpora, written once a session."""

from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.media.frame_folders import index_frames
from smastn.synthesis.fixtures.fixture_clips import Fixture
from smastn.synthesis.fixtures.fixture_layouts import LAYOUTS

Release = Callable[..., Path]


def frames_of(clip: Clip) -> tuple[int, int]:
    """Numbers in the file names of a clip's first and last frame."""
    numbers = index_frames(clip.source, clip.source).numbers
    return numbers[clip.onset], numbers[clip.offset]


@pytest.fixture(scope="session")
def frame_numbers() -> Callable[[Clip], tuple[int, int]]:
    """`frame_numbers(clip)`: numbers in the file names of its first and last frame."""
    return frames_of


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """`release(layout, full=False)`: the root of a fixture corpus; do not change it."""
    roots: dict[tuple[str, bool], Path] = {}

    def root_of(layout: str, full: bool = False) -> Path:
        if (layout, full) not in roots:
            root = tmp_path_factory.mktemp(layout)
            LAYOUTS[layout](Fixture(root, full=full, shortest=5, longest=8))
            roots[layout, full] = root
        return roots[layout, full]

    return root_of
