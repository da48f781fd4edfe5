import hashlib
import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from smastn.corpora.audit import Audit, audit
from smastn.corpora.catalogue import known_corpora
from smastn.corpora.clip import Clip
from smastn.corpora.corpus import DEFECT_KINDS
from smastn.corpora.manifest import write_manifest
from smastn.errors import InputError
from smastn.synthesis.fixtures.fixture_clips import Fixture
from smastn.synthesis.fixtures.fixture_layouts import LAYOUTS
from smastn.synthesis.fixtures.fixture_samm import write_samm

READERS = list(known_corpora())
TREES = {
    **{"smic_vis": "smic", "smic_nir": "smic", "smic_cropped": "smic"},
    "casme2_cropped": "casme2",
}


def fingerprint(root: Path) -> str:
    state = [(str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(root.rglob("*"))]
    return hashlib.sha256(repr(state).encode()).hexdigest()


def picture_like(folder: Path) -> bytes:
    return next(path for path in sorted(folder.rglob("*.jpg"))).read_bytes()


def test_each_tree_is_audited_by_itself(release: Callable[..., Path]) -> None:
    root = release("casme2", full=True)
    cropped = audit("casme2_cropped", root, images=False)
    assert cropped.kinds()["missing frames"] == 1
    assert "counts" not in cropped.kinds()
    for name in ("smic_vis", "smic_nir", "smic_cropped"):
        assert "counts" not in audit(name, release("smic", full=True), images=False).kinds()


@pytest.mark.parametrize("name", [name for name in READERS if name != "manifest"])
def test_every_corpus_can_be_audited_and_is_left_as_it_was(
    name: str, release: Callable[..., Path]
) -> None:
    root = release(TREES.get(name, name))
    before = fingerprint(root)
    found = audit(name, root, workers=2)
    assert found.clips > 0
    assert found.images >= found.clips
    assert set(found.kinds()) <= set(DEFECT_KINDS)
    assert "unreadable" not in found.kinds()
    assert fingerprint(root) == before


def test_a_true_count_copy_has_the_known_defects_only(release: Callable[..., Path]) -> None:
    found = audit("casme2", release("casme2", full=True), images=False)
    assert found.kinds() == {
        "apex missing": 1,
        "apex at an end": 1,
        "unlabelled folder": 1,
    }
    assert (found.clips, found.subjects, found.left_out) == (255, 26, 0)


def test_a_faultless_corpus_is_flawless(tmp_path: Path, release: Callable[..., Path]) -> None:
    (tmp_path / "a").mkdir()
    picture = picture_like(release("samm"))
    for number in range(9):
        (tmp_path / "a" / f"{number}.jpg").write_bytes(picture)
    write_manifest(tmp_path, [Clip("own/1", "a", "fear", tmp_path / "a", 1, 7, 4)])
    found = audit("manifest", tmp_path)
    assert not found.defects
    assert found.images == 7


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A SAMM with one defect of many kinds; each in a clip of its own."""
    write_samm(Fixture(tmp_path, seed=3))
    clips = sorted(path for path in tmp_path.glob("0*/0*") if path.is_dir())
    files = {clip.name: sorted(clip.iterdir()) for clip in clips}
    files["006_1_2"][3].unlink()
    files["006_1_3"][-1].unlink()
    files["007_3_1"][2].write_bytes(files["007_3_1"][2].read_bytes()[:40])
    last = files["007_4_1"][-1]
    number = int(last.stem.split("_")[1])
    last.with_name(f"007_{number + 4}.jpg").write_bytes(last.read_bytes())
    (clips[0].parent / "009_9_9").mkdir()
    (files["009_1_1"][0].parent / "Thumbs.db").write_bytes(b"")
    for file in files["028_4_1"]:
        file.unlink()
    return tmp_path


def test_each_broken_thing_is_found_where_it_is(broken: Path) -> None:
    found = audit("samm", broken)
    where = {defect.kind: defect.clip for defect in found.defects if defect.kind != "counts"}
    assert where == {
        "gap": "samm/006/006_1_2",
        "missing frames": "samm/006/006_1_3",
        "unreadable": "samm/007/007_3_1",
        "extra frames": "samm/007/007_4_1",
        "unlabelled folder": "006/009_9_9",
        "stray files": "009/009_1_1",
        "no frames": "samm/028/028_4_1",
        "apex outside": "samm/032/032_3_1",
    }
    assert found.left_out == 1
    assert any(d.seen == "5 classes: anger: 1 clips, published 57" for d in found.defects)


def test_two_clips_of_the_same_frames_are_refused(
    tmp_path: Path, release: Callable[..., Path]
) -> None:
    (tmp_path / "a").mkdir()
    for number in range(9):
        (tmp_path / "a" / f"{number}.jpg").write_bytes(picture_like(release("samm")))
    clips = [Clip("own/1", name, "fear", tmp_path / "a", 1, 7, 4) for name in "ab"]
    write_manifest(tmp_path, clips)
    defects = audit("manifest", tmp_path).defects
    assert [(d.kind, d.clip, d.seen) for d in defects] == [
        ("duplicate", "own/1/b", "the same frames as own/1/a"),
    ]


def test_progress_ends_at_the_number_of_clips(release: Callable[..., Path]) -> None:
    seen: list[tuple[int, int]] = []
    audit("samm", release("samm"), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(number, 7) for number in range(1, 8)]


class Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_says_what_the_record_says(broken: Path) -> None:
    found = audit("samm", broken)
    page = found.to_html()
    for defect in json.loads(json.dumps(found.to_record()))["defects"]:
        assert defect["clip"] in page
    balance = Balance()
    balance.feed(page)
    assert balance.open == []
    assert "<script" not in page and "http" not in page


def test_names_on_disk_cannot_break_the_page(tmp_path: Path) -> None:
    found = Audit("samm", "SAMM", tmp_path / "<b>&", 0, 0, 0, 0, {"<i>": 1}, 0, ())
    page = found.to_html()
    assert "<b>&" not in page
    assert "<i>" not in page


def test_every_reader_has_a_made_up_corpus() -> None:
    assert {TREES.get(name, name) for name in READERS} - set(LAYOUTS) == {"manifest"}


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for name in READERS:
        with pytest.raises(InputError):
            audit(name, tmp_path / "none")


@pytest.mark.parametrize("name", READERS)
def test_an_empty_folder_is_one_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="want"):
        audit(name, tmp_path)
