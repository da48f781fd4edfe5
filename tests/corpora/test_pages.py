"""The pages of the corpora agree with the code."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from smastn.corpora.catalogue import known_corpora

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted((DOCS / "corpora").glob("*.md"))


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "make_corpus_pages", DOCS / "make_corpus_pages.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_corpus_is_on_a_page() -> None:
    index = (DOCS / "corpora" / "index.md").read_text(encoding="utf-8")
    missing = [name for name in known_corpora() if f"`{name}`" not in index]
    assert missing == ["manifest"]


def test_tables_of_classes_and_defects_are_those_of_the_code(script: ModuleType) -> None:
    with_classes = set()
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        if "<!-- classes -->" in text:
            with_classes.add(page.stem)
            assert script.class_table(page.stem) in text, page.name
    assert with_classes == {"casme", "casme2", "casme3", "mmew", "samm", "smic"}
    assert script.kind_table() in (DOCS / "corpora" / "index.md").read_text(encoding="utf-8")
