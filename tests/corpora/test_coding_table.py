import csv
from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.coding_table import read_coding
from smastn.corpora.flow_images import FLOW
from smastn.corpora.selection import DataConfig, select_clips
from smastn.errors import InputError
from smastn.synthesis.fixtures.fixture_clips import Fixture
from smastn.synthesis.fixtures.fixture_flow_images import write_flow_images


def clip(subject: str, name: str, units: tuple[str, ...] | None = None) -> Clip:
    return Clip(subject, name, "negative", Path(), 0, 1, action_units=units)


def table(folder: Path, *rows: str) -> Path:
    path = folder / "coding.csv"
    path.write_text("\n".join(["dataset,subject,clip,action_units", *rows]) + "\n")
    return path


def test_a_table_is_joined_by_number_of_the_subject_and_name_of_the_clip(tmp_path: Path) -> None:
    coding = read_coding(table(tmp_path, "casme2,sub01,EP02_01f,4+L10", "casme2,2,a,0"))
    found = coding.of(
        [clip("casme2/01", "EP02_01F"), clip("casme2/02", "a"), clip("smic/01", "EP02_01f")]
    )
    assert [one.action_units for one in found] == [("4", "L10"), (), None]


def test_the_table_goes_before_the_corpus_and_leaves_what_it_lacks(tmp_path: Path) -> None:
    coding = read_coding(table(tmp_path, "own/x,1,a,12", "casme2,1,a,12", "casme2,1,b,"))
    clips = [clip("casme2/01", name, ("4",)) for name in ("a", "b", "c")]
    assert [one.action_units for one in coding.of(clips)] == [("12",), ("4",), ("4",)]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (("casme2,1,a,smile",), "line 2, column action_units: smile is no action unit"),
        (("casme2,1,a,4", "casme2,sub01,A,12"), "line 3: casme2/1/a is coded above already"),
        (("samm,1,a,4",), "none of the 1 clips here, first casme2/01/a"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(
    tmp_path: Path, rows: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read_coding(table(tmp_path, *rows)).of([clip("casme2/01", "a")])


def test_only_coded_clips_are_kept_on_demand(tmp_path: Path) -> None:
    images = tmp_path / "images"
    write_flow_images(Fixture(images))
    first, *_, last = select_clips(images, DataConfig((FLOW,))).clips
    row = f"{first.corpus},{first.subject.split('/')[1]},{first.name},1+R2"
    path = table(tmp_path, row)
    every = select_clips(images, DataConfig((FLOW,), action_units=str(path))).clips
    assert (every[0].action_units, every[-1]) == (("1", "R2"), last)
    coded = select_clips(images, DataConfig((FLOW,), action_units=str(path), coded_only=True)).clips
    assert [one.key for one in coded] == [first.key]
    with pytest.raises(InputError, match="none of the .* clips has action units"):
        select_clips(images, DataConfig((FLOW,), coded_only=True))


def test_the_published_coding_names_a_clip_of_the_published_images_in_every_line(
    shared_data: Path,
) -> None:
    path = shared_data / "action_units" / "casme2.csv"
    data = DataConfig((FLOW,), action_units=str(path), coded_only=True)
    clips = select_clips(shared_data / "megc2019_flow", data).clips
    with path.open() as file:
        written = sorted(row["action_units"] for row in csv.DictReader(file))
    assert sorted("+".join(one.action_units or ()) for one in clips) == written
    assert len({one.subject for one in clips}) == 24
