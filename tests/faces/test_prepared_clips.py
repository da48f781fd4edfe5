import hashlib
import json
import shutil
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
from safetensors import safe_open

from smastn.corpora.clip import Clip
from smastn.errors import InputError
from smastn.faces.landmarks import FaceTracker
from smastn.faces.preparation import PreparationConfig, prepare
from smastn.faces.prepared_clips import prepare_clips

CONFIG = PreparationConfig(size=32)
SCRIPT = """
import sys
from pathlib import Path
from smastn.corpora.clip import Clip
from smastn.faces.preparation import PreparationConfig
from smastn.faces.prepared_clips import prepare_clips

if __name__ == "__main__":
    root = Path(sys.argv[1])
    clips = [Clip("made/s1", p.name, "fear", p, 0, 7) for p in sorted(root.iterdir())]
    say = lambda done, total: print(done, flush=True)
    prepare_clips(clips, Path(sys.argv[2]), PreparationConfig(size=32), {workers}, say)
"""


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Clip]:
    """Two clips of a face and one of nothing, as folders of pictures."""
    root = tmp_path_factory.mktemp("clips")
    face = cv2.resize(skimage.data.astronaut()[:300, 80:380], (300, 300))[..., ::-1]
    made = []
    for name, picture in (("a", face), ("b", face[:, ::-1]), ("none", np.zeros_like(face))):
        (root / name).mkdir()
        for index in range(6):
            cv2.imwrite(str(root / name / f"img{index}.png"), np.roll(picture, index, axis=1))
        made.append(Clip("made/s1", name, "positive", root / name, 1, 5))
    return made


def test_each_clip_is_prepared_from_onset_to_offset(clips: list[Clip], tmp_path: Path) -> None:
    prepared = prepare_clips(clips[:2], tmp_path, CONFIG)
    for clip in clips[:2]:
        frames = [cv2.imread(str(clip.source / f"img{index}.png")) for index in range(1, 6)]
        raw = np.stack([frame[..., ::-1] for frame in frames if frame is not None])
        np.testing.assert_array_equal(prepared[clip.key], prepare(raw, FaceTracker(), CONFIG))


def test_a_bad_clip_is_listed_with_its_reason_and_the_others_go_on(
    clips: list[Clip], tmp_path: Path
) -> None:
    prepared = prepare_clips(clips, tmp_path, CONFIG)
    assert set(prepared.files) == {"made/s1/a", "made/s1/b"}
    assert "no face" in prepared.failed["made/s1/none"]


def test_what_is_there_is_not_made_again_and_changed_settings_make_new_files(
    clips: list[Clip], tmp_path: Path
) -> None:
    prepare_clips(clips[:2], tmp_path, CONFIG)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    prepare_clips(clips[:2], tmp_path, CONFIG)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == times
    prepare_clips(clips[:1], tmp_path, PreparationConfig(size=40))
    assert len(list(tmp_path.iterdir())) == 3


def test_the_number_of_workers_changes_no_byte(clips: list[Clip], tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    one = prepare_clips(clips[:2], tmp_path / "one", CONFIG)
    two = prepare_clips(
        clips[:2], tmp_path / "two", CONFIG, 2, lambda done, total: seen.append((done, total))
    )
    for clip in clips[:2]:
        assert one.files[clip.key].read_bytes() == two.files[clip.key].read_bytes()
    assert seen == [(0, 2), (1, 2), (2, 2)]


def test_files_map_from_disk_and_are_read_by_the_formats_own_library(
    clips: list[Clip], tmp_path: Path
) -> None:
    prepared = prepare_clips(clips[:1], tmp_path, CONFIG)
    frames = prepared[clips[0].key]
    path = prepared.files[clips[0].key]
    if sys.platform == "linux":
        assert str(path) in Path("/proc/self/maps").read_text()
    frames[0, 0, 0, 0] ^= 1
    assert (prepared[clips[0].key] != frames).sum() == 1
    frames = prepared[clips[0].key]
    with safe_open(path, framework="numpy") as file:
        np.testing.assert_array_equal(file.get_tensor("frames"), frames)
        written = json.loads(file.metadata()["prepared"])
    assert written["sha256"] == hashlib.sha256(np.asarray(frames).data).hexdigest()
    assert written["made_of"]["clip"] == clips[0].key


def test_a_flipped_bit_is_found_and_a_torn_file_is_made_again(
    clips: list[Clip], tmp_path: Path
) -> None:
    prepared = prepare_clips(clips[:2], tmp_path, CONFIG)
    one, two = (prepared.files[clip.key] for clip in clips[:2])
    whole = one.read_bytes()
    assert prepared.damaged() == []
    one.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert prepared.damaged() == [one]
    for length in (0, 5, 40, len(whole) // 2, len(whole) - 1):
        one.write_bytes(whole[:length])
        with pytest.raises(InputError, match="damaged or no prepared clip"):
            prepared[clips[0].key]
        changed = two.stat().st_mtime_ns
        prepare_clips(clips[:2], tmp_path, CONFIG)
        assert one.read_bytes() == whole
        assert two.stat().st_mtime_ns == changed


def test_a_changed_frame_makes_its_clip_again_and_no_other(
    clips: list[Clip], tmp_path: Path
) -> None:
    for clip in clips[:2]:
        shutil.copytree(clip.source, tmp_path / clip.name)
    own = [replace(clip, source=tmp_path / clip.name) for clip in clips[:2]]
    before = prepare_clips(own, tmp_path / "cache", CONFIG).files
    outside, inside = own[0].source / "img0.png", own[0].source / "img3.png"
    outside.write_bytes(inside.read_bytes())
    assert prepare_clips(own, tmp_path / "cache", CONFIG).files == before
    inside.write_bytes((own[0].source / "img2.png").read_bytes())
    after = prepare_clips(own, tmp_path / "cache", CONFIG).files
    assert [after[clip.key] == before[clip.key] for clip in own] == [False, True]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_kill_leaves_whole_files_and_the_next_run_finishes(workers: int, tmp_path: Path) -> None:
    root, cache = tmp_path / "clips", tmp_path / "cache"
    face = cv2.resize(skimage.data.astronaut()[:300, 80:380], (480, 480))[..., ::-1]
    for number in range(24):
        (root / str(number)).mkdir(parents=True)
        for index in range(8):
            cv2.imwrite(str(root / str(number) / f"{index}.png"), np.roll(face, number, axis=1))
    made = [Clip("made/s1", path.name, "fear", path, 0, 7) for path in sorted(root.iterdir())]
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(workers=workers))
    command = [sys.executable, str(script), str(root), str(cache)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        for _ in range(4):
            process.stdout.readline()
        process.kill()
        process.stdout.read()  # ends when the workers, who hold it too, have ended
    dead = cache / f".dead.safetensors.{process.pid}-a1"
    dead.mkdir()
    (dead / "dead.safetensors").write_bytes(b"half")
    there = {path: path.stat().st_mtime_ns for path in cache.glob("*.safetensors")}
    assert 3 <= len(there) < 24
    prepared = prepare_clips(made, cache, CONFIG)
    assert not prepared.failed
    assert prepared.damaged() == []
    assert {path: path.stat().st_mtime_ns for path in there} == there
    assert len(list(cache.iterdir())) == 24


def test_more_clips_can_be_mapped_than_files_may_usually_be_open(tmp_path: Path) -> None:
    script = """
        import resource, sys
        from pathlib import Path
        import numpy as np
        from smastn.faces.prepared_file import open_prepared, write_prepared
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, most))
        write_prepared(Path(sys.argv[1]), np.zeros((2, 8, 8, 3), np.uint8), {})
        print(len([open_prepared(Path(sys.argv[1])) for _ in range(200)]))
    """
    words = [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "clip.safetensors")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "200", done.stderr
