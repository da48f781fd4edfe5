from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from smastn.corpora.casme2 import casme2_clips
from smastn.corpora.clip import Clip
from smastn.corpora.composite import (
    CD6ME,
    OfficialClip,
    cd6me_groups,
    composite,
    hde_groups,
    official_spelling,
    read_official,
)
from smastn.corpora.samm import samm_clips
from smastn.corpora.smic import smic_clips
from smastn.errors import InputError
from smastn.synthesis.fixtures.fixture_casme2 import write_casme2_takes
from smastn.synthesis.fixtures.fixture_clips import Camera, Take
from smastn.synthesis.fixtures.fixture_samm import write_samm_takes
from smastn.synthesis.fixtures.fixture_smic import write_smic_takes

EMOTIONS = {
    "casme2": {"negative": "disgust", "positive": "happiness", "surprise": "surprise"},
    "samm": {"negative": "Anger", "positive": "Happiness", "surprise": "Surprise"},
    "smic": {"negative": "negative", "positive": "positive", "surprise": "surprise"},
}


def take_of(official: OfficialClip) -> Take:
    person = int(official.subject.removeprefix("sub").removeprefix("s"))
    name = official.name
    if official.database == "smic":
        name = f"s{person}_{name.split('_', 1)[1]}"  # on disk the person is not padded
    return Take(person, name, EMOTIONS[official.database][official.emotion], 20, 23, 26)


@pytest.fixture(scope="module")
def official(shared_data: Path) -> list[OfficialClip]:
    return read_official(shared_data / "published_logs" / "megc2019_combined_3class_gt.csv")


@pytest.fixture(scope="module")
def clips(official: list[OfficialClip], tmp_path_factory: pytest.TempPathFactory) -> list[Clip]:
    """Releases with the clips of the official list and some that must not get in."""
    root = tmp_path_factory.mktemp("releases")
    takes = {name: [take_of(c) for c in official if c.database == name] for name in EMOTIONS}
    strangers = [
        *(Take(4, "EP12_01f", "disgust", 20, 23, 26), Take(5, "EP09_05f", "disgust", 20, 23, 26)),
        *(Take(10, "EP01_01", "others", 20, 23, 26), Take(17, "EP01_99", "fear", 20, 23, 26)),
    ]
    write_casme2_takes(root / "casme2", [*takes["casme2"], *strangers])
    other = Take(25, "025_1_1", "Other", 20, 23, 26)
    write_samm_takes(root / "samm", [*takes["samm"], other])
    write_smic_takes(root / "smic", "HS", takes["smic"], Camera())
    readers = (samm_clips(root / "samm"), smic_clips(root / "smic"), casme2_clips(root / "casme2"))
    return [clip for corpus in readers for clip in corpus]


def test_the_composite_is_the_official_list_clip_for_clip(
    clips: list[Clip], official: list[OfficialClip]
) -> None:
    chosen = composite(clips)
    assert len(chosen) == len(official) == 442
    assert {official_spelling(clip) for clip in chosen} == set(official)
    assert Counter(clip.emotion for clip in chosen) == {
        "negative": 250,
        "positive": 109,
        "surprise": 83,
    }
    assert len({clip.subject for clip in chosen}) == 68


def test_the_order_of_corpora_is_the_official_one(
    clips: list[Clip], official: list[OfficialClip]
) -> None:
    databases = [official_spelling(clip).database for clip in composite(clips)]
    assert databases == [clip.database for clip in official]


def test_a_missing_clip_is_told_with_its_class(clips: list[Clip]) -> None:
    surprised = next(clip for clip in clips if clip.emotion == "surprise")
    fewer = [clip for clip in clips if clip is not surprised]
    with pytest.raises(InputError, match=r"surprise: .* published"):
        composite(fewer)
    assert len(composite(fewer, strict=False)) == 441


def test_made_up_releases_at_true_counts_give_the_published_composite(
    lookalike: Callable[..., Path],
) -> None:
    everything = [
        *casme2_clips(lookalike("casme2", full=True)),
        *samm_clips(lookalike("samm", full=True)),
        *smic_clips(lookalike("smic", full=True)),
    ]
    assert len(composite(everything)) == 442
    groups = hde_groups(everything)
    assert {corpus: len(own) for corpus, own in groups.items()} == {"casme2": 185, "samm": 68}
    people = {corpus: len({clip.subject for clip in own}) for corpus, own in groups.items()}
    assert people == {"casme2": 26, "samm": 21}


def test_the_list_that_lacks_a_clip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "combined_3class_gt-2.csv"
    path.write_text("casme2,sub01,EP02_01f,1\r\n,,,\r\nsamm,6,006_1_2,0\r\n")
    with pytest.raises(InputError, match="2 clips; wanted the list of 442"):
        read_official(path)


def test_cd6me_keeps_six_corpora_and_nothing_else(tmp_path: Path) -> None:
    clip = Clip("mmew/03", "a", "fear", tmp_path, 0, 4)
    others = [replace(clip, subject=f"{corpus}/01") for corpus in (*CD6ME, "smic", "dfme")]
    groups = cd6me_groups([clip, *others])
    assert set(groups) == set(CD6ME)
    assert len(groups["mmew"]) == 2
    assert sum(CD6ME.values()) == 2031
