from pathlib import Path

import pytest

from smastn.errors import InputError, MetricError
from smastn.evaluation.spotting_tables import CodedRow, read_intervals, score_intervals
from smastn.spotting.scores import SpottingScore


def row(
    video: str, onset: int, offset: int, micro: bool | None = None, emotion: str = ""
) -> CodedRow:
    return CodedRow(video, onset, offset, micro, emotion)


def written(folder: Path, text: str) -> Path:
    path = folder / "intervals.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_have_the_names_of_our_own_table(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "number,onset_frame,apex_frame,offset_frame,duration_seconds,kind,emotion\n"
        "1,10,14,20,0.33,micro,Positive\n2,40,60,90,1.7,longer,\n",
    )
    assert read_intervals(path) == [row("", 10, 20, True, "positive"), row("", 40, 90, False)]


def test_a_duration_or_a_rate_separates_micro_from_macro(tmp_path: Path) -> None:
    path = written(tmp_path, "onset,offset,duration\n10,20,0.4\n40,90,2\n")
    assert [one.micro for one in read_intervals(path)] == [True, False]
    path = written(tmp_path, "onset,offset\n10,20\n40,90\n")
    assert [one.micro for one in read_intervals(path)] == [None, None]
    assert [one.micro for one in read_intervals(path, 30.0)] == [True, False]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("onset_frame\n5\n", "no header row with offset_frame"),
        ("onset,offset\nsoon,9\n", r"row 2: onset is 'soon' and offset '9'; wanted whole"),
        ("onset,offset\n9,5\n", r"row 2: it lasts from frame 9 to 5; wanted 0 <= onset"),
        ("onset,offset,kind\n5,9,tiny\n", "row 2: kind is 'tiny'; wanted micro or macro"),
        ("onset,offset,duration\n5,9,short\n", "row 2: duration is 'short'; wanted seconds"),
    ],
)
def test_bad_tables_are_refused_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read_intervals(written(tmp_path, text))


def test_frames_of_another_video_are_no_hit() -> None:
    true = [row("a", 10, 20), row("b", 10, 20)]
    report = score_intervals([row("a", 10, 20), row("a", 110, 120)], true)
    assert report.overall == SpottingScore(1, 1, 1)
    assert report.videos == 2
    assert report.micro is None


def test_kinds_are_scored_apart_and_together() -> None:
    true = [row("", 0, 9, True), row("", 50, 99, False)]
    spotted = [row("", 0, 9, False), row("", 50, 99, False)]
    report = score_intervals(spotted, true)
    assert report.micro == SpottingScore(0, 0, 1)
    assert report.macro == SpottingScore(1, 1, 0)
    assert report.overall == SpottingScore(2, 0, 0)


def test_strs_is_the_product_and_recall_is_a_recall() -> None:
    names = ("positive", "positive", "positive", "negative")
    true = [row("", 100 * n, 100 * n + 9, None, name) for n, name in enumerate(names)]
    predicted = ("positive", "positive", "negative", "negative")
    spotted = [row("", 100 * n, 100 * n + 9, None, name) for n, name in enumerate(predicted)]
    report = score_intervals([*spotted, row("", 900, 909, None, "positive")], true)
    one = report.analysis
    assert one is not None
    assert one.hits == 4
    assert one.recall == pytest.approx((2 / 3 + 1) / 2)
    assert one.precision == pytest.approx((1 + 1 / 2) / 2)
    assert one.f1 == pytest.approx((2 * 2 / 5 + 2 * 1 / 3) / 2)
    assert one.strs == pytest.approx(report.overall.f1 * one.f1)


def test_without_names_there_is_no_strs() -> None:
    assert score_intervals([row("", 0, 9)], [row("", 0, 9)]).analysis is None


def test_what_cannot_be_scored_is_refused() -> None:
    with pytest.raises(MetricError, match="no true interval"):
        score_intervals([row("", 0, 9)], [])
    with pytest.raises(MetricError, match="one table names its videos and the other does not"):
        score_intervals([row("", 0, 9)], [row("a", 0, 9)])
