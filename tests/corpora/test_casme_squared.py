from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.readers.casme_squared import read_casme_squared
from smastn.errors import InputError
from smastn.synthesis.fixtures.fixture_casme_squared import FOLDERS, write_casme_squared
from smastn.synthesis.fixtures.fixture_clips import Fixture


def test_people_and_films_are_found_under_their_other_names(
    tmp_path: Path, frame_numbers: Callable[[Clip], tuple[int, int]]
) -> None:
    written = write_casme_squared(Fixture(tmp_path))
    corpus = read_casme_squared(tmp_path)
    clips = {clip.name: clip for clip in (*corpus.clips, *corpus.macro)}
    assert len(clips) == len(written)
    for made in written:
        clip = clips[f"{made.name}_{made.onset}"]
        assert clip.subject == f"casme_squared/{FOLDERS[made.subject - 1]}"
        assert frame_numbers(clip)[0] == made.onset


def test_an_offset_of_zero_is_the_apex_and_reported(release: Callable[..., Path]) -> None:
    corpus = read_casme_squared(release("casme_squared"))
    unknown = [defect.clip for defect in corpus.defects if defect.kind == "offset unknown"]
    clips = [clip for clip in corpus.clips if clip.key in unknown]
    assert clips
    assert all(clip.offset == clip.apex for clip in clips)


def test_the_full_tree_has_the_published_counts(release: Callable[..., Path]) -> None:
    corpus = read_casme_squared(release("casme_squared", full=True))
    assert (len(corpus.clips), len(corpus.macro)) == (57, 300)
    everything = (*corpus.clips, *corpus.macro)
    assert len({clip.source for clip in everything}) == 87
    assert len(Counter(clip.subject for clip in everything)) == 22


def test_a_wrong_level_is_refused(release: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match="looks right"):
        read_casme_squared(release("casme_squared") / "rawpic")
