"""An experiment names its corpora and classes; a manifest needs nothing said."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from smastn.data.clip import Clip
from smastn.data.manifest import write_manifest
from smastn.data.selection import DataConfig, select_clips
from smastn.errors import ConfigError, InputError


def written(root: Path, emotion: str = "surprise") -> list[Clip]:
    (root / "film").mkdir(parents=True)
    clips = [Clip(f"mine/{person}", "a", emotion, root / "film", 0, 9) for person in "12"]
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


def test_of_several_corpora_each_lies_in_the_folder_of_its_name(tmp_path: Path) -> None:
    with pytest.raises((InputError, ConfigError), match=r"casme2|reads no corpus"):
        select_clips(tmp_path, DataConfig(("casme2", "smic")))


def test_a_split_nobody_published_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="manifest has no official split .* known are dfme"):
        select_clips(tmp_path, DataConfig(), split=True)


@pytest.mark.skipif(
    find_spec("smastn.data.corpora") is not None, reason="the corpus readers are there"
)
def test_without_the_corpus_readers_the_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"set data\.corpora to \['manifest'\]"):
        select_clips(tmp_path, DataConfig(("casme2",), "5"))
