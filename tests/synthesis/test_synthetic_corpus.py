from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from folder_content import content

from smastn.corpora.clip import clip_frames
from smastn.corpora.manifest import read_manifest
from smastn.errors import ConfigError, InputError
from smastn.media.frames import read_frames
from smastn.synthesis.corpus_writer import TRUTH
from smastn.synthesis.nuisance import NO_NUISANCE, Nuisance
from smastn.synthesis.synthetic_corpus import SyntheticCorpusConfig, make_synthetic_corpus

SMALL = SyntheticCorpusConfig(2, 3, neutral=1, rates=(60.0, 30.0), size=128)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made") / "corpus"
    make_synthetic_corpus(root, SMALL)
    return root


def test_the_manifest_lists_the_returned_clips(tmp_path: Path) -> None:
    clips = make_synthetic_corpus(str(tmp_path / "c"), SMALL)
    assert read_manifest(tmp_path / "c") == clips


def test_emotions_and_subjects_are_equally_frequent(corpus: Path) -> None:
    clips = read_manifest(corpus)
    assert Counter(clip.emotion for clip in clips) == {
        "negative": 2, "positive": 2, "surprise": 2, "neutral": 2
    }  # fmt: skip
    assert Counter(clip.subject for clip in clips) == {"synthetic/s01": 4, "synthetic/s02": 4}


def test_every_clip_has_its_frames_and_a_little_before_and_after(corpus: Path) -> None:
    clips = read_manifest(corpus)
    assert len(clips) == 8
    for clip in clips:
        frames = read_frames(clip.source)
        assert frames.shape[1:] == (SMALL.size, SMALL.size, 3)
        assert 0 < clip.onset < clip.offset < len(frames) - 1
        assert len(clip_frames(clip)) == clip.length
        assert clip.rate in SMALL.rates
        assert (clip.apex is None) == (clip.emotion == "neutral") == (clip.action_units == ())


def test_the_truth_lists_every_clip_with_its_amplitude(corpus: Path) -> None:
    rows = [row.split(",") for row in (corpus / TRUTH).read_text().splitlines()]
    assert rows[0] == ["subject", "name", "amplitude", "blinks"]
    clips = read_manifest(corpus)
    assert [row[:2] for row in rows[1:]] == [[clip.subject, clip.name] for clip in clips]
    for row, clip in zip(rows[1:], clips, strict=True):
        amplitude = float(row[2])
        assert amplitude == 0 if clip.emotion == "neutral" else 0.3 <= amplitude <= 3


def test_the_same_seed_is_the_same_corpus_to_the_byte_with_any_number_of_workers(
    corpus: Path, tmp_path: Path
) -> None:
    make_synthetic_corpus(tmp_path / "again", SMALL, workers=2)
    assert content(tmp_path / "again") == content(corpus)


def test_a_subject_does_not_depend_on_the_number_of_subjects(corpus: Path, tmp_path: Path) -> None:
    alone = SyntheticCorpusConfig(
        subjects=1, clips_per_subject=3, neutral=1, rates=SMALL.rates, size=SMALL.size
    )
    make_synthetic_corpus(tmp_path / "alone", alone)
    assert content(tmp_path / "alone" / "s01") == content(corpus / "s01")


def test_another_seed_gives_other_faces(corpus: Path, tmp_path: Path) -> None:
    other = SyntheticCorpusConfig(subjects=1, clips_per_subject=1, size=SMALL.size, seed=1)
    clip = make_synthetic_corpus(tmp_path / "other", other)[0]
    one = read_frames(read_manifest(corpus)[0].source)[0].astype(float)
    assert np.abs(read_frames(clip.source)[0] - one).mean() > 8


def test_the_movement_is_largest_near_the_apex(tmp_path: Path) -> None:
    config = SyntheticCorpusConfig(
        subjects=1, clips_per_subject=3, amplitude=(3.0, 3.0), rates=(60.0,), nuisance=NO_NUISANCE
    )
    clips = make_synthetic_corpus(tmp_path / "c", config)
    assert len(clips) == 3
    for clip in clips:
        frames = clip_frames(clip).astype(float)
        change = [cv2.GaussianBlur(np.abs(frame - frames[0]), (0, 0), 3).max() for frame in frames]
        assert clip.apex is not None
        assert abs(int(np.argmax(change)) - (clip.apex - clip.onset)) <= 5
        assert change[-1] < 0.3 * max(change)


def test_a_neutral_clip_without_disturbance_is_still(tmp_path: Path) -> None:
    config = SyntheticCorpusConfig(
        subjects=1, clips_per_subject=0, neutral=1, nuisance=NO_NUISANCE, size=128, rates=(30.0,)
    )
    frames = clip_frames(make_synthetic_corpus(tmp_path / "c", config)[0])
    assert (frames == frames[0]).all()


def test_progress_counts_clips_up_to_all_of_them(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    make_synthetic_corpus(
        tmp_path / "c", SMALL, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(4, 8), (8, 8)]


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("all of it")
    with pytest.raises(InputError, match="already holds"):
        make_synthetic_corpus(tmp_path, SMALL)
    assert content(tmp_path) == {"thesis.txt": b"all of it"}


def test_an_interrupted_corpus_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_synthetic_corpus(tmp_path / "c", SMALL, progress=interrupt)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"subjects": 0}, "at least one subject"),
        ({"clips_per_subject": 0}, "there is no clip"),
        ({"neutral": -1}, "negative numbers"),
        ({"amplitude": (2.0, 1.0)}, "least <= greatest"),
        ({"amplitude": (0.0, 1.0)}, "0 < least"),
        ({"rates": (10.0,)}, "at least 25"),
        ({"rates": ()}, "at least 25"),
        ({"rates": (float("nan"),)}, "at least 25"),
        ({"size": 20}, "96 to 1024"),
    ],
)
def test_impossible_settings_are_refused(change: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        SyntheticCorpusConfig(**change)


def test_stronger_compression_makes_smaller_files(tmp_path: Path) -> None:
    sizes = []
    for quality in (95, 50):
        nuisance = Nuisance(jpeg_quality=quality)
        config = SyntheticCorpusConfig(subjects=1, clips_per_subject=1, size=128, nuisance=nuisance)
        make_synthetic_corpus(tmp_path / str(quality), config)
        sizes.append(sum(map(len, content(tmp_path / str(quality)).values())))
    assert sizes[1] < 0.6 * sizes[0]


def test_neutral_clips_are_distracted_in_turn_and_name_what_moved(tmp_path: Path) -> None:
    config = SyntheticCorpusConfig(
        subjects=1, clips_per_subject=0, neutral=5, distracted=True, rates=(30.0,), size=128
    )
    clips = make_synthetic_corpus(tmp_path / "corpus", config)
    moved = [bool(clip.action_units) for clip in clips]
    assert moved == [False, True, True, False, False]
    assert {clip.emotion for clip in clips} == {"neutral"}


def test_long_movements_have_few_frames_and_some_clips_end_before_they_do(tmp_path: Path) -> None:
    config = SyntheticCorpusConfig(
        subjects=1, clips_per_subject=3, rates=(200.0, 50.0), size=96, macro=1.0, unfinished=1.0
    )
    clips = make_synthetic_corpus(tmp_path / "corpus", config)
    assert {clip.rate for clip in clips} <= {50.0, 60.0}
    for clip in clips:
        frames = sum(1 for _ in clip.source.iterdir())
        assert clip.apex is not None
        assert clip.apex <= clip.offset < frames - 3
