from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.catalogue import CORPORA, READERS, card, classed_clips, read_corpus
from smastn.corpora.clip import Clip
from smastn.corpora.manifest import write_manifest
from smastn.errors import ConfigError, InputError


def test_clips_come_in_the_classes_asked_for(lookalike: Callable[..., Path]) -> None:
    root = lookalike("casme2", full=True)
    clips = classed_clips("casme2", root, "3")
    assert Counter(clip.emotion for clip in clips) == {
        "negative": 88,
        "positive": 32,
        "surprise": 25,
    }
    assert len(classed_clips("casme2", root)) == 255


def test_a_copy_with_other_counts_is_refused(lookalike: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match="clips, published 136"):
        classed_clips("samm", lookalike("samm"), "5")


def test_ones_own_corpus_is_read_from_its_manifest(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    clip = Clip("own/1", "a", "fear", tmp_path / "a", 1, 7, 4)
    write_manifest(tmp_path, [clip])
    corpus = read_corpus("manifest", tmp_path)
    assert (corpus.name, corpus.clips) == ("own", (clip,))


def test_every_card_has_its_reader_and_what_a_licence_needs() -> None:
    assert [known.name for known in CORPORA] == list(READERS)
    for known in CORPORA:
        assert known.ask and known.licence and known.holds
        assert "\n" not in known.licence


def test_an_unknown_corpus_is_told_what_is_known() -> None:
    with pytest.raises(ConfigError, match="known are casme2, casme2_cropped, samm"):
        card("casme4")
