"""Made-up corpora at the true counts, written once a session."""

from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.synthesis.lookalikes.layouts import LAYOUTS
from smastn.synthesis.lookalikes.takes import LookalikeConfig

Lookalike = Callable[..., Path]


@pytest.fixture(scope="session")
def lookalike(tmp_path_factory: pytest.TempPathFactory) -> Lookalike:
    """`lookalike(layout, full=False)`: the root of a made-up corpus; do not change it."""
    roots: dict[tuple[str, bool], Path] = {}

    def root_of(layout: str, full: bool = False) -> Path:
        if (layout, full) not in roots:
            root = tmp_path_factory.mktemp(layout)
            LAYOUTS[layout](root, LookalikeConfig(full=full, shortest=5, longest=8), None)
            roots[layout, full] = root
        return roots[layout, full]

    return root_of
