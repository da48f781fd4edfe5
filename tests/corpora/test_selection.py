"""An experiment names its corpora and classes; a manifest needs nothing said."""

from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.manifest import write_manifest
from smastn.corpora.selection import DataConfig, select_clips
from smastn.errors import ConfigError, InputError
from smastn.evaluation.protocol import ProtocolConfig, make_folds
from smastn.synthesis.fixtures.fixture_clips import Fixture
from smastn.synthesis.fixtures.fixture_layouts import LAYOUTS


def written(root: Path, emotion: str = "surprise") -> list[Clip]:
    (root / "film").mkdir(parents=True)
    clips = [Clip(f"mine/{subject}", "a", emotion, root / "film", 0, 9) for subject in "12"]
    write_manifest(root, clips)
    return clips


def test_a_manifest_is_read_as_it_is_where_nothing_is_said(tmp_path: Path) -> None:
    clips = written(tmp_path / "mine")
    found = select_clips(tmp_path / "mine", DataConfig())
    assert [clip.key for clip in found.clips] == [clip.key for clip in clips]
    assert found.parts == {}


@pytest.mark.parametrize("names", [(), ("manifest", "manifest")])
def test_no_corpus_and_one_corpus_twice_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError, match="wanted at least one name, none twice"):
        DataConfig(names)


LABELS = ("negative", "positive", "surprise")


def release(root: Path, *layouts: str) -> Path:
    for layout in layouts:
        LAYOUTS[layout](Fixture(root / layout))
    return root


def test_of_several_corpora_each_lies_in_the_folder_of_its_name(tmp_path: Path) -> None:
    root = release(tmp_path, "casme2", "samm", "smic")
    config = DataConfig(("casme2", "smic", "samm"), "3", "any")
    clips = select_clips(root, config).clips
    assert list(dict.fromkeys(clip.corpus for clip in clips)) == ["casme2", "smic", "samm"]
    assert {clip.emotion for clip in clips} == set(LABELS)
    folds = make_folds(clips, ProtocolConfig("composite"))
    assert len(folds) == len({clip.subject for clip in clips})


def test_a_copy_with_other_counts_is_refused_unless_any_will_do(tmp_path: Path) -> None:
    root = release(tmp_path, "samm") / "samm"
    with pytest.raises(InputError, match="samm in 5 classes has 6 clips, published 136"):
        select_clips(root, DataConfig(("samm",), "5"))
    assert len(select_clips(root, DataConfig(("samm",), "5", "any")).clips) == 6


def test_the_official_split_of_dfme_is_read_with_its_clips(tmp_path: Path) -> None:
    root = release(tmp_path, "dfme") / "dfme"
    found = select_clips(root, DataConfig(("dfme",)), split=True)
    assert set(found.parts) == {clip.key for clip in found.clips}
    folds = make_folds(found.clips, ProtocolConfig("official-split"), found.parts)
    assert [fold.name for fold in folds] == ["testA", "testB"]


def test_unknown_corpora_and_schemes_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no corpus is called casme9; known are 4dme"):
        select_clips(tmp_path, DataConfig(("casme9",)))
    root = release(tmp_path, "samm") / "samm"
    with pytest.raises(ConfigError, match="samm has no class scheme 9; known are 5, 3, objective"):
        select_clips(root, DataConfig(("samm",), "9"))


def test_a_split_that_is_not_published_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="manifest has no official split; dfme has one"):
        select_clips(tmp_path, DataConfig(), split=True)
