from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.catalogue import find_corpus, known_corpora, looks_like, read_corpus
from smastn.corpora.clip import Clip
from smastn.corpora.manifest import write_manifest
from smastn.errors import ConfigError, InputError
from smastn.synthesis.fixtures.fixture_layouts import LAYOUTS

SAME_TREE = {
    "casme2": ["casme2", "casme2_cropped"],
    "smic": ["smic", "smic_cropped", "smic_nir", "smic_vis"],
    "casme3_whole": ["casme3"],
    "flow_images": [],
}


def test_ones_own_corpus_is_read_from_its_manifest(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    clip = Clip("own/1", "a", "fear", tmp_path / "a", 1, 7, 4)
    write_manifest(tmp_path, [clip])
    corpus = read_corpus("manifest", tmp_path)
    assert (corpus.name, corpus.clips) == ("own", (clip,))


def test_every_card_tells_what_is_needed_to_ask_for_the_corpus() -> None:
    for name, known in known_corpora().items():
        assert known.name == name
        assert known.title and known.ask and known.licence and known.holds
        assert "\n" not in known.licence


def test_an_unknown_corpus_is_refused_with_the_known_ones_and_the_closest() -> None:
    with pytest.raises(ConfigError, match=r"known are 4dme, casme, casme2.*did you mean casme2\?"):
        find_corpus("casme22")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_release_is_recognised_as_its_own_corpus_and_no_other(
    layout: str, release: Callable[..., Path]
) -> None:
    assert looks_like(release(layout)) == SAME_TREE.get(layout, [layout])


def test_a_folder_read_as_the_wrong_corpus_is_named_with_the_command_that_works(
    release: Callable[..., Path], tmp_path: Path
) -> None:
    root = release("samm")
    for name in ("manifest", "casme2"):
        with pytest.raises(InputError, match="looks like samm as distributed") as raised:
            read_corpus(name, root)
        assert 'corpora = ["samm"] under [data]' in str(raised.value)
        assert f"smastn audit samm {root}" in str(raised.value)
    with pytest.raises(InputError, match=r"holds no manifest\.csv") as raised:
        read_corpus("manifest", tmp_path)
    assert "looks like" not in str(raised.value)
