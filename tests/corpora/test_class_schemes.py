from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from smastn.corpora.casme import casme_clips
from smastn.corpora.casme2 import casme2_clips
from smastn.corpora.casme3 import casme3_clips
from smastn.corpora.class_schemes import (
    SCHEMES,
    Scheme,
    action_unit_labels,
    count_differences,
    labelled,
    require_counts,
    scheme,
)
from smastn.corpora.clip import Clip
from smastn.corpora.mmew import mmew_clips
from smastn.corpora.samm import samm_clips
from smastn.corpora.smic import smic_clips
from smastn.errors import ConfigError, InputError

READERS = {
    **{"casme2": casme2_clips, "samm": samm_clips, "smic": smic_clips},
    **{"casme3": casme3_clips, "mmew": mmew_clips, "casme": casme_clips},
}
TOTALS = {
    **{("casme2", "5"): 246, ("casme2", "5-2019"): 247, ("casme2", "4"): 255, ("casme2", "3"): 145},
    **{("casme2", "objective"): 185, ("samm", "5"): 136, ("samm", "3"): 133},
    **{("samm", "objective"): 68, ("smic", "3"): 164, ("smic", "3-slow"): 71},
    **{("casme3", "7"): 860, ("casme3", "4"): 860, ("casme3", "3"): 699},
    **{("mmew", "7"): 300, ("mmew", "6"): 234, ("mmew", "4"): 263, ("casme", "4"): 171},
}


@pytest.mark.parametrize("chosen", SCHEMES, ids=lambda s: f"{s.corpus} {s.name}")
def test_a_scheme_has_the_published_total_and_a_citation(chosen: Scheme) -> None:
    assert chosen.clips == TOTALS[chosen.corpus, chosen.name]
    assert set(chosen.counts) == set(chosen.classes.values())
    assert chosen.citation


@pytest.mark.parametrize("chosen", SCHEMES, ids=lambda s: f"{s.corpus} {s.name}")
def test_a_copy_with_true_counts_gives_exactly_the_scheme(
    chosen: Scheme, lookalike: Callable[..., Path]
) -> None:
    root = lookalike(chosen.corpus, full=True)
    clips = smic_clips(root, "NIR") if "slow" in chosen.name else READERS[chosen.corpus](root)
    if chosen.name == "5-2019":  # the sheet of 2019 has one clip more
        one = next(clip for clip in clips if clip.emotion == "disgust")
        clips.append(replace(one, name="EP02_07"))
    assert count_differences(labelled(clips, chosen), chosen) == []


def test_a_class_too_few_and_a_person_too_few_are_told(tmp_path: Path) -> None:
    clips = [Clip("samm/006", "a", "anger", tmp_path, 0, 5)]
    chosen = scheme("samm", "5")
    told = count_differences(labelled(clips, chosen), chosen)
    assert told[0] == "anger: 1 clips, published 57"
    assert told[-1] == "1 people, published 28"
    with pytest.raises(InputError, match="1 clips, published 136"):
        require_counts(labelled(clips, chosen), chosen)


def test_emotions_without_a_class_and_named_clips_are_left_out(tmp_path: Path) -> None:
    clips = [
        Clip("casme2/04", "EP12_01f", "disgust", tmp_path, 0, 5),
        Clip("casme2/04", "EP12_02f", "disgust", tmp_path, 0, 5),
        Clip("casme2/04", "EP12_03f", "sadness", tmp_path, 0, 5),
    ]
    assert [clip.name for clip in labelled(clips, scheme("casme2", "3"))] == ["EP12_02f"]


def test_an_unknown_scheme_is_told_what_is_known() -> None:
    with pytest.raises(ConfigError, match="known are 5, 5-2019, 4, 3, objective"):
        scheme("casme2", "6")


def test_units_of_either_side_count_as_shown(tmp_path: Path) -> None:
    one = Clip("a/1", "x", "fear", tmp_path, 0, 5, action_units=("L4", "12"))
    two = replace(one, name="y", action_units=())
    labels = action_unit_labels([one, two], (4, 12, 17))
    np.testing.assert_array_equal(labels, [[True, True, False], [False] * 3])
    assert Counter(labels.ravel().tolist()) == {True: 2, False: 4}
