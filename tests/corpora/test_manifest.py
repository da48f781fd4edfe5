from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.manifest import read_manifest, write_manifest
from smastn.errors import InputError
from smastn.media.encoding import write_video

HEADING = "subject,name,emotion,source,onset,apex,offset,rate,action_units"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "frames").mkdir()
    return tmp_path


def table(root: Path, *rows: str, heading: str = HEADING) -> Path:
    (root / "manifest.csv").write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return root


def test_what_is_written_is_read_back(root: Path) -> None:
    first = Clip("own/01", "a", "surprise", root / "frames", 3, 9, 5, 100.0, ("1", "L2"))
    clips = [first, replace(first, name="b", apex=None, action_units=(), rate=29.97)]
    clips.append(replace(first, name="c", action_units=None))
    write_manifest(root, clips)
    assert read_manifest(root) == clips


def test_a_corpus_folder_can_be_moved(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    write_manifest(root, [Clip("own/01", "a", "surprise", root / "frames", 0, 9)])
    moved = tmp_path_factory.mktemp("elsewhere") / "corpus"
    root.rename(moved)
    assert read_manifest(moved)[0].source == moved / "frames"


def test_the_column_corpus_is_put_before_the_subject_and_others_are_passed_over(root: Path) -> None:
    heading = "corpus;subject;name;Emotion;source;onset;offset;rate;age"
    table(root, "mine;06;x;Surprise;frames;1;4;200;33", heading="\ufeff" + heading)
    clip = read_manifest(root)[0]
    assert (clip.subject, clip.emotion, clip.onset, clip.offset) == ("mine/06", "surprise", 1, 4)
    assert (clip.apex, clip.rate, clip.action_units) == (None, 200.0, None)


def test_a_videos_rate_is_read_from_the_file(root: Path) -> None:
    write_video(root / "film.mp4", np.zeros((12, 48, 64, 3), np.uint8), 25.0)
    table(root, "own/01,a,surprise,film.mp4,0,,9,,")
    assert read_manifest(root)[0].rate == 25.0


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("own/01,a,surprise,frames,x,,9,200,", "row 3, column onset: x is no frame number"),
        ("own/01,a,surprise,frames,1,,,200,", "row 3, column offset: nothing is no frame"),
        ("own/01,a,surprise,frames,1,2.5,9,200,", r"row 3, column apex: 2\.5 is no frame"),
        ("own/01,a,surprise,frames,-1,,9,200,", "row 3, column onset: -1 is no frame"),
        ("own/01,a,surprise,frames,9,,1,200,", "row 3: .*onset 9 and offset 1"),
        ("own/01,a,surprise,frames,1,20,9,200,", "row 3: .*apex 20 lies outside"),
        ("own/01,a,surprise,frames,1,,9,fast,", "row 3, column rate: fast was given"),
        ("own/01,a,surprise,frames,1,,9,nan,", "row 3, column rate: nan was given"),
        ("own/01,a,surprise,frames,1,,9,,", "row 3, column rate: it is empty, and a folder"),
        ("own/01,a,surprise,nowhere,1,,9,200,", "row 3, column source: nowhere is not in"),
        ("own/01,a,surprise,../x,1,,9,200,", "row 3, column source: .* leads out of"),
        ("own/01,a,surprise,/etc/passwd,1,,9,200,", "row 3, column source: .* leads out of"),
        ("own/01,a,surprise,way_out,1,,9,200,", "row 3, column source: .* leads out of"),
        ("own/01,a,,frames,1,,9,200,", "row 3, column emotion: it is empty"),
        ("own/01", "row 3, column name: it is empty"),
        ("01,a,surprise,frames,1,,9,200,", "row 3: .*wanted corpus/subject"),
        ("own/..,a,surprise,frames,1,,9,200,", "row 3: .*wanted corpus/subject"),
        ("own/01,../../a,surprise,frames,1,,9,200,", "row 3: .*plain name"),
        ("own/01,a,surprise,frames,1,,9,200,smile", "row 3, column action_units: smile is no"),
        ("own/01,first,surprise,frames,1,,9,200,", "row 3, column name: .* is in row 2 already"),
    ],
)
def test_an_error_names_row_and_column(root: Path, row: str, sentence: str) -> None:
    (root / "way_out").symlink_to("/etc")
    table(root, "own/01,first,surprise,frames,1,,9,200,1+2", row)
    with pytest.raises(InputError, match=sentence):
        read_manifest(root)


def test_a_missing_column_is_named_with_the_known_ones(root: Path) -> None:
    table(root, "01,a", heading="subject,label")
    with pytest.raises(InputError, match=r"no column name and no column emotion.*known columns"):
        read_manifest(root)


def test_a_missing_or_empty_table_says_what_was_wanted(root: Path) -> None:
    with pytest.raises(InputError, match=r"holds no manifest\.csv; wanted"):
        read_manifest(root)
    with pytest.raises(InputError, match="is no folder"):
        read_manifest(root / "nothing")
    with pytest.raises(InputError, match="lists no clip"):
        read_manifest(table(root))


def test_a_table_that_is_not_text_is_refused(root: Path) -> None:
    (root / "manifest.csv").write_bytes(b"\xff\xfe\x00subject")
    with pytest.raises(InputError, match="is not UTF-8"):
        read_manifest(root)
    (root / "manifest.csv").write_bytes(HEADING.encode() + b"\n" + b"x" * 200_000)
    with pytest.raises(InputError, match="is not a table"):
        read_manifest(root)


def test_a_source_outside_the_folder_is_not_written(root: Path) -> None:
    outside = Clip("own/01", "a", "surprise", root.parent, 0, 9)
    with pytest.raises(InputError, match="lies outside"):
        write_manifest(root, [outside])
    assert not (root / "manifest.csv").exists()
