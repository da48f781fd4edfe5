from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from smastn.corpora.catalogue import find_corpus, known_corpora, read_corpus
from smastn.corpora.class_schemes import Scheme, classify, count_differences
from smastn.corpora.clip import Clip
from smastn.errors import ConfigError

TOTALS = {
    **{("casme2", "5"): 246, ("casme2", "5-2019"): 247, ("casme2", "4"): 255, ("casme2", "3"): 145},
    **{("casme2", "objective"): 185, ("samm", "5"): 136, ("samm", "3"): 133},
    **{("samm", "objective"): 68, ("smic", "3"): 164, ("smic_nir", "3-slow"): 71},
    **{("casme3", "7"): 860, ("casme3", "4"): 860, ("casme3", "3"): 699},
    **{("mmew", "7"): 300, ("mmew", "6"): 234, ("mmew", "4"): 263, ("casme", "4"): 171},
}
SCHEMES = [(name, find_corpus(name).scheme(scheme)) for name, scheme in TOTALS]
IDS = [f"{name} {scheme}" for name, scheme in TOTALS]


def test_every_scheme_is_checked_here() -> None:
    same = {"casme2_cropped": "casme2", "smic_cropped": "smic", "smic_vis": "smic_nir"}
    named = {(same.get(n, n), s.name) for n, one in known_corpora().items() for s in one.schemes}
    assert named == set(TOTALS)


@pytest.mark.parametrize(("name", "scheme"), SCHEMES, ids=IDS)
def test_a_scheme_has_the_published_total_and_a_citation(name: str, scheme: Scheme) -> None:
    assert sum(scheme.counts.values()) == TOTALS[name, scheme.name]
    assert set(scheme.counts) == set(scheme.classes.values())
    assert scheme.citation


@pytest.mark.parametrize(("name", "scheme"), SCHEMES, ids=IDS)
def test_a_copy_with_true_counts_gives_exactly_the_scheme(
    name: str, scheme: Scheme, release: Callable[..., Path]
) -> None:
    clips = list(read_corpus(name, release(name.removesuffix("_nir"), full=True)).clips)
    if scheme.name == "5-2019":  # the sheet of 2019 has one clip more
        one = next(clip for clip in clips if clip.emotion == "disgust")
        clips.append(replace(one, name="EP02_07"))
    assert count_differences(classify(clips, scheme), scheme) == []


def test_a_class_with_too_few_clips_and_too_few_subjects_are_reported(tmp_path: Path) -> None:
    clips = [Clip("samm/006", "a", "anger", tmp_path, 0, 5)]
    scheme = find_corpus("samm").scheme("5")
    differences = count_differences(classify(clips, scheme), scheme)
    assert differences[0] == "anger: 1 clips, published 57"
    assert differences[-1] == "1 subjects, published 28"


def test_emotions_without_a_class_and_named_clips_are_left_out(tmp_path: Path) -> None:
    clips = [
        Clip("casme2/04", "EP12_01f", "disgust", tmp_path, 0, 5),
        Clip("casme2/04", "EP12_02f", "disgust", tmp_path, 0, 5),
        Clip("casme2/04", "EP12_03f", "sadness", tmp_path, 0, 5),
    ]
    found = classify(clips, find_corpus("casme2").scheme("3"))
    assert [clip.name for clip in found] == ["EP12_02f"]


def test_an_unknown_scheme_is_refused_with_the_known_ones_and_the_closest() -> None:
    with pytest.raises(ConfigError, match="known are 5, 5-2019, 4, 3, objective: use one of these"):
        find_corpus("casme2").scheme("6")
    with pytest.raises(ConfigError, match="did you mean objective?"):
        find_corpus("samm").scheme("objectiv")
