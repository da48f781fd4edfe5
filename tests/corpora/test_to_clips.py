from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.corpus import DEFECT_KINDS, Defect
from smastn.corpora.to_clips import Annotation, Rules, to_clip, to_clips
from smastn.errors import InputError
from smastn.media.frame_folders import FrameFolder, index_frames


def index(folder: Path) -> FrameFolder:
    return index_frames(folder, folder)


LONG = Rules("made", rate=100.0)
CUT = Rules("made", rate=100.0, folder_is_clip=True)


def folder_of(root: Path, *numbers: int) -> Path:
    folder = root / "clip"
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"img{number}.jpg").write_bytes(b"")
    return folder


def placed(
    root: Path, marks: tuple[int | None, int | None, int | None], rules: Rules = LONG
) -> tuple[Clip | None, list[Defect]]:
    onset, apex, offset = marks
    annotation = Annotation("01", "a", "fear", root / "clip", onset, apex, offset)
    return to_clip(annotation, rules, index)


def kinds(defects: list[Defect]) -> set[str]:
    return {defect.kind for defect in defects}


def marks(clip: Clip | None) -> tuple[int, int | None, int]:
    assert clip is not None
    return clip.onset, clip.apex, clip.offset


def test_numbers_become_places_in_the_folder(tmp_path: Path) -> None:
    folder_of(tmp_path, *range(40, 61))
    clip, defects = placed(tmp_path, (46, 50, 55))
    assert marks(clip) == (6, 10, 15)
    assert not defects


def test_gaps_shift_places_and_are_reported(tmp_path: Path) -> None:
    folder_of(tmp_path, 1, 2, 5, 6, 7, 8)
    clip, defects = placed(tmp_path, (1, 6, 8))
    assert marks(clip) == (0, 3, 5)
    assert kinds(defects) == {"gap"}
    assert defects[0].seen.startswith("2 of 1 to 8")


def test_a_lost_apex_becomes_the_nearest_frame(tmp_path: Path) -> None:
    folder_of(tmp_path, 1, 2, 3, 7, 8, 9)
    clip, _ = placed(tmp_path, (1, 6, 9))
    assert marks(clip) == (0, 3, 5)


def test_ends_that_are_not_on_disk_are_clamped(tmp_path: Path) -> None:
    folder_of(tmp_path, *range(73, 97))
    clip, defects = placed(tmp_path, (73, 90, 110), CUT)
    assert marks(clip) == (0, 17, 23)
    assert kinds(defects) == {"missing frames"}


def test_frames_outside_a_cut_clip_are_reported(tmp_path: Path) -> None:
    folder_of(tmp_path, *range(1, 21))
    assert kinds(placed(tmp_path, (5, 7, 12), CUT)[1]) == {"extra frames"}
    assert not placed(tmp_path, (5, 7, 12), LONG)[1]


@pytest.mark.parametrize("apex", [1, 40, 0])
def test_an_impossible_apex_becomes_the_midpoint(tmp_path: Path, apex: int) -> None:
    folder_of(tmp_path, *range(1, 21))
    clip, defects = placed(tmp_path, (5, apex, 15))
    assert clip is not None
    assert (clip.apex, clip.apex_source) == (9, "midpoint")
    assert kinds(defects) <= {"apex outside", "apex missing"}
    assert defects


def test_an_unknown_offset_is_the_apex_in_a_long_video(tmp_path: Path) -> None:
    folder_of(tmp_path, *range(1, 21))
    for unknown in (0, None):
        clip, defects = placed(tmp_path, (5, 9, unknown))
        assert marks(clip) == (4, 8, 8)
        assert "offset unknown" in kinds(defects)


def test_an_unknown_offset_is_the_last_frame_of_a_cut_clip(tmp_path: Path) -> None:
    folder_of(tmp_path, *range(5, 21))
    assert marks(placed(tmp_path, (5, 9, None), CUT)[0]) == (0, 4, 15)


def test_an_offset_before_the_onset_leaves_out_or_takes_the_cut_clip(tmp_path: Path) -> None:
    folder_of(tmp_path, *range(5, 21))
    clip, defects = placed(tmp_path, (15, 12, 9))
    assert clip is None
    assert [(d.kind, d.left_out) for d in defects] == [("onset >= offset", True)]
    clip, defects = placed(tmp_path, (15, 12, 9), CUT)
    assert marks(clip) == (0, 7, 15)
    assert not any(defect.left_out for defect in defects)


def test_zero_for_onset_and_apex_means_the_first_frame(tmp_path: Path) -> None:
    folder_of(tmp_path, *range(1, 21))
    assert marks(placed(tmp_path, (0, 0, 8))[0]) == (0, 0, 7)


def test_positions_count_frames_and_not_names(tmp_path: Path) -> None:
    folder_of(tmp_path, *range(101, 121))
    rules = Rules("made", rate=30.0, counted_from=1, has_apex=False)
    clip, defects = placed(tmp_path, (3, None, 8), rules)
    assert marks(clip) == (2, 4, 7)
    assert not defects


def test_longer_than_half_a_second_is_reported_and_kept(tmp_path: Path) -> None:
    folder_of(tmp_path, *range(1, 101))
    assert not placed(tmp_path, (1, 20, 50))[1]
    clip, defects = placed(tmp_path, (1, 20, 51))
    assert clip is not None
    assert kinds(defects) == {"over 0.5 s"}


def test_no_folder_and_no_frames_leave_the_clip_out(tmp_path: Path) -> None:
    lost = Annotation("01", "a", "fear", None, 1, 2, 3)
    assert to_clip(lost, LONG, index)[1][0].left_out
    folder_of(tmp_path)
    assert placed(tmp_path, (1, 2, 3))[1][0].left_out
    folder_of(tmp_path, 1, 2, 3)
    clip, defects = placed(tmp_path, (100, 110, 120))
    assert clip is None
    assert defects[0].seen == "frames 100 to 120 wanted, 1 to 3 on disk"


def test_two_pictures_of_one_number_leave_the_clip_out(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, *range(1, 21))
    (folder / "img003.jpg").write_bytes(b"")
    clip, defects = placed(tmp_path, (5, 7, 12))
    assert clip is None
    assert [(d.kind, d.left_out) for d in defects] == [("repeated frames", True)]


def test_the_same_clip_twice_is_reported_and_read_once(tmp_path: Path) -> None:
    folder_of(tmp_path, *range(1, 21))
    one = Annotation("01", "a", "fear", tmp_path / "clip", 2, 4, 9)
    clips, defects = to_clips([one, one], LONG, index)
    assert len(clips) == 1
    assert kinds(defects) == {"duplicate"}


def test_a_corpus_of_which_nothing_can_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no clip of made can be used"):
        to_clips([Annotation("01", "a", "fear", None)], LONG, index)


def test_every_kind_a_reader_reports_is_explained(tmp_path: Path) -> None:
    folder_of(tmp_path, 1, 2, 5, 5, 9)
    (tmp_path / "clip" / "img005.jpg").write_bytes(b"")
    for case in ((1, 2, 9), (5, 9, 1), (1, None, None), (7, 8, 8), (0, 0, 0)):
        for rules in (LONG, CUT):
            assert kinds(placed(tmp_path, case, rules)[1]) <= set(DEFECT_KINDS)
