"""The MEGC 2019 composite, and the objective classes of CASME II and SAMM, from settings alone."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from official_list import OfficialClip, official_spelling, read_official

from smastn.corpora.clip import Clip
from smastn.corpora.selection import DataConfig, select_clips
from smastn.errors import InputError
from smastn.synthesis.fixtures.fixture_casme2 import write_casme2_clips
from smastn.synthesis.fixtures.fixture_clips import Fixture, FixtureClip
from smastn.synthesis.fixtures.fixture_samm import write_samm_clips
from smastn.synthesis.fixtures.fixture_smic import write_smic_clips

EMOTIONS = {
    "casme2": {"negative": "disgust", "positive": "happiness", "surprise": "surprise"},
    "samm": {"negative": "Anger", "positive": "Happiness", "surprise": "Surprise"},
    "smic": {"negative": "negative", "positive": "positive", "surprise": "surprise"},
}
COMPOSITE = DataConfig(("casme2", "smic", "samm"), "3")


def clip_of(official: OfficialClip) -> FixtureClip:
    subject = int(official.subject.removeprefix("sub").removeprefix("s"))
    name = official.name
    if official.database == "smic":
        name = f"s{subject}_{name.split('_', 1)[1]}"  # on disk the subject is not padded
    return FixtureClip(subject, name, EMOTIONS[official.database][official.emotion], 20, 23, 26)


@pytest.fixture(scope="module")
def official(shared_data: Path) -> list[OfficialClip]:
    return read_official(shared_data)


@pytest.fixture(scope="module")
def root(official: list[OfficialClip], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Releases with the clips of the official list and others that do not belong to it."""
    root = tmp_path_factory.mktemp("releases")
    written = {name: [clip_of(c) for c in official if c.database == name] for name in EMOTIONS}
    others = [
        FixtureClip(subject, name, emotion, 20, 23, 26)
        for subject, name, emotion in (
            *((4, "EP12_01f", "disgust"), (5, "EP09_05f", "disgust")),
            *((10, "EP01_01", "others"), (17, "EP01_99", "fear")),
        )
    ]
    other = FixtureClip(25, "025_1_1", "Other", 20, 23, 26)
    write_casme2_clips(Fixture(root / "casme2"), [*written["casme2"], *others])
    write_samm_clips(Fixture(root / "samm"), [*written["samm"], other])
    write_smic_clips(Fixture(root / "smic"), "HS", written["smic"])
    return root


def test_the_composite_is_the_official_list_clip_for_clip(
    root: Path, official: list[OfficialClip]
) -> None:
    chosen = select_clips(root, COMPOSITE).clips
    spelled = [official_spelling(clip) for clip in chosen]
    assert len(chosen) == 442
    assert set(spelled) == set(official)
    assert [clip.database for clip in spelled] == [clip.database for clip in official]
    assert Counter(clip.emotion for clip in chosen) == {
        "negative": 250,
        "positive": 109,
        "surprise": 83,
    }
    assert len({clip.subject for clip in chosen}) == 68


def test_a_missing_clip_is_reported_with_its_class(
    release: Callable[..., Path], tmp_path: Path
) -> None:
    clips = select_clips(links(tmp_path, release), COMPOSITE).clips
    assert len(clips) == 442
    surprised = next(clip for clip in clips if clip.emotion == "surprise")
    (tmp_path / "casme2").unlink()
    (tmp_path / "casme2").symlink_to(release("casme2"), target_is_directory=True)
    assert surprised.corpus == "casme2"
    with pytest.raises(InputError, match=r"surprise: 2 clips, published 25"):
        select_clips(tmp_path, COMPOSITE)


def test_objective_classes_of_two_corpora_have_the_published_clips_and_subjects(
    release: Callable[..., Path], tmp_path: Path
) -> None:
    root = links(tmp_path, release)
    clips = select_clips(root, DataConfig(("casme2", "samm"), "objective")).clips
    assert Counter(clip.corpus for clip in clips) == {"casme2": 185, "samm": 68}
    assert Counter(subject.partition("/")[0] for subject in {clip.subject for clip in clips}) == {
        "casme2": 26,
        "samm": 21,
    }
    assert all(isinstance(clip, Clip) for clip in clips)


def links(folder: Path, release: Callable[..., Path]) -> Path:
    """A folder with the three corpora at their true counts, each under its name."""
    for name in ("casme2", "samm", "smic"):
        (folder / name).symlink_to(release(name, full=True), target_is_directory=True)
    return folder
