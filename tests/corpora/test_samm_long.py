from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.normalise import UNLABELLED
from smastn.corpora.readers.samm_long import read_samm_long
from smastn.errors import InputError
from smastn.synthesis.fixtures.fixture_clips import Fixture
from smastn.synthesis.fixtures.fixture_samm import HEADER
from smastn.synthesis.fixtures.fixture_samm_long import MICRO, write_samm_long
from smastn.synthesis.fixtures.fixture_workbook import write_workbook


def test_micro_and_macro_movements_are_kept_apart(
    tmp_path: Path, frame_numbers: Callable[[Clip], tuple[int, int]]
) -> None:
    written = write_samm_long(Fixture(tmp_path))
    corpus = read_samm_long(tmp_path)
    for clips, kind in ((corpus.clips, MICRO), (corpus.macro, "Macro")):
        wanted = [(t.name, t.onset, t.offset) for t in written if t.emotion == kind]
        assert [(clip.name, *frame_numbers(clip)) for clip in clips] == wanted


def test_movements_that_began_before_the_video_are_listed(
    release: Callable[..., Path],
) -> None:
    defects = read_samm_long(release("samm_long")).defects
    assert [(defect.kind, defect.left_out) for defect in defects] == [("no interval", True)]


def test_emotions_come_from_the_sheet_of_the_micro_release(tmp_path: Path) -> None:
    written = write_samm_long(Fixture(tmp_path))
    name = next(made.name for made in written if made.emotion == MICRO)
    row = (6, name, 1, 3, 5, 8, 6, MICRO, "4", "Anger", 3, None)
    assert {clip.emotion for clip in read_samm_long(tmp_path).clips} == {UNLABELLED}
    write_workbook(tmp_path / "SAMM_Micro_FACS_Codes_v2.xlsx", {"one": [HEADER, row]})
    emotions = {clip.name: clip.emotion for clip in read_samm_long(tmp_path).clips}
    assert emotions.pop(name) == "anger"
    assert set(emotions.values()) == {UNLABELLED}


def test_the_full_tree_has_the_published_counts(release: Callable[..., Path]) -> None:
    corpus = read_samm_long(release("samm_long", full=True))
    assert (len(corpus.clips), len(corpus.macro)) == (159, 343)
    assert len({clip.source for clip in (*corpus.clips, *corpus.macro)}) == 147


def test_one_video_is_no_corpus(release: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match="looks right"):
        read_samm_long(release("samm_long") / "SAMM_longvideos" / "006_1")
